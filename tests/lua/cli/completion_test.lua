local catalogue = require "fmcal.cli.catalogue"
local completion = require "fmcal.cli.completion"
local forms = require "fmcal.cli.completion.forms"
local lu = require "luaunit"
local shell = require "shell"
local values = require "fmcal.cli.completion.values"

local BOARD = [[{
  "team": "academy",
  "calendarConfig": { "work": { "enabled": true, "provider": "vdir", "endpoint": "calendars", "calendarId": "academy" } },
  "items": [
    { "id": "XACA-0040", "title": "File initial motion", "dueDate": "2027-02-15" },
    { "id": "XACA-0041", "title": "Call the witness" }
  ],
  "epics": [ { "id": "XEPIC-0001", "title": "Moyer", "courtDate": "2027-03-01" } ]
}]]

local folder = shell.folder()
shell.write(folder.path .. "/board.json", BOARD)
shell.write(folder.path .. "/plan.json", "{}")
shell.lines("mkdir " .. shell.quote(folder.path .. "/more"))
local board = folder.path .. "/board.json"

local function words_of(...)
  local found, files = completion.of { ... }
  local words = {}
  for i, candidate in ipairs(found) do words[i] = candidate.word end
  return words, files
end

local function assert_offers(line, expected, files)
  local words, has_files = words_of(table.unpack(line))
  lu.assertEquals(words, expected, table.concat(line, " "))
  lu.assertEquals(has_files, files or false, table.concat(line, " "))
end

TestCompletion = {}

function TestCompletion.test_commands_and_scripts_of_ones_own()
  assert_offers({ "sy" }, { "sync.lua" }, true)
  assert_offers({ "my_own.lua", "" }, {}, true)
end

function TestCompletion.test_options_that_are_not_there_yet()
  assert_offers({ "sync.lua", "--dr" }, { "--dry-run" })
  assert_offers({ "sync.lua", "--dry-run", "--dr" }, {})
  assert_offers({ "sync.lua", "--only", "XACA-0040", "--onl" }, { "--only" })
  assert_offers({ "mcp.lua", "--ch" }, {}) -- hidden
end

function TestCompletion.test_values_of_options()
  assert_offers({ "sync.lua", "--direction", "o" }, { "outbound" })
  assert_offers({ "sync.lua", "--direction=o" }, { "--direction=outbound" })
  assert_offers({ "sync.lua", "--config", "" }, {}, true)
  assert_offers({ "sync.lua", board, "--only", "" }, { "XACA-0040", "XACA-0041", "XEPIC-0001" })
  assert_offers({ "disconnect.lua", board, "--name", "" }, { "work" })
  assert_offers({ "rules.lua", "test", "--format", "t" }, { "text", "tap" })
  lu.assertTableContains(words_of("rules.lua", "new", "--example", ""), "workdays")
end

function TestCompletion.test_boards_and_folders()
  assert_offers({ "sync.lua", folder.path .. "/" }, { folder.path .. "/more/", board })
  assert_offers({ "sync.lua", "~/" }, {}, true)
end

function TestCompletion.test_actions()
  assert_offers({ "rules.lua", "c" }, { "check" })
  assert_offers({ "tokens.lua", "" }, { "new", "list", "revoke", "login" })
  assert_offers({ "tokens.lua", "new", "--scope", "r" }, { "read" })
  assert_offers({ "rules.lua", "check", "" }, {}, true)
  assert_offers({ "conflicts.lua", board, "r" }, { "resolve" })
  assert_offers({ "conflicts.lua", board, "resolve", "XACA-0040", "keep_" }, { "keep_local", "keep_external" })
end

function TestCompletion.test_an_entry_says_its_title()
  local found = completion.of { "explain.lua", board, "XACA-0040" }
  lu.assertEquals(found, { { word = "XACA-0040", about = "File initial motion" } })
end

function TestCompletion.test_a_board_that_is_none_offers_nothing()
  assert_offers({ "explain.lua", folder.path .. "/plan.json", "" }, {})
  assert_offers({ "explain.lua", folder.path .. "/no.json", "" }, {})
end

local function each_command(visit)
  for _, name in ipairs(catalogue.names()) do
    local command = catalogue.command(name)
    visit(command)
    for _, action in ipairs(command.actions) do visit(catalogue.command(name, action)) end
  end
end

-- A value that --help names for the first time needs a line in values.lua.
function TestCompletion.test_every_name_of_a_value_is_known()
  each_command(function(command)
    for _, option in ipairs(command.options) do
      if option.value and not option.choices then lu.assertTrue(values.knows(option.value), command.name .. " " .. option.value) end
    end
    local form = completion.form_of(command)
    for token in form:gmatch("[%w_=]+") do
      if not forms.is_literal(token) then lu.assertTrue(values.knows(token), command.name .. " " .. token) end
    end
  end)
end

local status = lu.LuaUnit.run()
os.execute("rm -rf " .. shell.quote(folder.path))
os.exit(status)
