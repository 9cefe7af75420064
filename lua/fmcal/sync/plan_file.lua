-- A plan for review as a file: its format, its seals, reading one that people had in their hands, comparing two.
--
-- Members: format, fmcal (the version that made it), team, board, made, calendars, options; `basis`, what it was made of, to
-- inform (hashes of board and rules, `serial` of the state: its last run); `drift`, what has changed in the calendars since
-- the last run; `changes`, one an entry that would be touched; `waits`, what a run says of others; `seal` over all of it but
-- the changes, which have seals of their own.

local crypto = require "fmcal.crypto"
local fail = require "fmcal.util.failure"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local schema = require "fmcal.util.schema"

-- SIGN is a pattern that tells the text of a plan, of another version too.
local plan_file = { SIGN = '"format": "fmcal%-plan%-' }

local NAME, VERSION = "fmcal-plan-", 2

--- A hash of a value.
function plan_file.seal(value)
  return crypto.encode("hex", crypto.sha256(assert(json.encode(value, { sort = true }))))
end

local function head_seal(plan)
  local head = {}
  for name, value in pairs(plan) do
    if name ~= "changes" and name ~= "seal" then head[name] = value end
  end
  return plan_file.seal(head)
end

--- Makes a plan a file's: puts the format and the seal on it.
function plan_file.close(plan)
  plan.format = NAME .. VERSION
  plan.seal = head_seal(plan)
  return plan
end

--- A plan as text, for people and for plan_file.read.
function plan_file.text(plan)
  return json.encode(plan, { indent = 2, sort = true }) .. "\n"
end

-- ---------------------------------------------------------------- reading

local function failure(message, ...)
  return fail("invalid", "plan", message, ...)
end

local PLAN = {
  format = "name", fmcal = "name", team = "name", board = "name", made = "name", calendars = "objects", changes = "objects",
  drift = "objects", waits = "objects", basis = { board = "name", rules = "name", serial = "number" },
  options = { direction = "name", config = "name", rules = "name", state = "name", retry_failed = "boolean",
    allow_mass_delete = "boolean", answers = "object", revert = { kind = "name", run = "number" } },
}
local CHANGE = { key = "name", title = "text", actions = "objects",
  seals = { board = "name", outcome = "name", calendars = "object" } }
local TOLD = { key = "name", title = "text", action = "name", target = "name", detail = "text", changes = "objects" }
local CHANGED = { field = "name", from = "any", to = "any" }
local REQUIRED = { "board", "calendars", "changes", "options" }
local DIRECTIONS = { both = true, outbound = true, inbound = true }

local function lacks(object, place, ...)
  for _, name in ipairs { ... } do
    if object[name] == nil or object[name] == json.null then return place .. name .. " is missing" end
  end
  return nil
end

-- What is wrong with what is told of entries, or nil.
local function wrong_told(list, place)
  for i, told in ipairs(list or {}) do
    local here = ("%s[%d]."):format(place, i)
    local wrong = schema.wrong(TOLD, told, here) or lacks(told, here, "key", "action")
    for _, change in ipairs(wrong and {} or told.changes or {}) do
      wrong = wrong or schema.wrong(CHANGED, change, here .. "changes.") or lacks(change, here .. "changes.", "field")
    end
    if wrong then return wrong end
  end
  return nil
end

local function wrong_change(change, place)
  local wrong = schema.wrong(CHANGE, change, place) or lacks(change, place, "key", "seals")
    or wrong_told(given(change.actions), place .. "actions")
    or lacks(change.seals, place .. "seals.", "board", "outcome", "calendars")
  if wrong then return wrong end
  for name, seal in pairs(change.seals.calendars) do
    if type(seal) ~= "string" then return ("%sseals.calendars.%s must be a text"):format(place, name) end
  end
  return nil
end

local DRIFT = { key = "name", title = "text", calendar = "name", action = "name", changes = "object" }

local function wrong_drift(list)
  for i, moved in ipairs(list or {}) do
    local here = ("drift[%d]."):format(i)
    local wrong = schema.wrong(DRIFT, moved, here) or lacks(moved, here, "key", "calendar")
    for member, change in pairs(wrong and {} or given(moved.changes) or {}) do
      if not schema.is("object", change) then wrong = ("%schanges.%s must be an object"):format(here, tostring(member)) end
    end
    if wrong then return wrong end
  end
  return nil
end

