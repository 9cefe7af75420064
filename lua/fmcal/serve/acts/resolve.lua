-- Decides a conflict and carries the decision out on both sides: `POST /api/calendar/conflicts/{id}/resolve`.
--
-- What is decided about is what was shown: where either side has changed since, nothing is written.

local asked = require "fmcal.serve.asked"
local conflicts = require "fmcal.sync.conflicts"
local fail = require "fmcal.util.failure"
local fields = require "fmcal.model.fields"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local outcome = require "fmcal.serve.outcome"
local own_fields = require "fmcal.model.own_fields"
local place = require "fmcal.serve.acts.place"
local read_place = require "fmcal.serve.views.place"
local sorted_names = require "fmcal.util.sorted_names"
local told = require "fmcal.serve.told"
local waiting = require "fmcal.serve.waiting"

local ASKED = { id = "name", calendar = "name", resolution = "name", merge = "object", fields = "object", etag = "name" }

local CHANGED = "the conflict of %s has changed since it was shown: look at it again"

-- ---------------------------------------------------------------- which conflict

local function conflict_in(list, wanted)
  local found
  for _, conflict in ipairs(list) do
    local is_it = conflict.id == wanted.id and (not wanted.calendar or conflict.calendar == wanted.calendar)
    if is_it and found then
      return told.wrong("calendar", "%s is in conflict with several calendars: calendar says which is meant", wanted.id)
    end
    found = is_it and conflict or found
  end
  if not found then return told.missing("%s has no conflict that waits", wanted.id) end
  return found
end

-- The conflict that is meant, as it is shown now; or nil and an error.
local function find(wanted)
  local opened <close>, unread = read_place.open(wanted)
  if not opened then return nil, unread end
  local conflict, err = conflict_in(waiting.list(opened), wanted)
  if not conflict then return nil, err end
  if wanted.etag and wanted.etag ~= conflict.etag then
    return fail("precondition", "serve", CHANGED, wanted.id)
  end
  return conflict
end

-- ---------------------------------------------------------------- what is decided

-- The value that one field is to have, or nil and an error.
local function value_of(about, decision)
  if decision == "local" or decision == "external" then return about[decision] end
  if type(decision) == "table" and decision.value ~= nil then return decision.value end
  return told.wrong("fields", 'fields.%s must be "local", "external" or { "value": … }', about.field)
end

-- The members that `fields` says: each that is in conflict, and no other.
local function merged(conflict, decisions)
  local members, known = {}, {}
  for _, about in ipairs(conflict.fields) do
    local value, err = value_of(about, decisions[about.field])
    if err then return nil, err end
    members[about.field], known[about.field] = value, true
  end
  for _, name in ipairs(sorted_names(decisions)) do
    if not known[name] then return told.wrong("fields", "%s is not in conflict in %s", name, conflict.id) end
  end
  return members
end

-- The answer that a run is given, or nil and an error.
local function answer_of(conflict, wanted)
  if wanted.fields then return merged(conflict, wanted.fields) end
  local ok, unknown = asked.one_of(conflicts.RESOLUTIONS, wanted, "resolution")
  if not ok then return nil, unknown end
  if not wanted.resolution then return told.wrong("resolution", "say a resolution, or fields") end
  local answer = conflicts.answer(wanted.resolution, wanted.merge)
  if not answer or type(answer) == "table" and not next(answer) then
    return told.wrong("merge", 'merge needs members, such as { "dueDate": "2027-03-01" }')
  end
  return answer
end

-- ---------------------------------------------------------------- carrying it out

local function same(a, b)
  return json.encode(given(a) or json.null, { sort = true }) == json.encode(given(b) or json.null, { sort = true })
end

-- Whether a run sees both sides of a conflict as they were shown.
local function is_as_shown(conflict, decision)
  local view = decision and decision.view
  for _, side in ipairs(view and decision.sides or {}) do
    for _, about in ipairs(side.target.name == conflict.calendar and side.remote and conflict.fields or {}) do
      local there = fields.spell(fields.FIELD[about.field], side.remote.version, view.style)
      if not same(there, about.external) or not same(own_fields.get(view.raw, about.field), about["local"]) then return false end
    end
  end
  return view ~= nil
end

-- Ends a run that would decide about something else than was shown.
local function check(conflict)
  return function(decided)
    if is_as_shown(conflict, decided.decisions[conflict.id]) then return nil end
    return select(2, fail("precondition", "serve", CHANGED, conflict.id))
  end
end

--- Decides a conflict.
-- @param params { board, …, id, calendar = name (where there are several), etag = the conflict's; resolution = "keep_local",
--   "keep_external" or "merge" with merge = {[member] = value}; or fields = {[member] = "local", "external" or { value }} for all
--   that are in conflict }
-- @return the run; or nil and an error, "precondition" where either side has changed since it was shown
return function(params)
  local wanted, err = place.asked(ASKED, params)
  if not wanted then return nil, err end
  if not wanted.id then return told.wrong("id", "id is missing: which entry?") end
  local conflict, unfound = find(wanted)
  if not conflict then return nil, unfound end
  local answer, wrong = answer_of(conflict, wanted)
  if not answer then return nil, wrong end
  local options = place.options(params)
  options.examine = check(conflict)
  local result = conflicts.resolve(options, conflict.id, answer)
  if result.error_code == "precondition" then return outcome.failure(result, params) end
  return outcome.of(result, params)
end
