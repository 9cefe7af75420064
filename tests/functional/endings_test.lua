-- How commands end: no way out is a success unless everything was done and told.
local commands = require "commands"
local lu = require "luaunit"
local shell = require "shell"

local function place_of_one()
  return commands.place(commands.board { { id = "A", title = "A", dueDate = "2027-03-10" } })
end

TestOutput = {}

function TestOutput.test_a_full_disk_behind_standard_output()
  local place <close> = place_of_one()
  for _, words in ipairs { "sync.lua board.json --json", "sync.lua board.json", "sync.lua board.json --dry-run", "sync.lua --help",
    "sync.lua board.json --plan plan.json", "status.lua board.json", "status.lua board.json --json", "events.lua board.json",
    "history.lua board.json", "conflicts.lua board.json", "explain.lua board.json A",
    "export.lua board.json", "doctor.lua board.json", "--help", "-v", "-e 'print(1)'" } do
    local _, errors = place:expect(1, words .. " >/dev/full")
    lu.assertStrContains(errors, "cannot write to standard output")
  end
end

-- Nobody reads: everything is done all the same, and the status says how it ended.
function TestOutput.test_a_reader_that_has_gone()
  local place <close> = place_of_one()
  place:write("other.json", commands.board({ { id = "B", title = "B", dueDate = "2027-03-10" } }, nil, "other"))
  place:write("wrong.json", commands.board({ { id = "C", title = "C", dueDate = "never" } }, nil, "third"))
  local program = shell.quote(os.getenv("FMCAL_LUA"))
  local _, errors = shell.run(("cd %s && { %s sync.lua wrong.json board.json other.json --json; echo status $? >&2; } | true"):format(
    place.path, program))
  lu.assertStrContains(errors, "status 1")
  lu.assertEquals(place:count_events(), 2)
end

local with_little_memory = {}

-- Little memory costs what needs much of it.
function with_little_memory.test_a_rule_that_eats_it()
  local place <close> = place_of_one()
  place:write("rules.lua", [[return { to_event = function(entry, ctx)
    local list = {}
    while true do list[#list + 1] = ("x"):rep(1000000) .. #list end
  end }]])
  local out, errors = place:expect(1, "sync.lua board.json --rules rules.lua", { env = "prlimit --as=200000000" })
  lu.assertStrContains(out .. errors, "memory")
  lu.assertEquals(place:count_events(), 0)
end

-- A board larger than what there is.
function with_little_memory.test_a_board_that_does_not_fit()
  local place <close> = place_of_one()
  place:write("board.json", ('{ "team": "academy", "note": "%s", "items": [] }'):format(("x"):rep(120000000)))
  local _, errors = place:expect(3, "sync.lua board.json", { env = "prlimit --as=160000000" })
  lu.assertStrContains(errors, "memory")
end

-- AddressSanitizer reserves more addresses than any such limit allows.
if (os.getenv("SANITIZE") or "") == "" then TestMemory = with_little_memory end

os.exit(lu.LuaUnit.run())
