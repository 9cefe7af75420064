-- Plans for review: what a run would do, as a document, and carrying out exactly that or refusing.
--
-- Each entry of a plan has three seals, hashes of what its decision rests on: the entry on the board, its events
-- with their bases, and the outcome. A plan is carried out only where all of them are found again.

local actions = require "fmcal.sync.tell.actions"
local crypto = require "fmcal.crypto"
local fields = require "fmcal.model.fields"
local fail = require "fmcal.util.failure"
local json = require "fmcal.json"
local run = require "fmcal.sync.run"
local schema = require "fmcal.util.schema"
local why = require "fmcal.sync.tell.why"

-- SIGN is a pattern that tells the text of a plan, of another version too.
local review = { SIGN = '"format": "fmcal%-plan%-' }

local FORMAT = "fmcal-plan-1"

local function seal(value)
  return crypto.encode("hex", crypto.sha256(assert(json.encode(value, { sort = true }))))
end

-- ---------------------------------------------------------------- describing

-- { [member] = { from, to } } for the fields in which two versions differ.
local function changes(view, from, to)
  local shown = {}
  for _, field in ipairs(fields.differences(view.fields, from, to)) do
    shown[fields.MEMBER[field]] = { from = fields.spell(field, from, view.style), to = fields.spell(field, to, view.style) }
  end
  return shown
end

local function write_of(decision, i)
  local job = decision.jobs[i]
  if not job then return nil end
  local side, action = decision.sides[i], job.action
  local shown = { calendar = side.target.name, action = job.write.kind, href = job.write.href, why = action.step.reason }
  if decision.view and action.version then
    shown.changes = changes(decision.view, side.remote and side.remote.version or {}, action.version)
  end
  return shown
end

local function board_seal(decision)
  return seal(decision.view and decision.view.raw or json.null)
end

-- The text stands for the event: an ETag may change without it.
local function side_seal(side)
  local row = side.remote and side.remote.row or side.tomb or {}
  return seal { href = row.href, gone = row.gone, text = row.text, base = side.row and side.row.doc }
end

local function calendar_seals(decision)
  local seals = {}
  for _, side in ipairs(decision.sides) do seals[side.target.name] = side_seal(side) end
  return seals
end

local function outcome_seal(decision)
  local writes = json.array {}
  for i, action in ipairs(decision.plan.actions) do
    local write = decision.jobs[i] and decision.jobs[i].write
    writes[i] = write and { kind = write.kind, version = action.version, out = decision.effects[i].out } or json.null
  end
  local plan = decision.plan
  return seal { version = plan.cur.version, pulled = plan.pulled, rewound = not not decision.rewound, writes = writes }
end

local function seals_of(decision)
  return { board = board_seal(decision), calendars = calendar_seals(decision), outcome = outcome_seal(decision) }
end

-- Why, one reason a calendar.
local function reasons_of(decision)
  local list = json.array {}
  why.add(list, decision)
  for _, about in ipairs(list) do about.key, about.title = nil, nil end
  return list
end

-- Conflicts that it settles, or nil.
local function settled_of(decision)
  local list = {}
  actions.add(list, decision, true)
  local settled = actions.settled(list)
  return #settled > 0 and settled or nil
end

