-- Who decides a conflict: a person's answer, a team's rule, or the strategy. The planner asks through a resolver.

local decider = require "fmcal.sync.decide.decider"
local defaults = require "fmcal.rules.defaults"
local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local given_answers = require "fmcal.sync.decide.answers"
local json = require "fmcal.json"
local refusal = require "fmcal.sync.decide.refusal"
local strategies = require "fmcal.rules.strategies"

local conflict_of = {}

-- When the event was edited, or nil. Of an edit whose time nobody knows it is known that it was made before this run.
local function time_there(remote, local_time)
  if remote.time or not local_time or local_time <= remote.read_at then return remote.time end
  return remote.read_at
end

-- A conflict in the board's vocabulary, as rules and people see it.
local function spelled(view, conflict, remote, known)
  local shown = { entry = view.raw, event = remote.event, fields = {}, local_time = conflict.local_time,
    external_time = time_there(remote, conflict.local_time) }
  shown.base = known and entries.with_version(view, known.l) or nil
  for field, sides in pairs(conflict.fields) do
    local member = {}
    for _, side in ipairs { "local", "external", "base" } do
      if sides[side] ~= nil then
        local version = side == "local" and view.version or side == "external" and remote.version or known.l
        local copy = fields.copy(version)
        copy[field] = sides[side]
        local value = fields.spell(field, copy, view.style)
        member[side] = value ~= json.null and value or nil
      end
    end
    shown.fields[fields.MEMBER[field]] = member
  end
  return shown
end

-- The answer for each field out of one answer for the whole conflict.
local function spread(answer, conflict, view, zone)
  local answers = {}
  if type(answer) ~= "table" then
    for field in pairs(conflict.fields) do answers[field] = answer end
    return answers
  end
  local version, sentence = given_answers.version(view.raw, answer, zone, view.own)
  if not version then refusal.raise(("the merged fields of %s: %s"):format(view.key, sentence), "rule_failed") end
  for field in pairs(conflict.fields) do
    local given = answer[fields.MEMBER[field]] ~= nil or (field == "zone" and answer.dueDate ~= nil)
    answers[field] = given and { value = version[field] } or "manual"
  end
  return answers
end

-- Fields that were decided at different times (another calendar's edit) are asked about one by one.
local function times_differ(conflict)
  for _, sides in pairs(conflict.fields) do
    if sides.local_time ~= conflict.local_time then return true end
  end
  return false
end

-- The fields of a conflict apart: those that have a strategy of their own, answered, and the rest of the conflict.
-- @return {field = answer}, {field = who decided}, conflict or nil
local function answered_by_fields(target, conflict, remote)
  local answers, by_field, rest = {}, {}, nil
  for field, sides in pairs(conflict.fields) do
    local strategy = target.rules.mapped.conflict[field]
    if strategy then
      answers[field] = strategies.decide(strategy, { local_time = sides.local_time,
        external_time = time_there(remote, sides.local_time) })
      by_field[field] = "strategy:" .. strategy
    else
      rest = rest or { fields = {}, local_time = conflict.local_time, external_time = conflict.external_time }
      rest.fields[field] = sides
    end
  end
  return answers, by_field, rest
end

local function ask(target, view, conflict, remote, known)
  local answer, sentence = target.rules:on_conflict(view.key, spelled(view, conflict, remote, known))
  return refusal.need(answer, sentence)
end

-- What a person's answer says nothing about waits as it did.
local function left_by_person(answers, decided_by)
  local by_field = {}
  for field, answer in pairs(answers) do by_field[field] = answer == "manual" and decided_by or nil end
  return by_field
end

--- What the planner asks about a conflict: function(conflict) -> {field = answer}, who decided, and {field = who decided it}
-- where that was a strategy of the field's own.
-- @param known base|nil
-- @param forced answer of a person, or nil
function conflict_of.resolver(target, view, remote, known, forced)
  local is_careful = view.raw.eventType == "court-date"
  return function(conflict)
    local decided_by = decider(target, "on_conflict", is_careful and "manual" or defaults.strategy(target.options))
    if forced ~= nil then
      local answers = spread(forced, conflict, view, target.options.timeZone)
      return answers, "person", left_by_person(answers, decided_by)
    end
    local answers, by_field, rest = answered_by_fields(target, conflict, remote)
    if rest and not times_differ(rest) then
      local given = spread(ask(target, view, rest, remote, known), rest, view, target.options.timeZone)
      for field, answer in pairs(given) do answers[field] = answer end
      return answers, decided_by, by_field
    end
    for field, sides in pairs(rest and rest.fields or {}) do
      local single = { fields = { [field] = sides }, local_time = sides.local_time }
      local answer = ask(target, view, single, remote, known)
      answers[field] = spread(answer, single, view, target.options.timeZone)[field]
    end
    return answers, decided_by, by_field
  end
end
return conflict_of
