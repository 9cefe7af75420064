#!/bin/sh
# instructions.sh FMCAL_LUA [COUNT]: how many instructions a start, a first push of COUNT entries (1,000) and a run that
# finds nothing to do take, as whole processes, against a CalDAV server in memory. Unlike times they are nearly the same on
# a busy machine. Needs valgrind.
set -eu
fmcal=$(realpath "$1") count=${2:-1000}
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'exec 3>&-; rm -rf "$work"' EXIT
# shellcheck source=tests/bench/server.sh
. "$here/server.sh"
start_server "the scripted server" python3 "$here/../support/dav_server.py"

# measure LABEL COMMAND...: millions of instructions
measure() {
  label=$1; shift
  valgrind --tool=callgrind --callgrind-out-file="${CALLGRIND_OUT:-/dev/null}" --log-file="$work/log" "$@" >/dev/null
  awk -v label="$label" '/Collected/ { printf "%-40s %10.1f M instructions\n", label, $4 / 1e6 }' "$work/log"
}

measure "fmcal-lua -e ''" "$fmcal" -e ''
board=$work/board.json
"$fmcal" "$here/gen_board.lua" "$board" "$count" "{\"provider\":\"caldav\",\"endpoint\":\"$url\",
  \"calendarId\":\"kanban\",\"credentials\":{\"username\":\"alice\",\"env\":\"BENCH_PASSWORD\"}}"
export BENCH_PASSWORD=secret FMCAL_STATE="$work/state.db"
measure "first push, $count entries" "$fmcal" sync.lua -q "$board"
measure "nothing to do, $count entries" "$fmcal" sync.lua -q "$board"
