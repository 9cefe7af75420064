#!/bin/sh
# Builds the rock of what is committed with LuaRocks, and has a stock lua5.4 load the module from it and sync a board.
#   sh .packaging/rock.sh
# Needs what `.ci/packages.sh build package` installs.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/fmcal" "$work/board"
git archive HEAD | tar -x -C "$work/fmcal"
cd "$work/fmcal"
luarocks --lua-version 5.4 --tree "$work/tree" make .packaging/fmcal-*.rockspec

eval "$(luarocks --lua-version 5.4 --tree "$work/tree" path)"
cd "$work/board"
mkdir -p calendars/academy
cat >board.json <<'TEXT'
{ "team": "academy",
  "calendarConfig": { "provider": "vdir", "endpoint": "calendars", "calendarId": "academy" },
  "items": [ { "id": "XACA-0040", "title": "File motion", "dueDate": "2027-02-15" } ] }
TEXT
fmcal-lua sync.lua board.json
lua5.4 -e 'local fmcal = require "fmcal"
  local event = require("fmcal.event").from_kanban_item { id = "XACA-0040", title = "File motion", dueDate = "2027-02-15" }
  assert(event.dueDate == "2027-02-15")
  print(fmcal._VERSION)'
