-- One entry, explained: what the last runs saw and did, and what the next one would do. `GET /api/calendar/entries/{id}`.
--
-- The next run is thought through with each calendar as it was last seen: no calendar is asked.

local as_seen = require "fmcal.place.as_seen"
local asked = require "fmcal.serve.asked"
local explain = require "fmcal.sync.explain"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local reasons = require "fmcal.model.reasons"
local shown = require "fmcal.serve.views.shown"
local sides = require "fmcal.serve.views.sides"
local told = require "fmcal.serve.told"

local MOST_RUNS = 20

-- ---------------------------------------------------------------- the next run

local function providers_of(opened)
  local providers = {}
  for i, target in ipairs(opened.targets) do
    local seen, err = as_seen(opened.settings.targets[i], target.known)
    if not seen then return nil, err end
    providers[target.name] = seen
  end
  return providers
end

-- What fmcal.sync.explain says of an entry; nil and an error where nothing can be said.
local function explanation(opened, id, wanted)
  if opened.settings.off then return nil, opened.settings.off end
  local providers, err = providers_of(opened)
  if not providers then return nil, err end
  local options = place.options(wanted)
  options.board_object, options.state_object, options.providers = opened.board, opened.state, providers
  options.allow_mass_delete = true
  local list, result = explain.entry(options, id)
  for _, about in ipairs(list or {}) do
    if about.id == id then return about end
  end
  return nil, { code = result.error_code or "invalid", message = result.error or "nothing can be said of this entry" }
end

local function next_of(side)
  return {
    action = side.held and "hold" or side.left_alone and "left_alone" or side.action, why = side.reason, reason = side.cause,
    sentence = reasons.SENTENCE[side.cause], advice = reasons.ADVICE[side.cause], decidedBy = side.decided_by,
    fields = side.fields, after = side.after, conflicts = side.conflicts, strategy = side.strategy, rules = side.rules,
  }
end

local function set_of(list)
  local set = {}
  for _, name in ipairs(list or {}) do set[name] = true end
  return set
end

-- Who has edited a member since both sides agreed: "board", "calendar", "both", nil for nobody.
local function edited_on(here, there, member)
  if here[member] and there[member] then return "both" end
  return here[member] and "board" or there[member] and "calendar" or nil
end

-- Both sides beside the base, member by member.
local function side_by_side(about, side)
  local base, board, calendar = side.base or {}, about.board or {}, side.calendar or {}
  local here, there, list = set_of(side.board_edits), set_of(side.calendar_edits), json.array {}
  for i, member in ipairs(fields.members_of(base, board, calendar)) do
    list[i] = { field = member, base = base[member], board = board[member], calendar = calendar[member],
      edited = edited_on(here, there, member) }
  end
  return list
end

-- ---------------------------------------------------------------- earlier runs

-- The runs that changed the entry, and what was last done to it in each calendar.
local function past_of(opened, id, wanted)
  local runs, last = json.array {}, {}
  for i, run in ipairs(opened:runs { key = id, limit = MOST_RUNS }) do
    local answer = shown.run(run, wanted)
    answer.changes, answer.overwritten = json.array {}, json.array {}
    for j, made in ipairs(run.changes) do
      answer.changes[j] = shown.change(made)
      last[made.calendar] = last[made.calendar] or { run = run.number, at = run.time, reason = made.reason, did = made.did,
        sentence = reasons.SENTENCE[made.reason], decidedBy = made.decided_by, fields = made.fields }
    end
    for j, row in ipairs(run.overwritten) do answer.overwritten[j] = shown.overwritten(row) end
    runs[i] = answer
  end
  return runs, last
end

-- ---------------------------------------------------------------- the answer

local function calendars_of(about, in_list, last)
  local list = json.array {}
  for i, side in ipairs(about and about.calendars or {}) do
    local known = in_list and in_list.calendars[i] or {}
    list[i] = {
      calendar = side.name, provider = side.provider, status = known.status or side.status, link = known.link, uid = side.uid,
      isThere = side.calendar ~= nil, fields = side_by_side(about, side), boardEditedAt = side.board_edited_at,
      calendarEditedAt = side.calendar_edited_at, unknownDate = side.unknown_date, last = last[side.name], next = next_of(side),
      error = side.failed and { message = side.failed.message, at = side.failed.at, retries = side.failed.count } or nil,
    }
  end
  return list
end

local function problem_of(opened, id, wanted)
  for _, problem in ipairs(opened.board:problems()) do
    if problem.key == id then return place.sentence(problem.message, wanted) end
  end
  return nil
end

local function now_of(about, err, wanted)
  if not about then return { error = place.sentence(err.message, wanted) } end
  return { pulled = about.pulled, rewound = about.rewound, error = about.error and place.sentence(about.error, wanted) or nil }
end

--- One entry.
-- @param params { board, …, id }
-- @return { id, entry = as the view `entries` has it (nil for one that is gone from the board), problem, board =
--   {[member] = value}, calendars = list of { calendar, provider, status, link, uid, isThere, fields = {{ field, base, board,
--   calendar, edited = "board", "calendar" or "both" }}, boardEditedAt, calendarEditedAt, unknownDate, error = { message, at,
--   retries }, last, next }, now = { pulled = members that the next run changes on the board, rewound, error }, seen = when the
--   calendars were, runs = as in `history`, of this entry }, or nil and an error
--   last (what was last done to it): { run, at, reason, sentence, decidedBy, did, fields = {{ field, before, after }} }
--   next (what the next run would do): { action = "create", "update", "delete", "wait", "hold", "left_alone" or "none", reason,
--   sentence, advice, decidedBy, why, fields = {{ field, reason, decided_by, lost }}, after = {[member] = value}, conflicts =
--   members, strategy, rules = {{ rule, answer, custom }} }
return function(params)
  local wanted, err = asked.of({ id = "name" }, params)
  if not wanted then return nil, err end
  if not wanted.id then return told.wrong("id", "id is missing: which entry?") end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local id = wanted.id
  local in_list = opened.board:entry(id) and sides.reader(opened):entry(id) or nil
  local runs, last = past_of(opened, id, wanted)
  local seen, problem = opened.state:get("last_run"), problem_of(opened, id, wanted)
  local about, unsaid = explanation(opened, id, wanted)
  local is_known = in_list or about or problem or #runs > 0
  if not is_known then return told.missing("there is no entry %s on the board", id) end
  return { id = id, entry = in_list, problem = problem, board = about and about.board, runs = runs, seen = seen,
    calendars = calendars_of(about, in_list, last), now = now_of(about, unsaid, wanted) }
end
