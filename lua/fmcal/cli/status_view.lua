-- The status of a board for a person.

local common = require "fmcal.cli.common"
local first_line = require "fmcal.util.first_line"
local layout = require "fmcal.cli.table"
local quantity = require "fmcal.util.quantity"
local terminal = require "fmcal.cli.terminal"

local view = {}

local COLUMNS = {
  { title = "Calendar", shrinks = true }, { title = "Provider" }, { title = "Synced", right = true },
  { title = "Pending", right = true }, { title = "Conflicts", right = true }, { title = "Errors", right = true },
  { title = "Deleted", right = true }, { title = "Edited here", right = true }, { title = "Changed there", right = true },
}

local function coloured(n, style)
  return n > 0 and layout.cell(n, style) or n
end

local function row(target)
  local counts = target.counts
  local name = target.calendar or target.calendar_id
  return {
    name and ("%s (%s)"):format(target.name, name) or target.name, target.provider, counts.synced, counts.pending,
    coloured(counts.conflict, "yellow"), coloured(counts.error + counts.delete_error, "red"), counts.deleted,
    target.pending.board, target.pending.calendar,
  }
end

local function add_errors(out, lines, status)
  for _, target in ipairs(status.targets) do
    for _, failed in ipairs(target.errors) do
      local text = terminal.clean(first_line(failed.error) or "failed")
      if not text:find(failed.id, 1, true) then text = failed.id .. ": " .. text end
      lines[#lines + 1] = terminal.paint(out, "red", ("%s (%s, tried %s)"):format(text, target.name,
        quantity(failed.retries or 1, "time")))
    end
  end
  for _, problem in ipairs(status.problems) do lines[#lines + 1] = terminal.paint(out, "red", terminal.clean(problem)) end
end

local function add_webhook(out, lines, posts)
  local last = posts and posts[1]
  if not last then return end
  local line = ("webhook: %s, %s: %s"):format(last.event, common.when(last.at), last.error or "answered " .. last.status)
  lines[#lines + 1] = last.error and terminal.paint(out, "red", terminal.clean(line)) or line
end

--- The lines of fmcal.overview's status.
-- @param out from terminal.of
function view.lines(out, status)
  local lines = {
    ("%s  %s  %s, last run %s"):format(terminal.paint(out, "bold", terminal.clean(status.team)),
      terminal.path(status.board), quantity(status.entries, "entry", "entries"), common.when(status.last_run)),
  }
  local rows = {}
  for i, target in ipairs(status.targets) do rows[i] = row(target) end
  for _, line in ipairs(layout.lines(out, COLUMNS, rows)) do lines[#lines + 1] = line end
  if status.last_error then
    lines[#lines + 1] = terminal.paint(out, "red", ("the last run failed, %s: %s"):format(common.when(status.last_error.at),
      terminal.clean(first_line(status.last_error.message) or "")))
  end
  add_errors(out, lines, status)
  add_webhook(out, lines, status.webhook)
  if status.conflicts > 0 then lines[#lines + 1] = "look at the conflicts with conflicts.lua" end
  for _, warning in ipairs(status.warnings) do lines[#lines + 1] = "warning: " .. terminal.clean(warning) end
  return lines
end

return view
