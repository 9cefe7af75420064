-- The explanation of an entry for a person.

local common = require "fmcal.cli.common"
local defaults = require "fmcal.rules.defaults"
local fields = require "fmcal.model.fields"
local first_line = require "fmcal.util.first_line"
local json = require "fmcal.json"
local layout = require "fmcal.cli.table"
local quantity = require "fmcal.util.quantity"
local reasons = require "fmcal.model.reasons"
local terminal = require "fmcal.cli.terminal"

local view = {}

local COLUMNS = {
  { title = "Member" }, { title = "Base", shrinks = true }, { title = "Board", shrinks = true },
  { title = "Calendar", shrinks = true },
}

local function text(value)
  if value == nil then return "–" end
  return type(value) == "table" and table.concat(value, ", ") or tostring(value)
end

local function member_table(out, about, side)
  local base, board, calendar = side.base or {}, about.board or {}, side.calendar or {}
  local rows = {}
  for i, name in ipairs(fields.members_of(base, board, calendar)) do
    local differs = text(board[name]) ~= text(calendar[name]) and side.calendar and about.board
    rows[i] = { layout.cell(name, differs and "yellow" or nil), text(base[name]), text(board[name]), text(calendar[name]) }
  end
  return layout.lines(out, COLUMNS, rows)
end

-- "reason: conflict_settled (strategy:last-write-wins): title", and what would change it.
local function reason_lines(side)
  if not side.cause then return {} end
  local parts = {}
  for i, field in ipairs(side.fields) do parts[i] = field.field end
  local lines = { ("reason: %s%s%s"):format(side.cause, side.decided_by and (" (%s)"):format(side.decided_by) or "",
    #parts > 0 and ": " .. table.concat(parts, ", ") or "") }
  local advice = reasons.ADVICE[side.cause]
  lines[2] = advice and "to change that: " .. advice or nil
  return lines
end

local function sum_up(edits, where, at)
  if not edits then return nil end
  if #edits == 0 then return ("%s: unchanged since the base"):format(where) end
  return ("%s: edited since the base: %s%s"):format(where, table.concat(edits, ", "),
    at and (" (at %s)"):format(common.when(at)) or "")
end

local function who(side, answer)
  if answer.custom then return ("rule %s of %s"):format(answer.rule, answer.file:match("[^/]*$")) end
  if answer.rule == "on_conflict" then return "strategy " .. defaults.strategy { conflictResolution = side.strategy } end
  return ("default rule %s"):format(answer.rule)
end

-- That the defaults select an entry goes without saying.
local function decisions(side)
  local lines = {}
  for _, answer in ipairs(side.rules) do
    local said = type(answer.answer) == "table" and json.encode(answer.answer) or tostring(answer.answer)
    local expected = answer.rule == "select" and answer.answer == true and not answer.custom
    if not expected then lines[#lines + 1] = ("%s says %s"):format(who(side, answer), said) end
  end
  return lines
end

local VERBS = { create = "create the event", update = "update the event", delete = "delete the event",
  wait = "wait: a one-way run leaves this out", none = "leave the event alone" }

local function next_run(about, side)
  local parts = {}
  if #about.pulled > 0 then parts[#parts + 1] = "change on the board: " .. table.concat(about.pulled, ", ") end
  if #side.conflicts > 0 then parts[#parts + 1] = "wait for a decision about " .. table.concat(side.conflicts, ", ") end
  if side.left_alone then
    parts[#parts + 1] = "leave the entry alone, as it failed too often: edit it, or run sync.lua with --retry-failed"
  elseif side.held then
    parts[#parts + 1] = "leave the event alone: people are invited to it (syncOptions.pushInvitations)"
  elseif #parts == 0 or side.action ~= "none" then
    parts[#parts + 1] = VERBS[side.action]
  end
  return "the next run would " .. table.concat(parts, "; ")
end

local function add(lines, list, indent)
  for _, line in ipairs(list) do lines[#lines + 1] = indent .. line end
end

local function no_base(side)
  if side.status == "skipped" then return "base: none, the entry is not synced now: it has no date or is not selected" end
  return "base: none, the two have not met yet"
end

-- 'run 2 overwrote dueDate "2027-02-01" (board): edited in the calendar'
local function overwrite(row)
  local side = row.side == "local" and "board" or row.calendar
  local did = row.action == "overwritten" and "overwrote" or row.action
  return terminal.clean(("run %d %s %s %s%s: %s"):format(row.run or 0, did, row.field, json.encode(row.value),
    row.action == "cleared" and "" or (" (%s)"):format(side), row.reason or ""))
end

local function side_lines(out, about, side)
  local narrower = { colour = out.colour, columns = out.columns and out.columns - 2 }
  local lines = { terminal.paint(out, "bold", ("%s (%s)"):format(terminal.clean(side.name), side.provider)) }
  add(lines, member_table(out.columns and narrower or out, about, side), "  ")
  local said = {}
  said[#said + 1] = side.base and sum_up(side.board_edits, "board", side.board_edited_at) or no_base(side)
  said[#said + 1] = side.base and (sum_up(side.calendar_edits, "calendar", side.calendar_edited_at)
    or "calendar: the event is not there") or nil
  if side.unknown_date then
    said[#said + 1] = "calendar: its date is neither taken nor written: " .. terminal.clean(side.unknown_date)
  end
  if about.rewound then said[#said + 1] = "a stale copy was saved over the last pull: it is pulled again" end
  if side.reason then said[#said + 1] = "planner: " .. side.reason end
  add(said, reason_lines(side), "")
  add(said, decisions(side), "")
  if side.failed then
    said[#said + 1] = ("failed %s, last at %s: %s"):format(quantity(side.failed.count or 1, "time"), common.when(side.failed.at),
      terminal.clean(first_line(side.failed.message) or ""))
  end
  said[#said + 1] = terminal.paint(out, "green", next_run(about, side))
  add(lines, said, "  ")
  return lines
end

--- The lines of one explanation of fmcal.sync.explain.
-- @param out from terminal.of
function view.lines(out, about)
  local where = about.on_board and about.line and ("line %d of the board"):format(about.line) or "no longer on the board"
  local lines = { ("%s  %s  (%s)"):format(terminal.paint(out, "bold", about.id), terminal.clean(about.title or ""), where) }
  if about.error then lines[#lines + 1] = terminal.paint(out, "red", terminal.clean(about.error)) end
  for _, side in ipairs(about.calendars) do add(lines, side_lines(out, about, side), "") end
  for _, row in ipairs(about.history) do lines[#lines + 1] = overwrite(row) end
  return lines
end

return view
