-- How the result of a sync is shown to a person: what was done to which entry, then one line that sums up.

local exits = require "fmcal.exits"
local first_line = require "fmcal.util.first_line"
local layout = require "fmcal.cli.table"
local quantity = require "fmcal.util.quantity"
local terminal = require "fmcal.cli.terminal"

local view = {}

-- A long run lists its first entries; errors and conflicts always stand among them.
local MOST_ROWS = 40
local INTERRUPTED = "interrupted; nothing is lost, the next run goes on from here"

-- What each action is called when it is done, its style, its rank: what needs a person comes first.
local WORDS = {
  create = { "created", "green", 3 }, update = { "updated", "cyan", 3 }, delete = { "deleted", "yellow", 3 },
  pull = { "pulled", "cyan", 3 }, conflict = { "conflict", "yellow", 2 }, error = { "error", "red", 1 },
  hold = { "held back", "yellow", 2 }, wait = { "waits", "dim", 4 }, adopt = { "adopted", "cyan", 3 },
  release = { "released", "yellow", 3 }, settle = { "settled", "yellow", 2 }, clear = { "cleared", "yellow", 3 },
  undo = { "undone", "cyan", 3 }, redo = { "redone", "cyan", 3 }, keep = { "kept", "dim", 4 }, orphan = { "orphan", "dim", 4 },
}

local COLUMNS = {
  { title = "Action" }, { title = "Entry" }, { title = "Title", shrinks = true }, { title = "Calendar", shrinks = true },
  { title = "Why", shrinks = true },
}

local function rank(action)
  return WORDS[action.action][3]
end

