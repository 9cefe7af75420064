-- The example programs do what they say; no server is needed.
local lu = require "luaunit"
local rules = require "fmcal.rules"
local shell = require "shell"

local examples = os.getenv("SOURCE_DIR") .. "/examples/"

local function run(name, words)
  local out, errors, status = shell.run(("env -u LUA_PATH_5_4 %s %s %s"):format(
    shell.quote(os.getenv("FMCAL_LUA")), shell.quote(examples .. name), words or ""))
  return out, errors, status
end

local function assert_prints(name, expected)
  lu.assertEquals({ run(name) }, { expected, "", 0 })
end

TestExamples = {}

function TestExamples.test_mock_provider()
  assert_prints("mock_provider.lua", [[
created mock-event-0001
mock-event-0001  2027-02-20  File initial motion
0 events left
]])
end

function TestExamples.test_outbound_sync()
  assert_prints("outbound_sync.lua", [[
4 entries: 3 created, 1 without a date
2027-02-15  File initial motion
2027-03-15  📊 [EPIC] Smith v. Jones
2027-03-20  ⚖️ COURT: Smith v. Jones
XACA-0040: synced
XACA-0042: not in the calendar
EACA-0001: synced
court date: synced
second run: 0 created, 0 updated, 3 unchanged
]])
end

function TestExamples.test_update_synced_item()
  assert_prints("update_synced_item.lua", [[
in the calendar: File initial motion on 2027-02-15 (mock-event-0001)
after an edit here: 1 updated, 0 created; the event says File the amended motion
after an edit there: 1 pulled; the item is due on 2027-02-22
]])
end

function TestExamples.test_entry_in_error()
  assert_prints("entry_in_error.lua", [[
created 1, errors 1
  XACA-0040 (line 1): dueDate "2027-02-30" is not a date: write 2026-02-15, 2026-02-15T10:00:00 or 2026-02-15T10:00:00Z
XACA-0040: error, tried 1 times
after the repair: created 1, errors 0; XACA-0040 is synced
]])
end

function TestExamples.test_caldav_direct_says_what_it_needs()
  local out, errors, status = run("caldav_direct.lua")
  lu.assertEquals({ out, status }, { "", 2 })
  lu.assertStrContains(errors, "usage:")
end

function TestExamples.test_caldav_direct_without_a_server()
  local out, errors, status = shell.run(("CALDAV_USERNAME=a CALDAV_PASSWORD=b %s %scaldav_direct.lua http://127.0.0.1:9/"):format(
    shell.quote(os.getenv("FMCAL_LUA")), shell.quote(examples)))
  lu.assertEquals({ out, status }, { "", 3 })
  lu.assertStrContains(errors, "127.0.0.1")
end

-- ---------------------------------------------------------------- rules

function TestExamples.test_rules()
  local out, errors, status = shell.run(("env -u LUA_PATH_5_4 %s rules.lua test %s"):format(
    shell.quote(os.getenv("FMCAL_LUA")), shell.quote(examples)))
  lu.assertEquals({ status, errors }, { 0, "" }, out)
end

-- The recipes on the page are those of the folder, word for word, and each has a test.
function TestExamples.test_the_page_has_every_recipe()
  local told, there = {}, {}
  for path, text in shell.source("docs/recipes.md"):gmatch("```lua file=(%S+)\n(.-)```") do
    lu.assertEquals(text, shell.source(path), path)
    told[#told + 1] = path
  end
  for _, path in ipairs(shell.sources("examples/rules", "lua")) do
    if not path:find("_test%.lua$") then
      lu.assertIsString(shell.source((path:gsub("%.lua$", "_test.lua"))))
      there[#there + 1] = path
    end
  end
  lu.assertItemsEquals(told, there)
end

-- Rules in the manual load, those that no other test runs included.
function TestExamples.test_rules_in_the_manual_load()
  local folder <close> = shell.folder()
  local path, count = folder.path .. "/rules.lua", 0
  shell.write(folder.path .. "/holidays.lua", 'return { "2026-12-25" }')
  local given = { team = "academy", provider = "vdir", config = { syncOptions = { timeZone = "Europe/Rome" } } }
  for _, page in ipairs(shell.sources("docs", "md")) do
    for code in shell.source(page):gmatch("\n```lua[^\n]*\n(.-\n)```") do
      local is_rules_file = ("\n" .. code):find("\nreturn {") and not code:find("fmcal.rules", 1, true)
      if is_rules_file then
        shell.write(path, code)
        local loaded, err = rules.load(path, given)
        lu.assertNil(err, page .. ": " .. code)
        loaded:close()
        count = count + 1
      end
    end
  end
  lu.assertTrue(count > 20)
end

-- The tutorial begins with the board of the quickstart.
function TestExamples.test_the_board_of_the_tutorial()
  lu.assertStrContains(shell.source("docs/tutorial.md"),
    "```json file=board.json\n" .. shell.source("examples/board.json") .. "```")
end

os.exit(lu.LuaUnit.run())
