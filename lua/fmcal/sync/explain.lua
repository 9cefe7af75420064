-- Why the next run would do what it would do to one entry: what the base, the board and the calendar say, what the
-- planner made of it, and which rule or strategy decided. Nothing is written.

local bases = require "fmcal.model.base"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local names = require "fmcal.names"
local run = require "fmcal.sync.run"
local time = require "fmcal.time"
local why = require "fmcal.sync.tell.why"

local explain = {}

-- A version in the board's words: { [member] = value }.
local function members(view, version)
  if not version then return nil end
  local shown, style, list = {}, view and view.style or {}, view and view.fields or fields.ALL
  for _, field in ipairs(list) do
    local value = fields.spell(field, version, style)
    if value ~= json.null and value ~= "" and not (type(value) == "table" and #value == 0) then
      shown[fields.MEMBER[field]] = value
    end
  end
  return shown
end

local function differing(view, a, b)
  local list = json.array {}
  if not a or not b then return list end
  for i, field in ipairs(fields.differences(view and view.fields or fields.ALL, a, b)) do list[i] = fields.MEMBER[field] end
  return list
end

-- The last answer of each rule about the entry, in the order in which they were first asked.
local function answers(rules, key)
  local list, at = json.array {}, {}
  for _, call in ipairs(rules.trace or {}) do
    if call.key == key and call.name ~= "to_event" and call.name ~= "to_entry" then
      if not at[call.name] then
        at[call.name] = #list + 1
        list[#list + 1] = { rule = call.name, custom = call.custom, file = call.custom and rules.path or nil }
      end
      list[at[call.name]].answer = call.answer
    end
  end
  return list
end

local function open_fields(action)
  local list = json.array {}
  for field in pairs(action and action.step.open or {}) do list[#list + 1] = fields.MEMBER[field] end
  table.sort(list)
  return list
end

-- Whether the next run passes an entry over that failed too often and was not edited since.
local function is_left_alone(decision, side)
  if not bases.retries_exhausted(side.row) then return false end
  for _, key in ipairs(side.target.compared.changed) do
    if key == decision.key then return false end
  end
  return true
end

local function timestamp(epoch)
  return epoch and time.format(epoch) or nil
end

local function side_of(decision, i)
  local view, side, effect = decision.view, decision.sides[i], decision.effects[i]
  local action = decision.plan and decision.plan.actions[i]
  local base, current = side.base, view and view.version
  local is_careful = view and view.entry.kind == "court-date"
  local is_left = is_left_alone(decision, side)
  local told = why.of(decision, i) or {}
  return {
    name = side.target.name, provider = side.target.spec.provider,
    href = side.remote and side.remote.row.href or nil, uid = side.target:uid(decision.key, nil, side.row),
    base = base and members(view, base.l), calendar = side.remote and members(view, side.remote.version) or nil,
    after = action and action.version and members(view, action.version) or nil,
    board_edits = base and differing(view, base.l, current), calendar_edits = base and side.remote
      and differing(view, base.r, side.remote.version) or nil,
    action = effect.write and effect.write.kind or (effect.restrained == "wait" and "wait") or "none",
    held = effect.restrained == "hold" or nil, reason = action and action.step.reason, conflicts = open_fields(action),
    rules = answers(side.target.rules, decision.key), status = side.row and side.row.status,
    strategy = is_careful and "manual" or side.target.options.conflictResolution, left_alone = is_left,
    board_edited_at = timestamp(decision.plan and decision.plan.cur.time),
    calendar_edited_at = timestamp(side.remote and side.remote.time),
    cause = is_left and "left_alone" or told.reason, decided_by = told.decided_by, fields = told.fields or json.array {},
    unknown_date = side.remote and side.remote.unknown,
    failed = bases.failure(side.row),
  }
end

-- The last overwrites that the history knows of an entry, newest first.
local MOST_OVERWRITES = 5

local function overwrites(state, key)
  local list = json.array {}
  for i, row in ipairs(assert(state:history { key = key, limit = MOST_OVERWRITES })) do
    list[i] = { run = row.run, time = row.time, calendar = row.target, field = fields.MEMBER[row.field] or row.field,
      side = row.side, action = row.action, reason = row.reason, value = row.value and json.decode(row.value) }
  end
  return list
end

local function shown(decided, key)
  local decision = decided.decisions[key]
  if not decision then return nil end
  local view = decision.view
  local result = {
    id = key, title = view and view.version.title, on_board = view ~= nil or decision.entry ~= nil,
    line = view and view.entry.line, board = view and members(view, view.version), error = decision.error,
    history = overwrites(decided.state, key),
    pulled = json.array {}, rewound = decision.rewound and true or nil, calendars = json.array {},
  }
  for field in pairs(decision.plan and decision.plan.pulled or {}) do
    result.pulled[#result.pulled + 1] = fields.MEMBER[field]
  end
  table.sort(result.pulled)
  for i in ipairs(decision.error and {} or decision.sides) do result.calendars[i] = side_of(decision, i) end
  return result
end

--- Explains one entry, and the court date of an epic with it.
-- @param options of fmcal.sync.run.sync
-- @param key string
-- @return list of explanations, or nil where there is none; and the result of the run, which says what failed
function explain.entry(options, key)
  local asked, list = {}, json.array {}
  for name, value in pairs(options) do asked[name] = value end
  asked.dry_run, asked.only, asked.trace_rules = true, { key }, true
  asked.consider = { key, names.court_date(key) }
  asked.examine = function(decided)
    for _, about in ipairs(asked.consider) do list[#list + 1] = shown(decided, about) end
  end
  local result = run.sync(asked)
  if not result.success and #list == 0 then return nil, result end
  return list, result
end

return explain