-- Stable: what needs a person first, else in the board's order.
local function by_rank(actions)
  local sorted = {}
  for wanted = 1, 4 do
    for _, action in ipairs(actions) do
      if rank(action) == wanted then sorted[#sorted + 1] = action end
    end
  end
  return sorted
end

local function row(action)
  local words = WORDS[action.action]
  local why = first_line(action.detail)
  if why and why:sub(1, #action.key + 2) == action.key .. ": " then why = why:sub(#action.key + 3) end
  return { layout.cell(words[1], words[2]), action.key, action.title, action.target or "", why }
end

local function action_table(out, actions)
  actions = by_rank(actions)
  local rows = {}
  for i = 1, math.min(#actions, MOST_ROWS) do rows[i] = row(actions[i]) end
  local lines = layout.lines(out, COLUMNS, rows)
  if #actions > MOST_ROWS then
    lines[#lines + 1] = terminal.paint(out, "dim", ("… and %d more"):format(#actions - MOST_ROWS))
  end
  return lines
end

local function calendar_name(target)
  local name = target.calendar or target.calendar_id
  local shown = name and ("%s (%s)"):format(target.name, terminal.clean(name)) or target.name
  return target.paused and shown .. ", paused" or shown
end

local function heading(out, result)
  local names = {}
  for _, target in ipairs(result.targets or {}) do names[#names + 1] = calendar_name(target) end
  local text = terminal.paint(out, "bold", terminal.clean(result.team or "?"))
  if result.board then text = text .. "  " .. terminal.path(result.board) end
  if #names > 0 then text = text .. "  ↔  " .. table.concat(names, ", ") end
  return text
end

local function add_count(parts, n, one, many)
  if n and n > 0 then parts[#parts + 1] = quantity(n, one, many or one) end
end

-- A conflict is told once for each value that gave way: a value of its own makes both do so.
local function count_settled(list)
  local seen, count = {}, 0
  for _, settled in ipairs(list) do
    local conflict = table.concat({ settled.key, settled.calendar, settled.field }, "\0")
    if not seen[conflict] then seen[conflict], count = true, count + 1 end
  end
  return count
end

--- One line with the counts of a run: "2 created, 1 pulled, 40 unchanged".
function view.summary(result)
  local out, inbound = result.result.outbound or {}, (result.result.inbound or {}).stats or {}
  local errors, conflicts = out.errors or inbound.errors, inbound.conflicts or result.conflicts
  local parts = {}
  add_count(parts, out.created, "created")
  add_count(parts, out.updated, "updated")
  add_count(parts, out.deleted, "deleted")
  add_count(parts, inbound.pulled, result.reverted and "changed on the board" or "pulled from the calendar")
  add_count(parts, inbound.deleted, "date cleared", "dates cleared")
  add_count(parts, out.unchanged, "unchanged")
  add_count(parts, out.skipped, "without a date or not selected")
  add_count(parts, inbound.externalEvents, "external event", "external events")
  add_count(parts, out.updated_beside_conflicts, "updated beside a conflict")
  add_count(parts, count_settled(result.settled or {}), "conflict settled", "conflicts settled")
  add_count(parts, #(result.held or {}), "held back")
  add_count(parts, conflicts, "conflict waits", "conflicts wait")
  add_count(parts, (errors or 0) + (out.delete_errors or 0), "error", "errors")
  return #parts > 0 and table.concat(parts, ", ") or "nothing to do"
end

-- What to do next, where there is something to do.
local function advice(result)
  if result.exit == exits.CONFLICTS then return "decide: conflicts.lua BOARD, then conflicts.lua BOARD resolve ID keep_local" end
  return nil
end

--- The lines that show a finished, planned or stopped run.
-- @param out from terminal.of
-- @param result of fmcal.sync.run
function view.lines(out, result)
  if not result.team then return {} end
  local lines = { heading(out, result) }
  local is_plan = result.dry_run or result.exit == exits.GUARD
  local plan_view = is_plan and require "fmcal.cli.plan.view"
  if result.actions and #result.actions > 0 then
    local rows = plan_view and plan_view.table(out, result.actions) or action_table(out, result.actions)
    table.move(rows, 1, #rows, #lines + 1, lines)
  end
  if result.result then
    local style = result.success and "green" or "red"
    lines[#lines + 1] = terminal.paint(out, style, view.summary(result))
  elseif result.dry_run and result.actions then
    lines[#lines + 1] = plan_view.counts(result.actions) .. ". Nothing was written"
  end
  lines[#lines + 1] = advice(result)
  return lines
end

local MOST_KEYS = 3

-- "A-1, A-2, A-3 and 7 more"
local function key_list(keys)
  local text = table.concat(keys, ", ", 1, math.min(#keys, MOST_KEYS))
  return #keys > MOST_KEYS and ("%s and %d more"):format(text, #keys - MOST_KEYS) or text
end

-- What stands before and after the key in a sentence about an entry: "KEY: why", "rules.lua:12: to_event of KEY: why".
local function parts_of(message)
  local before, key, after = message:match("^(.-:%d+: [%a_]+ of )(%S+)(: .*)$")
  if key then return before, key, after end
  key, after = message:match("^(%S+)(: .*)$")
  return "", key, after or message
end

-- Sentences of entries; those that say the same become one.
local function grouped(messages)
  local order, groups = {}, {}
  for _, message in ipairs(messages) do
    local before, key, after = parts_of(message)
    local group = groups[before .. "\0" .. after]
    if not group then
      group = { before = before, after = after, keys = {}, has = {} }
      groups[before .. "\0" .. after] = group
      order[#order + 1] = group
    end
    if key and not group.has[key] then
      group.has[key] = true
      table.insert(group.keys, key)
    end
  end
  for i, group in ipairs(order) do
    order[i] = group.before .. (#group.keys > 0 and key_list(group.keys) or "") .. group.after
  end
  return order
end

--- The sentences for standard error, each once: warnings, what stopped the run, what failed.
function view.complaints(result)
  local list, said = {}, {}
  local function say(sentence)
    if sentence and not said[sentence] then list[#list + 1] = sentence end
    said[sentence or ""] = true
  end
  for _, warning in ipairs(result.warnings or {}) do say("warning: " .. warning) end
  say(result.error_code == "canceled" and INTERRUPTED or result.error)
  for _, message in ipairs(grouped(result.error_messages or {})) do say(message) end
  return list
end

--- The sentence about people who are waited for, or nil: a command that is to be quiet says at least that.
function view.waiting(result)
  local count = result.conflicts or 0
  if count == 0 then return nil end
  return ("%s for a person: conflicts.lua lists them"):format(quantity(count, "conflict waits", "conflicts wait"))
end

local MEMBERS = { "success", "message", "team", "direction", "result", "board", "dry_run", "targets", "conflicts", "error",
  "error_code", "exit", "started", "reverted" }

--- The result as programs get it: the object of the HTTP API, with what a command knows beside it.
function view.for_programs(result)
  local json = require "fmcal.json"
  local shown = {}
  for _, name in ipairs(MEMBERS) do shown[name] = result[name] end
  for _, name in ipairs { "entries", "settled", "held", "warnings" } do shown[name] = json.array(result[name] or {}) end
  if result.targets then shown.targets = json.array(result.targets) end
  if result.dry_run or result.exit == exits.GUARD then shown.actions = json.array(result.actions or {}) end
  return shown
end

return view
