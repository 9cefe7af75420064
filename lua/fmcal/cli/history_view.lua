-- What a run has changed and overwritten, for a person.

local common = require "fmcal.cli.common"
local json = require "fmcal.json"
local layout = require "fmcal.cli.table"
local plan_view = require "fmcal.cli.plan.view"
local terminal = require "fmcal.cli.terminal"

local view = {}

-- Of a run that is one of many the first rows are shown.
local MOST_ROWS = 10

local COLUMNS = {
  { title = "Why" }, { title = "Entry" }, { title = "Title", shrinks = true }, { title = "Calendar", shrinks = true },
  { title = "What", shrinks = true },
}

local DID = { create = "event made", update = "event written", delete = "event deleted" }

local function add_change(rows, made)
  local first = { made.reason or made.did, made.key, made.title or "", made.calendar, DID[made.did] or "" }
  rows[#rows + 1] = first
  for i, field in ipairs(made.fields) do
    local what = plan_view.change { field = field.field, from = field.before, to = field.after }
    if i == 1 then first[5] = what else rows[#rows + 1] = { "", "", "", "", what } end
  end
end

local function add_overwritten(rows, row)
  local side = row.side == "local" and "the board's" or "the calendar's"
  rows[#rows + 1] = { layout.cell("lost", "yellow"), row.key, "", row.target or "", ("%s %s %s: %s"):format(side, row.field or "",
    type(row.value) == "string" and ('"%s"'):format(row.value) or json.encode(row.value), row.reason or "") }
end

-- "run 3  2026-11-30 22:04 UTC  kim@desk  sync.lua board.json"
local function heading(out, run)
  local parts = { terminal.paint(out, "bold", ("run %d"):format(run.number)), common.when(run.time) }
  for _, part in ipairs { run.who or "", run.command or "" } do
    if part ~= "" then parts[#parts + 1] = terminal.clean(part) end
  end
  if (run.undoes or 0) > 0 then parts[#parts + 1] = ("(%s of run %d)"):format(run.kind, run.undoes) end
  if run.taken_back then parts[#parts + 1] = terminal.paint(out, "dim", "(taken back)") end
  if run.status == -1 then parts[#parts + 1] = terminal.paint(out, "yellow", "(did not end)") end
  return table.concat(parts, "  ")
end

--- The lines of one run of fmcal.overview's runs.
-- @param out from terminal.of
-- @param is_alone whether all of it is shown, however much that is
function view.lines(out, run, is_alone)
  local lines, rows = { heading(out, run) }, {}
  for _, row in ipairs(run.overwritten) do add_overwritten(rows, row) end
  for _, made in ipairs(run.changes) do add_change(rows, made) end
  local more = is_alone and 0 or #rows - MOST_ROWS
  if more > 0 then rows = table.move(rows, 1, MOST_ROWS, 1, {}) end
  if (run.status or 0) > 0 and run.message then
    lines[#lines + 1] = terminal.paint(out, "red", ("status %d: %s"):format(run.status, terminal.clean(run.message)))
  end
  if #rows > 0 then table.move(layout.lines(out, COLUMNS, rows), 1, #rows + 1, #lines + 1, lines) end
  if more > 0 then lines[#lines + 1] = ("… and %d more: history.lua --run %d shows all"):format(more, run.number) end
  return lines
end

return view
