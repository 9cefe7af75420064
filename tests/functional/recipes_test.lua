-- The recipes of the manual do on real calendars what their tests say of calendars in memory, and go into use as the manual
-- has it: on folders of .ics files, and on Radicale.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local real_calendars = require "real_calendars"
local servers = require "servers"
local shell = require "shell"
local suite = require "fmcal.trial.suite"

local radicale <close> = servers.real("radicale")

local PAGE = shell.source("docs/recipes.md")
local FOLDER = os.getenv("SOURCE_DIR") .. "/"

local recipes = {}
for path in PAGE:gmatch("```lua file=(%S+)\n") do recipes[#recipes + 1] = path end

-- ---------------------------------------------------------------- their own tests

local function failures_of(recipe, calendars)
  local path = recipe:gsub("%.lua$", "_test.lua")
  local loaded, failed = assert(suite.load(FOLDER .. path, shell.source(path), { calendars = calendars })), {}
  for _, test in ipairs(loaded.tests) do
    local failure = loaded:run(test).failure
    if failure then
      failed[#failed + 1] = ("%s:%d: %s: %s\n%s"):format(path, failure.line, test.name, failure.sentence,
        table.concat(failure.details, "\n"))
    end
  end
  lu.assertTrue(#loaded.tests > 0, path)
  return failed
end

local function assert_tests_pass_on(calendars)
  for _, recipe in ipairs(recipes) do lu.assertEquals(failures_of(recipe, calendars), {}) end
end

TestTheirTests = {}

function TestTheirTests.test_on_folders()
  local folder <close> = shell.folder()
  assert_tests_pass_on(real_calendars.in_folders(folder))
end

function TestTheirTests.test_on_radicale()
  assert_tests_pass_on(real_calendars.of_account(radicale))
end

-- ---------------------------------------------------------------- in use

-- What the board of the page names as its calendar, on each kind.
local KINDS = {
  vdir = function(section) return section end,
  caldav = function(section)
    section.provider, section.endpoint, section.calendarId = "caldav", radicale.url, (real_calendars.make(radicale))
    section.credentials = { username = radicale.user, command = { "printf", radicale.password } }
    return section
  end,
}

-- The calendars of a recipe that is about several.
local SEVERAL = { ["examples/rules/two_calendars_by_audience.lua"] = { "team", "public" } }

local function members_of(section)
  return { provider = section.provider, endpoint = section.endpoint, calendarId = section.calendarId,
    credentials = section.credentials }
end

local function with_several(section, kind, names)
  local config = { rules = section.rules, syncOptions = section.syncOptions }
  for _, name in ipairs(names) do
    config[name] = members_of(KINDS[kind](section))
    if kind == "vdir" then config[name].calendarId = name end
  end
  return config
end

local function place_with(recipe, kind)
  local board, names = assert(json.decode(PAGE:match("```json file=board.json\n(.-)```"))), SEVERAL[recipe]
  local section = board.calendarConfig
  board.calendarConfig = names and with_several(section, kind, names) or KINDS[kind](section)
  local place = commands.place(board)
  for _, name in ipairs(names or {}) do shell.lines("mkdir " .. place:file("calendars/" .. name)) end
  place:write("rules.lua", shell.source(recipe))
  return place
end

local function synced(place)
  return json.decode((place:expect(0, "sync.lua board.json --json"))).result.outbound
end

-- The rules pass the check, a run makes events of what they select, and then both sides are in step: also for a run that
-- knows nothing of the one before.
local function assert_it_goes_into_use(recipe, kind)
  local place <close> = place_with(recipe, kind)
  place:expect(0, "rules.lua check rules.lua board.json")
  local made = synced(place)
  lu.assertTrue(made.created > 0, recipe)
  lu.assertEquals(made.created + made.skipped, made.total_items, recipe)
  for _, forget in ipairs { "true", "rm -r .fmcal" } do
    shell.lines(("cd %s && %s"):format(place.path, forget))
    local again = synced(place)
    lu.assertEquals({ again.unchanged, again.created, again.updated, again.deleted }, { made.created, 0, 0, 0 }, recipe)
  end
end

TestInUse = {}

function TestInUse.test_on_folders()
  for _, recipe in ipairs(recipes) do assert_it_goes_into_use(recipe, "vdir") end
end

function TestInUse.test_on_radicale()
  for _, recipe in ipairs(recipes) do assert_it_goes_into_use(recipe, "caldav") end
end

-- ---------------------------------------------------------------- the webhook

TestWebhook = {}

function TestWebhook.test_it_hears_of_a_conflict()
  local hook <close> = servers.scripted()
  local place <close> = place_with("examples/rules/conflicts_are_told.lua", "vdir")
  place:edit(function(board)
    board.calendarConfig.syncOptions.webhook = { url = hook.url .. "echo", on = { "conflict", "fail" } }
  end)
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(board) board.items[1].dueDate = "2027-02-16" end)
  place:edit_event("XACA-0040", "DTSTART;VALUE=DATE:20270215", "DTSTART;VALUE=DATE:20270217")
  place:edit_event("XACA-0040", "DTEND;VALUE=DATE:20270216", "DTEND;VALUE=DATE:20270218")
  place:expect(4, "sync.lua -q board.json")
  local heard = {}
  for _, row in ipairs(hook:control("GET", "_log").requests) do
    if row.path == "/echo" then heard[#heard + 1] = assert(json.decode(row.body)) end
  end
  lu.assertEquals({ #heard, heard[1].event, heard[1].conflicts[1].id }, { 1, "conflict", "XACA-0040" })
end

os.exit(lu.LuaUnit.run())
