-- Tools that look at boards and at what the state knows of them.

local attempt = require "fmcal.util.attempt"
local boards = require "fmcal.board"
local calendar_sync = require "fmcal.model.calendar_sync"
local config = require "fmcal.config"
local conflicts = require "fmcal.sync.conflicts"
local did_you_mean = require "fmcal.util.did_you_mean"
local entries = require "fmcal.model.entry"
local explain = require "fmcal.sync.explain"
local fail = require "fmcal.util.failure"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local overview = require "fmcal.overview"
local places = require "fmcal.mcp.places"

local look = {}

local MOST_ENTRIES, MOST_RUNS = 50, 20

-- The members of a table that are named.
local function pick(from, names)
  local picked = {}
  for name in names:gmatch "%S+" do picked[name] = from[name] end
  return picked
end

local function pick_all(list, names)
  local picked = json.array {}
  for i, from in ipairs(list) do picked[i] = pick(from, names) end
  return picked
end

-- ---------------------------------------------------------------- boards, status

local function about_board(place)
  local about = { board = place.name }
  local opened <close>, err = boards.open(place.path)
  if not opened then
    about.error = err.message
    return about
  end
  about.team, about.team_name = given(opened:member("team")), given(opened:member("teamName"))
  about.entries, about.problems = #opened:keys(), #opened:problems()
  local settings, wrong = config.load(opened, {})
  about.calendars = settings and pick_all(settings.targets, "name provider") or nil
  about.error = wrong and wrong.message
  return about
end

function look.boards(context)
  local list = json.array {}
  for i, place in ipairs(places.boards(context.places)) do list[i] = about_board(place) end
  return { boards = list }
end

function look.status(context)
  local opened <close>, err = overview.open { board = context.board.path }
  if not opened then return nil, err end
  local status = opened:status()
  local told = pick(status, "team last_run runs entries problems status last_error conflicts warnings")
  told.targets = pick_all(status.targets, "name provider calendar bound counts pending errors")
  return told
end

-- ---------------------------------------------------------------- entries

local function about_entry(entry)
  local sync = calendar_sync.read(entry) or {}
  local title, due = entries.member(entry, "title"), entries.member(entry, "dueDate")
  return { id = entry.key, kind = entry.kind, line = entry.line, title = title, dueDate = due,
    status = given(entry.value.status), sync = given(sync.syncStatus), error = given(sync.syncError) }
end

local function one_entry(opened, id)
  local entry = attempt.found(opened:entry(id))
  if not entry then
    return fail("notfound", "mcp", "there is no entry %s%s", id, did_you_mean(id, opened:keys()))
  end
  local whole = {}
  for name, value in pairs(entry.value) do whole[name] = value end
  whole.calendarSync = nil
  local about = about_entry(entry)
  about.entry = whole
  return { entries = json.array { about } }
end

-- Where the list goes on: behind a key; nil where the board does not have it.
local function place_behind(keys, after)
  if not after then return 1 end
  for i, key in ipairs(keys) do
    if key == after then return i + 1 end
  end
  return nil
end

function look.entries(context)
  local asked = context.arguments
  local opened <close>, err = boards.open(context.board.path)
  if not opened then return nil, err end
  if asked.id then return one_entry(opened, asked.id) end
  local keys, list = opened:keys(), json.array {}
  local first = place_behind(keys, asked.after)
  if not first then return fail("notfound", "mcp", "there is no entry %s to go on behind", asked.after) end
  local last = math.min(#keys, first + (asked.limit or MOST_ENTRIES) - 1)
  for i = first, last do list[#list + 1] = about_entry(attempt.found(opened:entry(keys[i]))) end
  return { total = #keys, entries = list, next = last < #keys and keys[last] or nil,
    problems = pick_all(opened:problems(), "key line message") }
end

-- ---------------------------------------------------------------- explain, conflicts, history

local SIDE = "name provider base calendar after board_edits calendar_edits action held reason conflicts rules status strategy "
  .. "left_alone board_edited_at calendar_edited_at cause decided_by fields unknown_date failed"

function look.explain(context)
  local list, result = explain.entry({ board = context.board.path }, context.arguments.id)
  if not list then return nil, result end
  local told = json.array {}
  for i, about in ipairs(list) do
    told[i] = pick(about, "id title on_board line board error pulled rewound history")
    told[i].calendars = pick_all(about.calendars, SIDE)
  end
  return { entries = told, warnings = result.warnings, error = result.error }
end

function look.conflicts(context)
  local opened <close>, err = boards.open(context.board.path)
  if not opened then return nil, err end
  return { conflicts = pick_all(conflicts.list(opened), "id title target provider since conflictData") }
end

function look.history(context)
  local asked = context.arguments
  local opened <close>, err = overview.open { board = context.board.path }
  if not opened then return nil, err end
  local runs = opened:runs { key = asked.id, run = asked.run, limit = asked.limit or MOST_RUNS }
  return { runs = json.array(runs) }
end

return look
