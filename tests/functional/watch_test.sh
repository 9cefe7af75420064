# sync.lua --watch: it syncs when the board changes and ends cleanly when asked to.
set -eu
dir=$(mktemp -d)
watcher=
stop() {
  [ -z "$watcher" ] || kill -KILL "$watcher" 2>/dev/null || true
  rm -rf "$dir"
}
trap stop EXIT
cd "$dir"
mkdir -p calendars/academy

board() {
  cat >board.new <<TEXT
{ "team": "academy",
  "calendarConfig": { "provider": "vdir", "endpoint": "calendars", "calendarId": "academy", "syncOptions": { "syncInterval": 60 } },
  "items": [ { "id": "A-1", "title": "$1", "dueDate": "2027-02-15" } ] }
TEXT
  mv board.new board.json
}

# Waits until the calendar says something; the test's time limit is the end of patience.
until_event() {
  until grep -qs "$1" calendars/academy/*.ics; do sleep 0.05; done
}

# Waits until the last run is told to have ended like this.
until_said() {
  until tail -n 1 out | grep -qs " UTC: $1; next run at "; do sleep 0.05; done
}

for signal in INT TERM; do
  rm -rf calendars/academy/*.ics .fmcal
  board One
  # A shell without job control starts background commands with SIGINT ignored; env gives it back.
  env --default-signal=INT "$FMCAL_LUA" sync.lua board.json --watch >out 2>err &
  watcher=$!
  until_event SUMMARY:One
  board Two
  until_event SUMMARY:Two
  mv calendars elsewhere
  board Three
  until_said failed
  mv elsewhere calendars
  board Four
  until_said "works again"
  until_event SUMMARY:Four
  board Five
  until_event SUMMARY:Five
  until_said "done"
  kill -"$signal" "$watcher"
  status=0
  wait "$watcher" || status=$?
  watcher=
  [ "$status" = 0 ] || { echo "SIG$signal: status $status"; cat out err; exit 1; }
  grep -v "the calendar folder" err && { echo "something else on standard error"; exit 1; }
  grep -q "created  A-1" out
  grep -q "updated  A-1" out
  grep -Eq '^[0-9-]+ [0-9:]+ UTC: done; next run at [0-9-]+ [0-9:]+ UTC, or when a board file changes$' out
done
