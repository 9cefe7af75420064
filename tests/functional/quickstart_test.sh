#!/bin/sh
# README's first command, without the installation and the build: what it promises comes true, also the second time.
set -eu
demo=$(mktemp -d)/"with space"
trap 'rm -rf "$(dirname "$demo")"' EXIT
export FMCAL_DEMO="$demo"

fail() {
  echo "quickstart_test: $1" >&2
  exit 1
}

run() {
  sh "$SOURCE_DIR/examples/quickstart.sh" >"$demo.log" 2>&1 || fail "$(cat "$demo.log")"
}

mkdir -p "$demo"
run
[ "$(find "$demo/calendars/academy" -name '*.ics' | wc -l)" = 5 ] || fail "not five events: $(cat "$demo.log")"
cp "$demo/board.json" "$demo/first.json"
run
cmp "$demo/first.json" "$demo/board.json" || fail "a run with nothing to do changed the board"

# The line it tells to try.
line=$(grep '^  sed -i' "$demo.log")
(cd / && eval "$line")
run
grep -q '"dueDate": "2027-03-01"' "$demo/board.json" || fail "the item did not follow: $(cat "$demo.log")"
grep -qE 'XACA-0040 +2027-03-01 ' "$demo.log" || fail "it does not show the change: $(cat "$demo.log")"
