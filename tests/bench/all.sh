#!/bin/sh
# all.sh FMCAL_LUA [large]: every benchmark, one line a measurement; see README.md. The program must be a release build
# without sanitizers, with libfmcal.a beside it. "large" adds 100,000 entries (some minutes). What is not installed is left out.
set -eu
fmcal=$(realpath "$1") size=${2:-}
here=$(dirname "$(realpath "$0")")
source=$(realpath "$here/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
part() { printf '\n== %s\n' "$1"; }

# bench_c NAME: compiles a benchmark in C against the library.
bench_c() {
  # shellcheck disable=SC2046 # words, not one word
  cc -O2 -D_GNU_SOURCE -I"$source/src" -I"$source/src/include" "$here/$1.c" "$(dirname "$fmcal")/libfmcal.a" -o "$work/$1" \
    $(pkg-config --cflags --libs lua5.4 libcurl libcjson openssl expat sqlite3 libpsl libedit) -lm
}

part "machine"
printf '%s, %s processors\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"

part "nothing to do"
if [ "$size" = large ]; then "$here/idle.sh" "$fmcal" 10000 100000; else "$here/idle.sh" "$fmcal" 10000; fi

part "rules"
"$here/rules.sh" "$fmcal"

part "many boards"
"$here/boards.sh" "$fmcal"

part "JSON to and from Lua tables"
"$fmcal" "$here/json.lua"

part "calendar objects"
"$fmcal" "$here/ical.lua"
bench_c ics_decode
"$work/ics_decode"

part "multistatus of 10,000 events"
bench_c multistatus
for what in tables unchanged; do
  for kind in day zone; do "$work/multistatus" "$what" "$kind" 10000 5 "$work/$what-$kind.db"; done
done

part "a distant server"
"$here/distant.sh" "$fmcal"

for server in radicale xandikos cyrus; do
  part "first push to $server"
  "$here/push.sh" "$fmcal" "$server" || [ $? = 77 ]
done
