#!/bin/sh
# Shows fmcal at work in a few minutes: installs what a build needs, builds, and syncs an example board with a calendar
# that is a folder of .ics files. Run it again after an edit on either side.
#   FMCAL_LUA=PATH   uses this fmcal-lua instead of building one
#   FMCAL_DEMO=DIR   where board and calendar lie (build/demo in the clone)
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
demo=${FMCAL_DEMO:-$top/build/demo}

if [ -z "${FMCAL_LUA:-}" ]; then
  cd "$top"
  sh .ci/packages.sh build
  echo "Building ..."
  mkdir -p build
  { cmake --preset release -DFMCAL_TESTS=OFF && cmake --build --preset release; } >build/quickstart.log 2>&1 || {
    cat build/quickstart.log
    echo "The build failed; the lines above say why." >&2
    exit 1
  }
  FMCAL_LUA=$top/build/release/fmcal-lua
fi

mkdir -p "$demo/calendars/academy"
[ -e "$demo/board.json" ] || cp "$top/examples/board.json" "$demo/board.json"

echo
"$FMCAL_LUA" sync.lua "$demo/board.json"
echo
"$FMCAL_LUA" "$top/examples/show_board.lua" "$demo/board.json"
event=$(grep -l '^UID:XACA-0040@' "$demo"/calendars/academy/*.ics | head -n 1)

# A path as one word of a shell command.
word() {
  case $1 in
    *[!A-Za-z0-9._/-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

cat <<TEXT

The board is     $demo/board.json
The calendar is  $demo/calendars/academy  (one .ics file for each event; khal and vdirsyncer read it too)

What to try next: move an event in the calendar, run this again, and see the item change.

  sed -i 's/^DTSTART;VALUE=DATE:.*/DTSTART;VALUE=DATE:20270301/; s/^DTEND;VALUE=DATE:.*/DTEND;VALUE=DATE:20270302/' $(word "$event")
  sh $(word "$0")

Or the other way: change a title or a dueDate in the board. To look without touching anything:

  $(word "$FMCAL_LUA") sync.lua $(word "$demo/board.json") --dry-run
TEXT
