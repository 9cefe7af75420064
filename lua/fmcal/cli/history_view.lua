-- What runs have overwritten, as a table for a person.

local common = require "fmcal.cli.common"
local json = require "fmcal.json"
local layout = require "fmcal.cli.table"

local view = {}

local COLUMNS = {
  { title = "When" }, { title = "Entry" }, { title = "Field" }, { title = "Lost" }, { title = "Value", shrinks = true },
  { title = "Why", shrinks = true },
}

local function shown(value)
  return type(value) == "string" and value or json.encode(value)
end

--- The lines of the table.
-- @param out from terminal.of
-- @param rows of fmcal.overview's history
function view.lines(out, rows)
  local cells = {}
  for i, row in ipairs(rows) do
    cells[i] = { common.when(row.time), row.key, row.field, row.side == "local" and "board" or row.target,
      shown(row.value), row.reason }
  end
  return layout.lines(out, COLUMNS, cells)
end

return view
