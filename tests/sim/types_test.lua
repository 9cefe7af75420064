-- Boards, configurations, plans, answers of rules and texts of a calendar, spoilt by type. What is right is synced, what is wrong
-- is named, nothing unforeseen is said, and the exit status is right.
--
-- FMCAL_FUZZ_ROUNDS says how many of each (60), FMCAL_FUZZ_SEED where to begin; a failure names its seed.
package.path = os.getenv("TESTS_DIR") .. "/sim/?.lua;" .. package.path
local board = require "fmcal.board"
local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local lu = require "luaunit"
local mock = require "fmcal.mock"
local mutator = require "mutator"
local plan_file = require "fmcal.sync.plan_file"
local plan_view = require "fmcal.cli.plan.view"
local provider = require "fmcal.provider"
local review = require "fmcal.sync.review"
local run = require "fmcal.sync.run"
local shell = require "shell"
local state = require "fmcal.state"

local ROUNDS = tonumber(os.getenv("FMCAL_FUZZ_ROUNDS") or "60")
local FIRST = tonumber(os.getenv("FMCAL_FUZZ_SEED") or "1")

local UNFORESEEN = { "should not have happened", "traceback", "attempt to ", "bad argument", "[string", "(a nil value)" }
local EXITS = { [0] = true, [1] = true, [2] = true, [3] = true, [4] = true, [5] = true }

local function foreseen(text)
  for _, words in ipairs(UNFORESEEN) do
    if text:find(words, 1, true) then error("unforeseen: " .. text, 0) end
  end
end

local function names_one_of(text, ...)
  for _, name in ipairs { ... } do
    if text:find(name, 1, true) then return true end
  end
  return false
end

-- Calls `fn(random)` for each seed; what fails names the seed.
local function each_seed(fn)
  for seed = FIRST, FIRST + ROUNDS - 1 do
    local random = mutator.random(seed)
    local ok, raised = xpcall(fn, debug.traceback, random)
    if not ok then error(("FMCAL_FUZZ_SEED=%d FMCAL_FUZZ_ROUNDS=1: %s"):format(seed, raised), 0) end
  end
end

local function wrong_entry()
  return { id = "BAD", type = "epic", title = "Bad", description = "Text", dueDate = "2027-03-10", timeZone = "Europe/Rome",
    durationMinutes = 30, tags = json.array { "one", "two" }, priority = "high", status = "todo", epicId = "E", updatedAt = "2026-01-01T00:00:00Z",
    metadata = { caseNumber = "1", courtDate = "2027-03-11", courtDateSync = { syncStatus = "synced" } },
    subitems = json.array { { id = "SUB", title = "Sub", dueDate = "2027-03-10", parentTitle = "Other" } },
    calendarSync = { externalEventId = "BAD@fleetmonitor", provider = "mock", lastSyncedAt = "2026-01-01T00:00:00Z",
      syncStatus = "synced", lastModifiedExternal = "2026-01-01T00:00:00Z", retryCount = 0, others = { x = {} } } }
end

local function base_board()
  return {
    team = "academy", teamName = "ACADEMY",
    calendarConfig = { enabled = true, provider = "mock", calendarId = "primary", rules = json.null, timeout = 60,
      syncOptions = { timeZone = "Europe/Rome", syncEpics = true, reminders = json.array { "-P1D" }, massDeleteLimit = 0.25,
        conflictResolution = "manual", syncInterval = 15 }, stats = { pendingChanges = 0 }, lastSyncStatus = "success" },
    items = json.array { { id = "GOOD", title = "Good", dueDate = "2027-03-10" } },
    epics = json.array { wrong_entry() },
  }
end

-- Syncs a board's text with a calendar in memory. @return result, server
local function sync(text, world, options)
  local opened, err = board.parse(text, "board.json")
  if not opened then return { exit = 3, error = err.message, success = false }, world.server end
  local asked = { board_object = opened, state_object = world.state, providers = { mock = world.provider } }
  for name, value in pairs(options or {}) do asked[name] = value end
  return run.sync(asked), world.server
end

local function new_world()
  local server = mock.server()
  return { server = server, state = assert(state.open(":memory:")), provider = assert(provider.new("mock", {}, server)) }
end