local function describe(decision)
  local writes = json.array {}
  for i in ipairs(decision.sides) do writes[#writes + 1] = write_of(decision, i) end
  local touches_board = decision.patched or decision.adopted
  if decision.error or not decision.plan or (#writes == 0 and not touches_board) then return nil end
  local before = decision.adopted and {} or decision.view and decision.view.version
  return {
    key = decision.key,
    title = decision.view and decision.view.version.title,
    board = touches_board and changes(decision.view, before, decision.plan.cur.version) or nil,
    calendars = writes,
    settled = settled_of(decision),
    reasons = reasons_of(decision),
    seals = seals_of(decision),
  }
end

--- What a decided run would do, one description an entry that it would touch.
-- @param decided the run, as fmcal.sync.run hands it to `examine`
function review.describe(decided)
  local list = json.array {}
  for _, key in ipairs(decided.order) do list[#list + 1] = describe(decided.decisions[key]) end
  return list
end

-- ---------------------------------------------------------------- making a plan

local function bindings(decided)
  local list = json.array {}
  for i, target in ipairs(decided.targets) do
    list[i] = { name = target.name, provider = target.spec.provider, account = target.binding.account,
      calendar_id = target.binding.calendar_id, calendar = target.binding.name }
  end
  return list
end

-- What a plan says of the run as a whole, sealed like its entries.
local function head_seal(plan)
  local head = {}
  for name, value in pairs(plan) do
    if name ~= "entries" and name ~= "seal" then head[name] = value end
  end
  return seal(head)
end

--- Puts the seal on a plan.
function review.sealed(plan)
  plan.seal = head_seal(plan)
  return plan
end

local KEPT = { "direction", "config", "rules", "state", "retry_failed", "allow_mass_delete" }

--- Plans a run.
-- @param options of fmcal.sync.run.sync
-- @return result of the dry run, and the plan (nil where the run failed)
function review.plan(options)
  local asked, plan = {}, nil
  for name, value in pairs(options) do asked[name] = value end
  asked.dry_run = true
  asked.examine = function(decided)
    plan = { format = FORMAT, team = decided.settings.team, board = decided.board:path(), made = decided.now,
      calendars = bindings(decided), entries = review.describe(decided), options = {} }
    for _, name in ipairs(KEPT) do plan.options[name] = options[name] end
    review.sealed(plan)
  end
  local result = run.sync(asked)
  return result, not result.error and plan or nil
end

--- A plan as text, for people and for fmcal.sync.review.read.
function review.text(plan)
  return json.encode(plan, { indent = 2, sort = true }) .. "\n"
end

-- ---------------------------------------------------------------- carrying a plan out

local function failure(message, ...)
  return select(2, fail("invalid", "plan", message, ...))
end

local PLAN = {
  format = "name", team = "name", board = "name", made = "name", calendars = "objects", entries = "objects",
  options = { direction = "name", config = "name", rules = "name", state = "name", retry_failed = "boolean",
    allow_mass_delete = "boolean" },
}
local PLANNED = { key = "name", seals = { board = "name", outcome = "name", calendars = "object" } }
local REQUIRED = { "board", "calendars", "entries", "options" }
local DIRECTIONS = { both = true, outbound = true, inbound = true }

local function lacks(object, place, ...)
  for _, name in ipairs { ... } do
    if object[name] == nil or object[name] == json.null then return place .. name .. " is missing" end
  end
  return nil
end

local function wrong_entry(entry, place)
  local wrong = schema.wrong(PLANNED, entry, place) or lacks(entry, place, "key", "seals")
    or lacks(entry.seals, place .. "seals.", "board", "outcome", "calendars")
  if wrong then return wrong end
  for name, seal_of_one in pairs(entry.seals.calendars) do
    if type(seal_of_one) ~= "string" then return ("%sseals.calendars.%s must be a text"):format(place, name) end
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
  for i, entry in ipairs(wrong and {} or plan.entries) do
    wrong = wrong or wrong_entry(entry, ("entries[%d]."):format(i))
  end
  return wrong
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
function review.read(text, name)
  local plan, err = json.decode(text)
  if not plan then
    return nil, failure("the plan %s, line %d, column %d: %s", name, err.line or 0, err.column or 0, err.message)
  end
  if type(plan) ~= "table" or plan == json.null or plan.format ~= FORMAT then
    return nil, failure("%s is no plan of sync.lua --plan", name)
  end
  local wrong = wrong_plan(plan)
  if wrong then return nil, failure("the plan %s: %s; make a new one with --plan", name, wrong) end
  if plan.seal ~= head_seal(plan) then
    return nil, failure("the plan %s was changed by hand: entries may be removed from it, nothing else; plan again with the "
      .. "options that are meant", name)
  end
  without_nulls(plan.options)
  return plan
end

-- Why an entry's decision is not the planned one, or nil.
local function difference(planned, decision)
  local key = planned.key
  if not decision or decision.error or not decision.plan then
    return ("what was to be done for %s is done or has changed"):format(key)
  end
  local now = seals_of(decision)
  if planned.seals.board ~= now.board then return ("%s has been edited on the board"):format(key) end
  for name, hash in pairs(planned.seals.calendars) do
    if now.calendars[name] ~= hash then return ("the event of %s in %s has changed"):format(key, name) end
  end
  if planned.seals.outcome ~= now.outcome then
    return ("%s would be treated differently: the rules or the configuration have changed"):format(key)
  end
  return nil
end

-- An error where a plan says something else of an entry than what will be done. Both have been through JSON.
local function edited(planned, described)
  if seal(planned) == seal(described) then return nil end
  return failure("the plan was changed by hand in what it says of %s: entries may be removed from it, nothing else; nothing was "
    .. "written. Edit the board or the event and plan again", planned.key)
end

local function stale(plan, sentence)
  return failure("the plan of %s is not carried out: %s since; nothing was written. Make a new one with --plan",
    tostring(plan.made), sentence)
end

local function check_calendars(plan, decided)
  local now = bindings(decided)
  for i, planned in ipairs(plan.calendars) do
    local found = now[i]
    if not found or found.name ~= planned.name or found.account ~= planned.account
      or found.calendar_id ~= planned.calendar_id then
      return stale(plan, ("calendar %s is not the one it was"):format(planned.name))
    end
  end
  return nil
end

-- An error where a decided run is not what was planned.
local function check(plan, decided)
  local err = check_calendars(plan, decided)
  if err then return err end
  local planned_of = {}
  for _, planned in ipairs(plan.entries) do
    planned_of[planned.key] = planned
    local sentence = difference(planned, decided.decisions[planned.key])
    if sentence then return stale(plan, sentence) end
  end
  for _, entry in ipairs(review.describe(decided)) do
    local planned = planned_of[entry.key]
    if not planned then return stale(plan, ("%s would change along with it"):format(entry.key)) end
    err = edited(planned, json.decode(json.encode(entry)))
    if err then return err end
  end
  return nil
end

--- Carries out exactly a plan, or refuses (exit 2) where anything it touches has changed.
-- @param plan from review.read
-- @param options of fmcal.sync.run.sync: `progress`, `lock_wait_ms`; what the plan fixes is taken from the plan
-- @return result
function review.apply(plan, options)
  local asked = { board = plan.board, progress = options.progress, lock_wait_ms = options.lock_wait_ms, team = plan.team,
    max_rounds = 1, only = {}, exact = true }
  for _, name in ipairs(KEPT) do asked[name] = plan.options[name] end
  for i, entry in ipairs(plan.entries) do asked.only[i] = entry.key end
  asked.examine = function(decided) return check(plan, decided) end
  return run.sync(asked)
end

return review