-- What is wrong with a plan, or nil.
local function wrong_plan(plan)
  local wrong = schema.wrong(PLAN, plan) or lacks(plan, "", table.unpack(REQUIRED))
  local direction = not wrong and plan.options.direction
  if direction and direction ~= json.null and not DIRECTIONS[direction] then
    return "options.direction must be both, outbound or inbound"
  end
  wrong = wrong or wrong_told(given(plan.waits), "waits") or wrong_drift(given(plan.drift))
  for i, change in ipairs(wrong and {} or plan.changes) do
    wrong = wrong or wrong_change(change, ("changes[%d]."):format(i))
  end
  return wrong
end

-- The number of a plan's format, or nil where it is none.
local function version_of(plan)
  local format = type(plan) == "table" and plan ~= json.null and plan.format
  return type(format) == "string" and tonumber(format:match("^fmcal%-plan%-(%d+)$")) or nil
end

local function wrong_version(version, name, plan)
  if version < VERSION then return failure("the plan %s is an older fmcal's: make a new one with --plan", name) end
  return failure("the plan %s has format %d, and this fmcal reads %d: use the fmcal that made it (%s), or make a new one with "
    .. "--plan", name, version, VERSION, type(plan.fmcal) == "string" and plan.fmcal or "a newer one")
end

local function without_nulls(object)
  for name, value in pairs(object) do
    if value == json.null then object[name] = nil end
  end
end

--- Reads a plan.
-- @param text what the file holds
-- @param name of the file, for messages
-- @return plan, or nil and an error
function plan_file.read(text, name)
  local plan, err = json.decode(text)
  if not plan then return failure("the plan %s, line %d, column %d: %s", name, err.line or 0, err.column or 0, err.message) end
  local version = version_of(plan)
  if not version then return failure("%s is no plan of sync.lua --plan", name) end
  if version ~= VERSION then return wrong_version(version, name, plan) end
  local wrong = wrong_plan(plan)
  if wrong then return failure("the plan %s: %s; make a new one with --plan", name, wrong) end
  if plan.seal ~= head_seal(plan) then
    return failure("the plan %s was changed by hand: entries may be removed from it, nothing else; plan again with the "
      .. "options that are meant", name)
  end
  without_nulls(plan.options)
  return plan
end

-- ---------------------------------------------------------------- showing and comparing

local function add_all(list, more)
  for _, element in ipairs(more or {}) do list[#list + 1] = element end
end

local TOLD_OF_CHANGE = { "key", "title", "actions", "board", "settled", "reasons" }

--- The changes of a plan for whoever reads it elsewhere: without seals, and without where events lie.
-- @return list of { key, title, actions, board, settled, reasons, calendars = {{ calendar, action, reason, event }} }
function plan_file.told(plan)
  local list = json.array {}
  for i, change in ipairs(plan.changes) do
    local told = { calendars = json.array {} }
    for _, name in ipairs(TOLD_OF_CHANGE) do told[name] = change[name] end
    for j, write in ipairs(change.calendars) do
      told.calendars[j] = { calendar = write.calendar, action = write.action, reason = write.why, event = write.changes }
    end
    list[i] = told
  end
  return list
end

--- All that a plan says of entries, as fmcal.sync.tell.actions.
function plan_file.actions(plan)
  local list = {}
  for _, change in ipairs(plan.changes) do add_all(list, given(change.actions)) end
  add_all(list, given(plan.waits))
  return list
end

local function by_key(plan)
  local found = {}
  for _, change in ipairs(plan.changes) do found[change.key] = change end
  return found
end

-- What a plan would do to an entry, however the two sides stand.
local function same(a, b)
  return plan_file.seal(given(a.actions) or {}) == plan_file.seal(given(b.actions) or {})
end

--- How two plans differ: lists of the changes that only the first has, that only the second has, and pairs { old, new } of
-- those about one entry that are not the same; each in the order of its plan.
-- @return { removed, added, changed }
function plan_file.difference(old, new)
  local found = { removed = json.array {}, added = json.array {}, changed = json.array {} }
  local before, after = by_key(old), by_key(new)
  for _, change in ipairs(old.changes) do
    local now = after[change.key]
    if not now then
      table.insert(found.removed, change)
    elseif not same(change, now) then
      table.insert(found.changed, { old = change, new = now })
    end
  end
  for _, change in ipairs(new.changes) do
    if not before[change.key] then table.insert(found.added, change) end
  end
  return found
end

return plan_file