local function sentences(result)
  local list = { result.error or "", result.message or "" }
  for _, message in ipairs(((result.result or {}).outbound or {}).error_messages or {}) do list[#list + 1] = message end
  for _, warning in ipairs(result.warnings or {}) do list[#list + 1] = warning end
  return list
end

-- What holds of every result.
local function check_result(result)
  lu.assertTrue(EXITS[result.exit] or false, tostring(result.exit))
  local list = sentences(result)
  for _, sentence in ipairs(list) do foreseen(sentence) end
  local outbound = (result.result or {}).outbound
  local has_errors = outbound ~= nil and outbound.errors > 0
  lu.assertEquals(result.exit == 0 or result.exit == 4, result.success)
  if result.exit == 0 then lu.assertFalse(has_errors) end
  if result.exit == 1 then lu.assertTrue(#outbound.error_messages > 0) end
  if result.exit == 2 or result.exit == 3 then lu.assertNotEquals(result.error, "") end
end

TestTypes = {}

function TestTypes.test_entries()
  each_seed(function(random)
    local document, world = base_board(), new_world()
    mutator.spoil(document.epics[1], random)
    local text = assert(json.encode(document))
    for _ = 1, 2 do
      local result, server = sync(text, world)
      check_result(result)
      lu.assertTrue(result.exit == 0 or result.exit == 1 or result.exit == 4, result.error)
      lu.assertEquals(server:event("GOOD@fleetmonitor").title, "Good")
      for _, message in ipairs(result.result.outbound.error_messages) do
        lu.assertTrue(names_one_of(message, "BAD", "SUB", "line "), message)
      end
    end
  end)
end

-- An entry that was right is spoilt: its events stay, and come back to it when it is right again.
function TestTypes.test_entries_that_were_right()
  each_seed(function(random)
    local document, world = base_board(), new_world()
    check_result((sync(assert(json.encode(document)), world)))
    local wrong = mutator.spoil(document.epics[1], random)
    check_result((sync(assert(json.encode(document)), world)))
    lu.assertEquals(world.server:event("GOOD@fleetmonitor").title, "Good", table.concat(wrong, ", "))
    check_result((sync(assert(json.encode(base_board())), world)))
  end)
end

function TestTypes.test_boards_and_configurations()
  each_seed(function(random)
    local document, world = base_board(), new_world()
    mutator.spoil(random(2) == 1 and document or document.calendarConfig, random)
    local result, server = sync(assert(json.encode(document)), world)
    check_result(result)
    if result.exit == 2 then
      lu.assertTrue(names_one_of(result.error, "calendar", "team", "rules"), result.error)
      lu.assertEquals(#server:objects(), 0)
    end
  end)
end

-- Lua text of a value, for a rules file.
local function literal(value)
  if value == json.null then return "nil" end
  if type(value) ~= "table" then return ("%q"):format(value) end
  local parts = {}
  for name, member in pairs(value) do parts[#parts + 1] = ("[%q] = %s"):format(name, literal(member)) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local EVENT = { "title", "description", "footer", "dueDate", "endDate", "timeZone", "priority", "status", "epicId", "tags", "uid",
  "reminders", "deleted", "team", "eventType", "caseNumber", "kanbanId" }
local ENTRY = { "title", "description", "dueDate", "timeZone", "durationMinutes", "tags", "priority" }

local RULES = [[
local function bad(entry) return entry and entry.id == "BAD" end
return {
  select = function(entry, ctx) if bad(entry) and %s == 1 then return %s end return true end,
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    if bad(entry) then event[%q] = %s end
    return event
  end,
  to_entry = function(event, entry, ctx)
    local members = ctx.defaults.to_entry(event, entry, ctx)
    if bad(entry) then members[%q] = %s end
    return members
  end,
}]]

function TestTypes.test_answers_of_rules()
  local folder <close> = shell.folder()
  local path = folder.path .. "/rules.lua"
  each_seed(function(random)
    local world, text = new_world(), assert(json.encode(base_board()))
    shell.write(path, RULES:format(random(3), literal(mutator.value(random)), EVENT[random(#EVENT)],
      literal(mutator.value(random)), ENTRY[random(#ENTRY)], literal(mutator.value(random))))
    for _ = 1, 2 do
      local result, server = sync(text, world, { rules = path })
      check_result(result)
      lu.assertEquals(server:event("GOOD@fleetmonitor").title, "Good", result.error)
    end
  end)
end

local function plan_text(folder)
  local document = base_board()
  document.calendarConfig = { provider = "mock", endpoint = "calendar.txt" }
  shell.write(folder.path .. "/board.json", assert(json.encode(document)))
  local _, plan = review.plan { board = folder.path .. "/board.json" }
  return plan_file.text(plan)
end

function TestTypes.test_plans()
  local folder <close> = shell.folder()
  local text = plan_text(folder)
  each_seed(function(random)
    local document = assert(json.decode(text))
    mutator.spoil(document, random)
    if type(document.board) == "string" and document.board ~= "" then document.board = folder.path .. "/board.json" end
    local plan, err = plan_file.read(assert(json.encode(document)), "plan.json")
    if not plan then return foreseen(err.message) end
    plan_view.table({}, plan_file.actions(plan))
    plan.options = {} -- where a plan leads is checked by reading it; here nothing is to be carried out elsewhere
    local result = review.apply(plan, {})
    check_result(result)
    shell.run("rm -rf " .. folder.path .. "/.fmcal " .. folder.path .. "/calendar.txt")
    plan_text(folder)
  end)
end

local GOOGLE_EVENT = [[{ "kind": "calendar#event", "etag": "\"1\"", "id": "abc", "status": "confirmed", "summary": "T",
  "description": "D", "start": { "date": "2027-01-01" }, "end": { "date": "2027-01-02" }, "updated": "2026-01-01T00:00:00Z",
  "attendees": [ { "email": "x@example.org", "self": true } ], "recurrence": [ "RRULE:FREQ=DAILY" ],
  "extendedProperties": { "private": { "uid": "A@fleetmonitor", "kanbanId": "A", "tags": "[\"a\"]", "priority": "high" } },
  "reminders": { "useDefault": false, "overrides": [ { "method": "popup", "minutes": 10 } ] } }]]

function TestTypes.test_events_of_a_server()
  local codec <close> = assert(core.new("google", {}))
  each_seed(function(random)
    local document = assert(json.decode(GOOGLE_EVENT))
    mutator.spoil(document, random)
    local text = assert(json.encode(document))
    local event, err = codec:decode(text)
    if not event then return foreseen(err.message) end
    lu.assertEquals(type(event.tags), "table")
    local again, refused = codec:encode({ uid = "A@fleetmonitor", title = "New", dueDate = "2027-02-01" }, text)
    if not again then foreseen(refused.message) end
  end)
end

os.exit(lu.LuaUnit.run())
