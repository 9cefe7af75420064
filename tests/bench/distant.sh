#!/bin/sh
# distant.sh FMCAL_LUA [COUNT] [DELAY_MS]: a first push to a server that takes its time, beside the same requests one at a
# time (raw_put with a window of 1). The scripted server waits before each answer; the ratio is what counts.
set -eu
fmcal=$(realpath "$1") count=${2:-1000} delay=${3:-50}
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'exec 3>&- || true; rm -rf "$work"' EXIT
export BENCH_PASSWORD=secret
cc -O2 -o "$work/raw_put" "$here/raw_put.c" -lcurl

# shellcheck source=tests/bench/server.sh
. "$here/server.sh"
start() { start_server "the scripted server" python3 "$here/../support/dav_server.py" --option "delay_ms=$delay"; }
measure() { python3 "$here/measure.py" -n 1 "$@"; }

"$fmcal" "$here/gen_board.lua" "$work/vdir.json" "$count" '{"provider":"vdir","endpoint":"events","calendarId":"kanban"}'
"$fmcal" sync.lua -q "$work/vdir.json" --state "$work/vdir.db"

start
"$fmcal" "$here/gen_board.lua" "$work/board.json" "$count" "{\"provider\":\"caldav\",\"endpoint\":\"$url\",
  \"calendarId\":\"kanban\",\"credentials\":{\"username\":\"alice\",\"env\":\"BENCH_PASSWORD\"}}"
measure -l "fmcal, first push, $delay ms away" -- "$fmcal" sync.lua -q "$work/board.json" --state "$work/state.db"
curl -fs "${url}_log" | python3 -c 'import json, sys
log = json.load(sys.stdin)
print("%-40s requests %d, connections %d" % ("", len(log["requests"]), log["connections"]))'
stop_server
for window in 16 1; do
  start
  measure -l "raw libcurl, window $window" -- "$work/raw_put" "${url}cal/alice/kanban/" "$work/events/kanban" "$window" alice:secret
  stop_server
done
