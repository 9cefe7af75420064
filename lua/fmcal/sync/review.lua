-- Plans for review: what a run would do, as a document, and carrying out exactly that or refusing.
--
-- Each entry of a plan has three seals, hashes of what its decision rests on: the entry on the board, its events
-- with their bases, and the outcome. A plan is carried out only where all of them are found again.

local actions = require "fmcal.sync.tell.actions"
local crypto = require "fmcal.crypto"
local fail = require "fmcal.util.failure"
local fields = require "fmcal.model.fields"
local fmcal = require "fmcal"
local json = require "fmcal.json"
local plan_file = require "fmcal.sync.plan_file"
local run = require "fmcal.sync.run"
local sys = require "fmcal.sys"
local why = require "fmcal.sync.tell.why"

local review = {}

local seal = plan_file.seal

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
    for _, change in ipairs(decision.effects[i].renewed or {}) do
      shown.changes[change.field] = { from = change.from, to = change.to }
    end
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
  why.tell(decision)
  why.add(list, decision)
  for _, about in ipairs(list) do about.key, about.title = nil, nil end
  return list
end

local function describe(decision)
  local writes = json.array {}
  for i in ipairs(decision.sides) do writes[#writes + 1] = write_of(decision, i) end
  local touches_board = decision.patched or decision.adopted
  if decision.error or not decision.plan or (#writes == 0 and not touches_board) then return nil end
  local told, before = {}, decision.adopted and {} or decision.view and decision.view.version
  actions.add(told, decision, true)
  local settled = actions.settled(told)
  return {
    key = decision.key,
    actions = json.array(told),
    title = decision.view and decision.view.version.title,
    board = touches_board and decision.view and changes(decision.view, before, decision.plan.cur.version) or nil,
    calendars = writes,
    settled = #settled > 0 and settled or nil,
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

local KEPT = { "direction", "config", "rules", "state", "retry_failed", "allow_mass_delete", "answers" }

-- What has changed in the calendars since both sides last agreed: { key, title, calendar, action = "edited" or "deleted",
-- changes }.
local function drift_of(decided)
  local list = json.array {}
  for _, key in ipairs(decided.order) do
    local decision = decided.decisions[key]
    for _, side in ipairs(decision.view and decision.sides or {}) do
      local view, known, there = decision.view, side.base, side.remote
      local moved = known and there and changes(view, known.r, there.version) or {}
      local is_gone = known and side.observed and not there and not known.deleted
      if next(moved) or is_gone then
        list[#list + 1] = { key = key, title = view.version.title, calendar = side.target.name,
          action = is_gone and "deleted" or "edited", changes = moved }
      end
    end
  end
  return list
end

local function hash_of(text)
  return text and crypto.encode("hex", crypto.sha256(text)) or nil
end

-- What a plan was made of, for people who wonder why it is stale.
local function basis_of(decided)
  local source = decided.targets[1].rules.source
  return { board = hash_of(sys.read(decided.board:path())), rules = source ~= "" and hash_of(source) or nil,
    serial = decided.number - 1 }
end

-- What a run says of entries that it would not touch.
local function waits_of(result, plan)
  local list, touched = json.array {}, {}
  for _, change in ipairs(plan.changes) do touched[change.key] = true end
  for _, told in ipairs(result.actions or {}) do
    if not touched[told.key] then list[#list + 1] = told end
  end
  return list
end

--- Plans a run.
-- @param options of fmcal.sync.run.sync
-- @return result of the dry run, and the plan (nil where the run failed)
function review.plan(options)
  local asked, plan = {}, nil
  for name, value in pairs(options) do asked[name] = value end
  asked.dry_run = true
  asked.examine = function(decided)
    plan = { fmcal = fmcal._VERSION:match("%S+$"), team = decided.settings.team, board = decided.board:path(), made = decided.now,
      calendars = bindings(decided), changes = review.describe(decided), options = {}, basis = basis_of(decided),
      drift = drift_of(decided) }
    for _, name in ipairs(KEPT) do plan.options[name] = options[name] end
    -- Which run is to be taken back is settled now, not when the plan is carried out.
    plan.options.revert = decided.revert and { kind = decided.revert.kind, run = decided.revert.number }
  end
  local result = run.sync(asked)
  if result.error or not plan then return result, nil end
  plan.waits = waits_of(result, plan)
  return result, plan_file.close(plan)
end

-- ---------------------------------------------------------------- carrying a plan out

local function failure(message, ...)
  return select(2, fail("invalid", "plan", message, ...))
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
  return select(2, fail("precondition", "plan", "the plan of %s is not carried out: %s since; nothing was written. Make a new "
    .. "one with --plan", tostring(plan.made), sentence))
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

local MOST_MOVED = 5

-- All that has moved, in one sentence.
local function moved(sentences)
  local text = table.concat(sentences, "; ", 1, math.min(#sentences, MOST_MOVED))
  return #sentences > MOST_MOVED and ("%s; and %d more"):format(text, #sentences - MOST_MOVED) or text
end

-- An error where a decided run is not what was planned.
local function check(plan, decided)
  local err = check_calendars(plan, decided)
  if err then return err end
  local planned_of, sentences = {}, {}
  for _, planned in ipairs(plan.changes) do
    planned_of[planned.key] = planned
    sentences[#sentences + 1] = difference(planned, decided.decisions[planned.key])
  end
  local now = review.describe(decided)
  for _, change in ipairs(now) do
    if not planned_of[change.key] then sentences[#sentences + 1] = ("%s would change along with it"):format(change.key) end
  end
  if #sentences > 0 then return stale(plan, moved(sentences)) end
  for _, change in ipairs(now) do
    err = edited(planned_of[change.key], json.decode(json.encode(change)))
    if err then return err end
  end
  return nil
end

--- Carries out exactly a plan, or refuses (exit 2) where anything it touches has changed.
-- @param plan from review.read
-- @param options of fmcal.sync.run.sync: `progress`, `lock_wait_ms`, `who`, `command`; what the plan fixes is taken from the
--   plan
-- @return result
function review.apply(plan, options)
  local asked = { board = plan.board, progress = options.progress, lock_wait_ms = options.lock_wait_ms, team = plan.team,
    who = options.who, command = options.command, revert = plan.options.revert, max_rounds = 1, only = {}, exact = true }
  for _, name in ipairs(KEPT) do asked[name] = plan.options[name] end
  for i, change in ipairs(plan.changes) do asked.only[i] = change.key end
  asked.examine = function(decided) return check(plan, decided) end
  return run.sync(asked)
end

return review
