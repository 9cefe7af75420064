#!/bin/sh
# push.sh FMCAL_LUA SERVER [COUNT]: the first push, a run with nothing to do, and 10 edits on each side, on a real
# server (radicale, xandikos, cyrus); vdirsyncer and a raw libcurl client with the same events beside it, each on a fresh server.
set -eu
fmcal=$(realpath "$1") kind=$2 count=${3:-1000}
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'exec 3>&- || true; rm -rf "$work"' EXIT
cc -O2 -o "$work/raw_put" "$here/raw_put.c" -lcurl
export BENCH_PASSWORD=secret

# shellcheck source=tests/bench/server.sh
. "$here/server.sh"
# start: a fresh server; sets url and cal
start() { start_server "$kind" python3 "$here/../support/calendar_server.py" "$kind"; }
measure() { python3 "$here/measure.py" "$@"; }

board() {
  "$fmcal" "$here/gen_board.lua" "$work/board.json" "$count" "$1"
}
# Ten entries of the board, and ten others in the calendar as another program would.
edit_both() {
  sed -i '/"id":"XACA-00001[0-9]"/ s/Replace brake pads/Edited on the board/' "$work/board.json"
  for i in 0 1 2 3 4 5 6 7 8 9; do
    event="${cal}XACA--00002$i-40fleetmonitor.ics"
    curl -fs -u alice:secret "$event" | sed 's/^SUMMARY:.*Replace brake pads/SUMMARY:Edited in the calendar/' >"$work/event.ics"
    curl -fs -u alice:secret -H "Content-Type: text/calendar" -H "Expect:" -T "$work/event.ics" "$event" >/dev/null
  done
}
# The requests of a run, told by its log.
count_requests() {
  FMCAL_LOG=debug "$fmcal" sync.lua -q "$work/board.json" 2>"$work/log"
  printf '%-40s requests %d: %d REPORT, %d PUT\n' "$1" "$(grep -c ': http: ' "$work/log")" \
    "$(grep -c ': http: REPORT' "$work/log")" "$(grep -c ': http: PUT' "$work/log")"
  arrived=0
  for i in 0 1 2 3 4 5 6 7 8 9; do
    curl -fs -u alice:secret "${cal}XACA--00001$i-40fleetmonitor.ics" | grep -q 'Edited on the board' && arrived=$((arrived + 1))
  done
  printf '%-40s %d edits arrived on the board, %d in the calendar\n' "" \
    "$(grep -c 'Edited in the calendar' "$work/board.json")" "$arrived"
}

# The events as fmcal writes them, for the other two.
board '{"provider":"vdir","endpoint":"events","calendarId":"kanban"}'
"$fmcal" sync.lua -q "$work/board.json" --state "$work/vdir.db"

start
measure -n 1 -l "$kind: raw libcurl, $count PUT, window 4" -- "$work/raw_put" "$cal" "$work/events/kanban" 4 alice:secret
stop_server

start
board "{\"provider\":\"caldav\",\"endpoint\":\"$url\",\"calendarId\":\"kanban\",\"credentials\":{\"username\":\"alice\",\"env\":\"BENCH_PASSWORD\"}}"
export FMCAL_STATE="$work/state.db"
measure -n 1 -l "$kind: fmcal, first push" -- "$fmcal" sync.lua -q "$work/board.json"
measure -n 5 -l "$kind: fmcal, nothing to do" -- "$fmcal" sync.lua -q "$work/board.json"
edit_both
count_requests "$kind: fmcal, 10 edits on each side"
stop_server

command -v vdirsyncer >/dev/null || { echo "left out: vdirsyncer is not installed"; exit 0; }
start
mkdir -p "$work/vs"
cat >"$work/vs/config" <<C
[general]
status_path = "$work/vs/status"
[pair p]
a = "a"
b = "b"
collections = [["kanban", "kanban", "$(basename "$cal")"]]
[storage a]
type = "filesystem"
path = "$work/events"
fileext = ".ics"
[storage b]
type = "caldav"
url = "$url"
username = "alice"
password = "secret"
C
export VDIRSYNCER_CONFIG="$work/vs/config"
yes | vdirsyncer discover >/dev/null 2>&1 || true
measure -n 1 -l "$kind: vdirsyncer, first push" -- vdirsyncer sync
measure -n 5 -l "$kind: vdirsyncer, nothing to do" -- vdirsyncer sync
stop_server
