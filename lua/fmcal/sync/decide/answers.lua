-- What a person decided about conflicts, as a run is told: {[key] = "local" | "external" | table of members}. An answer is
-- carried out as a whole or refused before anything is written; a conflict that it does not end stays as it is.

local attempt = require "fmcal.util.attempt"
local fail = require "fmcal.util.failure"
local fields = require "fmcal.model.fields"
local own_fields = require "fmcal.model.own_fields"
local schema = require "fmcal.rules.schema"
local sorted_names = require "fmcal.util.sorted_names"

local answers = {}

--- Checks that the members of answers can be what they say.
-- @return true, or nil and an error
-- @param own the fields that a team declares beside the built-in ones
function answers.check(given, own)
  for key, answer in pairs(given or {}) do
    if type(answer) == "table" then
      local _, problem = schema.members(schema.with_own(schema.ENTRY, own), answer)
      if problem then return fail("invalid", "sync", "the merge of %s: %s", key, problem) end
    end
  end
  return true
end

--- The fields that an answer decides about, whether both sides differ in them or not. A date comes with its zone.
-- @return set of fields, or nil
function answers.fields(answer)
  if type(answer) ~= "table" then return nil end
  local decided = {}
  for member in pairs(answer) do decided[fields.FIELD[member]] = true end
  decided.zone = decided.zone or decided.date
  return decided
end

--- The version of an entry with members of an answer in it, or nil and a sentence.
function answers.version(raw, answer, default_zone, own)
  local members = {}
  for name, value in pairs(raw) do members[name] = value end
  for name, value in pairs(answer) do own_fields.put(members, name, value) end
  local ok, version = attempt.pcall(fields.version, members, default_zone, own)
  if not ok then return nil, version end
  return version
end

-- The first member of an answer that a decision would leave otherwise.
local function left_undone(decision, answer, default_zone)
  local version = decision.view and answers.version(decision.view.raw, answer, default_zone, decision.view.own)
  for _, member in ipairs(sorted_names(answer)) do
    local field = fields.FIELD[member]
    local is_done = version and fields.equal(field, version[field], decision.plan.cur.version[field])
    if not is_done then return member end
  end
  return nil
end

--- Checks that the decisions of a run carry its answers out.
-- @return true, or nil, an error and whether it is the entry that failed
function answers.check_decisions(run)
  for key, answer in pairs(run.answers or {}) do
    local decision = run.decisions[key]
    if decision and decision.error then
      local _, err = fail("invalid", "sync", "%s", decision.error)
      return nil, err, true
    end
    local member = decision and type(answer) == "table" and left_undone(decision, answer, run.settings.options.timeZone)
    if member then
      return fail("invalid", "sync", "the merge cannot set %s of %s: it is not kept in step there, or the event is gone; nothing "
        .. "was written", member, key)
    end
  end
  return true
end

return answers
