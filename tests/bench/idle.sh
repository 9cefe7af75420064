#!/bin/sh
# idle.sh FMCAL_LUA [COUNT...]: what a run costs that finds nothing to do, as a whole process, against a CalDAV server in
# memory: one sync-collection request. Compares with the start of curl, the least any client costs.
set -eu
fmcal=$(realpath "$1"); shift
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'exec 3>&-; rm -rf "$work"' EXIT
# shellcheck source=tests/bench/server.sh
. "$here/server.sh"
start_server "the scripted server" python3 "$here/../support/dav_server.py"

python3 "$here/measure.py" -n 11 -l "curl --version" -- curl --version
python3 "$here/measure.py" -n 11 -l "fmcal-lua -e ''" -- "$fmcal" -e ''
for count in "${@:-10000}"; do
  curl -fs -X DELETE "${url}_all" >/dev/null
  board="$work/board-$count.json"
  "$fmcal" "$here/gen_board.lua" "$board" "$count" "{\"provider\":\"caldav\",\"endpoint\":\"$url\",
    \"calendarId\":\"kanban\",\"credentials\":{\"username\":\"alice\",\"env\":\"BENCH_PASSWORD\"}}"
  export BENCH_PASSWORD=secret FMCAL_STATE="$work/state-$count.db"
  python3 "$here/measure.py" -n 1 -l "first push, $count entries" -- "$fmcal" sync.lua -q "$board"
  python3 "$here/measure.py" -n 7 -l "nothing to do, $count entries" -- "$fmcal" sync.lua -q "$board"
done
