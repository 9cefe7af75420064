-- Lists the entries of a board: fmcal-lua examples/show_board.lua BOARD
local board = require "fmcal.board"
local json = require "fmcal.json"

local path = assert(arg[1], "usage: show_board.lua BOARD")
local b <close> = assert(board.open(path))
print(("%-24s %-22s %s"):format("entry", "date", "title"))
for _, key in ipairs(b:keys()) do
  local entry = b:entry(key)
  local value = entry.value
  local date = entry.kind == "court-date" and value.metadata.courtDate or value.dueDate
  print(("%-24s %-22s %s"):format(key, date ~= json.null and date or "-", value.title))
end
