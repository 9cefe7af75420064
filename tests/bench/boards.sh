#!/bin/sh
# boards.sh FMCAL_LUA [COUNT [IDLE]]: what many boards cost that have nothing to do: COUNT of them (300) one after the other
# and with --jobs 2, and IDLE of them (10000) in one server that waits.
set -eu
fmcal=$(realpath "$1")
count=${2:-300} idle=${3:-10000}
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/few/calendars" "$work/many/calendars"
"$fmcal" "$here/gen_boards.lua" "$work/few" "$count"
(cd "$work/few/calendars" && seq "$count" | xargs mkdir)
"$fmcal" sync.lua -q "$work"/few/*.json
for jobs in 1 2 1 2; do
  python3 "$here/measure.py" -n 3 -l "$count idle boards, --jobs $jobs" -- "$fmcal" sync.lua -q --jobs "$jobs" "$work"/few/*.json
done

"$fmcal" "$here/gen_boards.lua" "$work/many" "$idle"
"$fmcal" "$here/idle_server.lua" "$work/many" "$idle"
