-- An entry beside the event that one calendar has for it.
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local layout = require "fmcal.cli.table"
local terminal = require "fmcal.cli.terminal"

local COLUMNS = {
  { title = "" }, { title = "Member" }, { title = "Board", shrinks = true }, { title = "Calendar", shrinks = true },
}

local function text(value)
  if value == nil then return "–" end
  return type(value) == "string" and value or json.encode(value, { sort = true })
end

--- The lines that show it; members in which the two differ are marked.
-- @param view from terminal.of
-- @param about one of what fmcal.sync.explain gives
-- @param side one of its calendars
-- @return list of lines
local function side_by_side(view, about, side)
  local title = ("%s in %s"):format(about.id, terminal.clean(side.name))
  if not side.calendar then return { title .. ": there is no event" } end
  local board, rows = about.board or {}, {}
  for _, name in ipairs(fields.members_of(board, side.calendar)) do
    local here, there = text(board[name]), text(side.calendar[name])
    local differs = here ~= there
    if differs or board[name] ~= nil then
      rows[#rows + 1] = { differs and "≠" or "", layout.cell(name, differs and "yellow" or nil), here, there }
    end
  end
  return { terminal.paint(view, "bold", title), table.unpack(layout.lines(view, COLUMNS, rows)) }
end

return side_by_side
