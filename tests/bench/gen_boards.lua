-- gen_boards.lua FOLDER COUNT: as many small boards, each of a team and with a calendar folder of its own.
local json = require "fmcal.json"

local folder, count = arg[1], tonumber(arg[2])

for number = 1, count do
  local items = json.array {}
  for i = 1, 10 do
    items[i] = { id = ("TEAM%d-%02d"):format(number, i), title = "Replace brake pads on unit " .. i, status = "todo",
      dueDate = ("2027-%02d-%02d"):format(i, i) }
  end
  local board = { team = "team-" .. number, items = items, calendarConfig = { enabled = true, provider = "vdir",
    endpoint = "calendars", calendarId = tostring(number), syncOptions = { syncInterval = 1440 } } }
  local file <close> = assert(io.open(("%s/board-%d.json"):format(folder, number), "w"))
  file:write(assert(json.encode(board, { indent = 2, sort = true })), "\n")
end
