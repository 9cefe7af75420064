-- What a run would do: `POST /api/calendar/plan`. The calendars are asked; nothing is written.
--
-- Where the mass-delete guard would stop the run, the plan is that of a run that it lets through: who carries it out allows
-- just what the plan shows.

local asked = require "fmcal.serve.asked"
local boards = require "fmcal.board"
local exits = require "fmcal.exits"
local json = require "fmcal.json"
local outcome = require "fmcal.serve.outcome"
local place = require "fmcal.serve.views.place"
local plan_file = require "fmcal.sync.plan_file"
local review = require "fmcal.sync.review"

local DIRECTIONS = { "both", "inbound", "outbound" }

local function calendars_of(plan)
  local list = json.array {}
  for i, calendar in ipairs(plan.calendars) do
    list[i] = { name = calendar.name, provider = calendar.provider, calendar = calendar.calendar }
  end
  return list
end

-- A run that the guard lets through, and what it says of the one that it stops.
local function planned(options)
  local result, plan = review.plan(options)
  if result.exit ~= exits.GUARD then return result, plan end
  local sentence = result.error
  options.allow_mass_delete = true
  result, plan = review.plan(options)
  return result, plan, { sentence = sentence }
end

-- How many entries are in step that no change touches; those that are gone from the board were not counted.
local function unchanged(result, plan)
  local count, board <close> = result.unchanged, boards.open(plan.board)
  for _, change in ipairs(board and plan.changes or {}) do
    if board:entry(change.key) then count = count - 1 end
  end
  return math.max(0, count)
end

--- Plans a run.
-- @param params { board, …, direction = "both", "outbound" or "inbound", only = list of keys }
-- @return { plan = the plan as a text, for the act `apply`; made, calendars = {{ name, provider, calendar }}, direction,
--   changes = see fmcal.sync.plan_file, drift = what changed in the calendars since the last run, waits = what is said of
--   entries that are not touched, unchanged = how many are in step, warnings, guard = { sentence } where the guard would stop
--   the run, basis = { board, rules, serial } }, or nil and an error
return function(params)
  local wanted, err = asked.of({ direction = "name", only = "names" }, params)
  if not wanted then return nil, err end
  local ok, unknown = asked.one_of(DIRECTIONS, wanted, "direction")
  if not ok then return nil, unknown end
  local options = place.options(wanted)
  options.direction, options.only = wanted.direction, wanted.only
  local result, plan, guard = planned(options)
  if not plan then return outcome.failure(result, wanted) end
  return { plan = plan_file.text(plan), made = plan.made, calendars = calendars_of(plan), direction = wanted.direction or "both",
    changes = plan_file.told(plan), drift = plan.drift, waits = plan.waits, unchanged = unchanged(result, plan),
    warnings = place.sentences(result.warnings or {}, wanted), basis = plan.basis,
    guard = guard and { sentence = place.sentence(guard.sentence, wanted) } }
end
