#!/bin/sh
# push.sh FMCAL_LUA SERVER [COUNT]: the first push, a run with nothing to do, and 10 edits on each side, on a real
# server (radicale, xandikos, cyrus); vdirsyncer and a raw libcurl client with the same events beside it, each on a fresh server.
set -eu
fmcal=$(realpath "$1") server=$2 count=${3:-1000}
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'exec 3>&- || true; rm -rf "$work"' EXIT
cc -O2 -o "$work/raw_put" "$here/raw_put.c" -lcurl
export BENCH_PASSWORD=secret

# start: a fresh server; sets url and cal
start() {
  rm -f "$work/hold" "$work/out"; mkfifo "$work/hold"
  python3 "$here/../support/calendar_server.py" "$server" <"$work/hold" >"$work/out" &
  exec 3>"$work/hold"
  while ! grep -q cal= "$work/out"; do sleep 0.1; done
  url=$(sed -n 's/.*url=\([^ ]*\).*/\1/p' "$work/out")
  cal=$(sed -n 's/.* cal=\([^ ]*\).*/\1/p' "$work/out")
}
stop() { exec 3>&-; wait; }
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
measure -n 1 -l "$server: raw libcurl, $count PUT, window 4" -- "$work/raw_put" "$cal" "$work/events/kanban" 4 alice:secret
stop

start
board "{\"provider\":\"caldav\",\"endpoint\":\"$url\",\"calendarId\":\"kanban\",\"credentials\":{\"username\":\"alice\",\"env\":\"BENCH_PASSWORD\"}}"
export FMCAL_STATE="$work/state.db"
measure -n 1 -l "$server: fmcal, first push" -- "$fmcal" sync.lua -q "$work/board.json"
measure -n 5 -l "$server: fmcal, nothing to do" -- "$fmcal" sync.lua -q "$work/board.json"
edit_both
count_requests "$server: fmcal, 10 edits on each side"
stop

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
measure -n 1 -l "$server: vdirsyncer, first push" -- vdirsyncer sync
measure -n 5 -l "$server: vdirsyncer, nothing to do" -- vdirsyncer sync
stop
