-- Decides about one key of a run: gathers its sides, asks the rules, calls the planner.

local aside = require "fmcal.sync.decide.aside"
local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local conflict_of = require "fmcal.sync.decide.conflict"
local decider = require "fmcal.sync.decide.decider"
local entries = require "fmcal.model.entry"
local given_answers = require "fmcal.sync.decide.answers"
local fields = require "fmcal.model.fields"
local journal = require "fmcal.place.journal"
local inverse = require "fmcal.rules.inverse"
local names = require "fmcal.names"
local plan = require "fmcal.sync.decide.plan"
local refusal = require "fmcal.sync.decide.refusal"
local sides_of = require "fmcal.sync.decide.sides"

local decide = {}

local function policy_for(target, view, remote, known, options)
  return {
    fields = view.fields,
    inward = target.rules.mapped.inward,
    direction = options.direction,
    careful = view.entry.kind == "court-date",
    adopted = options.adopted,
    decided = given_answers.fields(options.answer),
    resolve = conflict_of.resolver(target, view, remote, known, options.answer),
    on_deleted = function()
      local fate = refusal.need(target.rules:on_deleted(view.key, view.raw))
      return fate, decider(target, "on_deleted", fate)
    end,
  }
end

-- A gone entry needs only its kind of fields to compare what was with what is.
local function kind_fields(target, key)
  return fields.of_kind(names.is_court_date(key) and "court-date" or "item", target.rules.mapped)
end

local function policy_of_gone(target, key, uid)
  return { fields = kind_fields(target, key), direction = target.direction, adopted = target:is_foreign(uid) }
end

-- Whether the rules want an entry in a calendar; second, the name of the rule that does not.
local function wants(target, view)
  if not view then return false end
  local wanted, why = target.rules:wants(view.key, view.raw)
  return refusal.need(wanted, why), why
end

-- An event that a run which died has deleted was not deleted by somebody: an entry that wants it again gets a new one.
local function is_wanted_again(side, view)
  local wanted = view and side.selected and view.version.date
  return wanted and not side.remote and journal.deleted(side.target, view.key)
end

-- What would not come back from the calendar as it goes there is not pulled.
local function refuse_growth(view, sides, planned)
  for i, action in ipairs(view and planned.actions or {}) do
    local pulled, side = action.step.pulled, sides[i]
    local sentence = next(pulled) and side.remote
      and inverse.refusal(side.target, view, pulled, side.remote, planned.cur.version)
    if sentence then refusal.raise(sentence, "rule_failed") end
  end
end

-- What a side becomes as the rules of its calendar want the entry.
local function select_side(side, view)
  side.selected, side.unwanted_by = wants(side.target, view)
  if is_wanted_again(side, view) then side.base, side.row = nil, base.row_without(side.row) end
  local unwanted = view and not (side.selected and view.version.date)
  if unwanted and sides_of.is_untouched(side) then side.remote.edited = false end
end

local function policy_of(decision, side, answer)
  local target, view = side.target, decision.view
  if not view then return policy_of_gone(target, decision.key, side.uid) end
  return policy_for(target, view, side.remote, side.base,
    { direction = target.direction, answer = answer, adopted = target:is_foreign(side.uid) })
end

local function lacks_event(target, view)
  return wants(target, view) and not base.agreed((target:base(view.key) or {}).base)
end

-- Whether a calendar that cannot be reached, or is paused, is to get the event of an entry.
local function is_awaited(run, view)
  for _, list in ipairs { view and run.failed_targets, view and run.paused_targets } do
    for _, target in ipairs(list) do
      if lacks_event(target, view) then return true end
    end
  end
  return false
end

local function plan_sides(run, decision, answer)
  local view, sides, policies = decision.view, decision.sides, {}
  for i, target in ipairs(run.targets) do
    local side = sides_of.of(run, target, decision.key, view)
    sides[i] = side
    select_side(side, view)
    decision.rewound = decision.rewound or side.rewound
    decision.adopted = decision.adopted or target.adopted[decision.key] ~= nil
    policies[i] = policy_of(decision, side, answer)
  end
  local docs = run.reverts and run.reverts[decision.key]
  local ours = sides[1] and sides[1].row and sides[1].row.base and sides[1].row.base.lm
  local current = entries.current(view, ours, run.board_time)
  if docs then
    decision.plan = require("fmcal.sync.decide.revert").plan(run, decision, current, docs)
    return
  end
  current.awaited = is_awaited(run, view)
  decision.plan = plan.entry(current, sides, policies)
  refuse_growth(view, sides, decision.plan)
  for _, side in ipairs(view and sides or {}) do side.aside = aside.texts(view, side) end
end

-- What is left alone because it is not understood is said, once a run.
local function warn_of_unknown_dates(run, decision)
  for _, side in ipairs(decision.sides) do
    local why = side.remote and side.remote.unknown
    local sentence = why and ("%s: the date of its event in %s is left alone, and not taken from there: %s. "
      .. "Choose another zone in the calendar"):format(decision.key, side.target.name, why)
    if sentence and not run.warned[sentence] then
      run.warned[sentence] = true
      table.insert(run.settings.warnings, sentence)
    end
  end
end

--- Decides about one key.
-- @param run the run (board, state, targets, direction, board_time)
-- @param key string
-- @param pristine view|nil of the entry as it was before this run touched it (on a second round)
-- @return decision { key, view, sides, plan } or { key, view, sides, error = sentence }
function decide.key(run, key, pristine)
  local decision = { key = key, sides = {} }
  local entry = attempt.found(run.board:entry(key))
  local zone = run.settings.options.timeZone
  if entry then
    local view, sentence = entries.view(entry, zone, run.targets[1].rules.mapped)
    decision.view = pristine or view
    if not decision.view then
      decision.entry, decision.error, decision.reason = entry, sentence, "invalid"
      sides_of.fill(run, decision)
      return decision
    end
  end
  local _, raised, reads_clock = run.targets[1].rules:watching_clock(function()
    local ok, problem = attempt.pcall(plan_sides, run, decision, run.answers and run.answers[key])
    if not ok then return nil, problem end
    return true
  end)
  decision.reads_clock = reads_clock
  warn_of_unknown_dates(run, decision)
  if refusal.sentence(raised) then
    decision.plan, decision.error, decision.reason = nil, refusal.sentence(raised)
    sides_of.fill(run, decision)
  elseif raised then
    error(raised, 0)
  end
  return decision
end

return decide
