-- gen_board.lua OUT COUNT CONFIG_JSON: a board of COUNT dated items (about 1 kB each) for benchmarks.
local json = require "fmcal.json"

local out, count, section = arg[1], tonumber(arg[2]), assert(json.decode(arg[3] or "{}"))
local TEXT = "First line\nsecond \"quoted\" line with some more text, about a hundred characters in all, yes. "
local STATUS = { "backlog", "todo", "in-progress", "done" }
local PRIORITY = { "low", "medium", "high" }

local function item(i)
  return {
    id = ("XACA-%06d"):format(i), title = ("Replace brake pads on unit %d — größer ☂"):format(i % 97),
    description = TEXT:rep(5), dueDate = ("2026-%02d-%02d"):format(i % 12 + 1, i % 28 + 1),
    priority = PRIORITY[i % 3 + 1], status = STATUS[i % 4 + 1], updatedAt = "2026-01-01T00:00:00Z",
    tags = json.array { "fleet", "unit", "t" .. i % 13 }, estimate = i * 0.25, blocked = i % 3 == 0,
    owner = { name = "User " .. i % 7, mail = "u" .. i % 7 .. "@example.com" },
  }
end

local file = assert(io.open(out, "wb"))
file:write('{\n  "team": "bench",\n  "calendarConfig": ', json.encode(section), ',\n  "items": [\n')
for i = 1, count do file:write("    ", json.encode(item(i), { sort = true }), i < count and ",\n" or "\n") end
file:write("  ]\n}\n")
file:close()
