-- What runs have changed and overwritten: `GET /api/calendar/history`, and the runs that the state keeps.

local asked = require "fmcal.serve.asked"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local shown = require "fmcal.serve.views.shown"

local history = {}

-- Of a run that is one of many so much is shown.
local MOST_CHANGES = 200
local MOST_RUNS, RUNS = 200, 20

local function part(list, most, as)
  local first = json.array {}
  for i = 1, math.min(#list, most) do first[i] = as(list[i]) end
  return first
end

local function run_of(run, most, wanted)
  local answer = shown.run(run, wanted)
  answer.changes, answer.changeCount = part(run.changes, most, shown.change), #run.changes
  answer.overwritten, answer.overwrittenCount = part(run.overwritten, most, shown.overwritten), #run.overwritten
  return answer
end

local ASKED = { run = "number", id = "name", limit = "number", before = "number" }

-- What was asked with its numbers, or nil and an error.
local function read(params)
  local wanted, err = asked.of(ASKED, params)
  if not wanted then return nil, err end
  for member, most in pairs { run = math.maxinteger, before = math.maxinteger, limit = MOST_RUNS } do
    wanted[member], err = asked.whole(wanted, member, 1, most)
    if err then return nil, err end
  end
  return wanted
end

local function before(list, number)
  if not number then return list end
  local found = {}
  for _, run in ipairs(list) do
    if run.number < number then found[#found + 1] = run end
  end
  return found
end

--- What runs have changed, newest first.
-- @param params { board, …, run = number of one, id = key of an entry, before = number, limit = 20 }
-- @return { runs = {{ number, at, kind, undoes, who, command, version, status, message, takenBack,
--   changes = {{ id, title, calendar, did, reason, sentence, decidedBy, fields = {{ field, before, after }} }}, changeCount,
--   overwritten = {{ at, id, calendar, field, side, action, reason, value, cause, decidedBy }}, overwrittenCount }} (of several
--   runs the first 200 changes of each), next = `before` for those that follow }, or nil and an error
function history.changes(params)
  local wanted, err = read(params)
  if not wanted then return nil, err end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local list = before(opened:runs { run = wanted.run, key = wanted.id }, wanted.before)
  local limit, most = wanted.limit or RUNS, wanted.run and math.huge or MOST_CHANGES
  local runs = part(list, limit, function(run) return run_of(run, most, wanted) end)
  return { runs = runs, next = #list > limit and runs[limit].number or nil }
end

-- How many runs lie between two that are kept: they changed nothing.
local function unchanged_between(list, i, last)
  local newer = i == 1 and last + 1 or list[i - 1].number
  return math.max(0, newer - list[i].number - 1)
end

--- The runs that the state keeps, those that changed something or failed, newest first.
-- @param params { board, …, before = number, limit = 20 }
-- @return { runs = {{ as in `changes`, without what was changed; changeCount, overwrittenCount, unchangedSince = how many runs
--   after it, up to the next one here, changed nothing }}, last = number of the last run, next }, or nil and an error
function history.runs(params)
  local wanted, err = read(params)
  if not wanted then return nil, err end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local last = tonumber(opened.state:get("run") or "0")
  local all = opened:runs {}
  for i, run in ipairs(all) do run.unchanged = unchanged_between(all, i, last) end
  local list, limit = before(all, wanted.before), wanted.limit or RUNS
  local runs = part(list, limit, function(run)
    local answer = shown.run(run, wanted)
    answer.changeCount, answer.overwrittenCount, answer.unchangedSince = #run.changes, #run.overwritten, run.unchanged
    return answer
  end)
  return { runs = runs, last = last, next = #list > limit and runs[limit].number or nil }
end

return history
