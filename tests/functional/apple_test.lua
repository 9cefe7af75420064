-- What iCloud's habits ask of a run, each shown where it would go wrong: see ICLOUD in support/dav_server.py.
local json = require "fmcal.json"
local lu = require "luaunit"
local provider = require "fmcal.provider"
local run = require "fmcal.sync.run"
local servers = require "servers"
local shell = require "shell"

local server, folder

local function board(name)
  local path = folder.path .. "/" .. name .. ".json"
  shell.write(path, json.encode {
    team = "academy",
    calendarConfig = { provider = "apple", endpoint = server.url, calendarId = "kanban",
      credentials = { username = "alice", password = { command = { "printf", "secret" } } } },
    items = { { id = name .. "-1", title = "One", dueDate = "2026-02-15" },
      { id = name .. "-2", title = "Two", dueDate = "2026-02-16" } },
  })
  return { board = path, state = folder.path .. "/" .. name .. ".db" }
end

TestApple = {}

function TestApple:setUp()
  server, folder = servers.icloud(), shell.folder()
end

function TestApple:tearDown()
  server:stop()
  os.execute("rm -rf " .. shell.quote(folder.path))
end

local function objects()
  local count = 0
  for _ in pairs(server:control("GET", "_objects").kanban) do count = count + 1 end
  return count
end

function TestApple:test_two_runs_without_etags_in_answers_to_put()
  local options = board("PUT")
  lu.assertEquals(run.sync(options).exit, 0)
  lu.assertEquals(objects(), 2)
  server:control("DELETE", "_log")
  local again = run.sync(options)
  lu.assertEquals(again.exit, 0)
  lu.assertEquals(again.result.outbound.unchanged, 2)
  lu.assertEquals(server:count(), 1)
end

function TestApple:test_only_calendars_of_events_are_listed_as_such()
  local p = assert(provider.new("apple", { endpoint = server.url, username = "alice", password = "secret" }))
  local usable = {}
  for _, calendar in ipairs(assert(p:list())) do
    if calendar.events then usable[#usable + 1] = calendar.name end
  end
  table.sort(usable)
  lu.assertEquals(usable, { "Kanban" })
end

function TestApple:test_a_uid_in_another_calendar_of_the_account_fails_that_entry_alone()
  server:control("POST", "_calendar", { name = "other", display_name = "Other" })
  server:control("PUT", "_objects/other/elsewhere.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n"
    .. "UID:UID-1@fleetmonitor\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260215\r\nSUMMARY:there\r\n"
    .. "END:VEVENT\r\nEND:VCALENDAR\r\n")
  local result = run.sync(board("UID"))
  lu.assertEquals(result.exit, 1)
  lu.assertEquals(result.result.outbound.created, 1)
  lu.assertStrContains(result.result.outbound.error_messages[1], "in another calendar")
end

function TestApple:test_an_account_that_has_moved_is_looked_for_again()
  local options = board("MOV")
  lu.assertEquals(run.sync(options).exit, 0)
  server:fault { kind = "status", method = "REPORT", code = 404, times = 2 }
  local result = run.sync(options)
  lu.assertEquals(result.exit, 0)
  lu.assertEquals(result.result.outbound.unchanged, 2)
  lu.assertEquals(objects(), 2)
end

-- A partition that is not this account's any more answers in many ways; what the account says now is true.
function TestApple:test_a_partition_that_answers_otherwise_is_looked_for_again()
  local options = board("OTH")
  lu.assertEquals(run.sync(options).exit, 0)
  for _, code in ipairs { 401, 403, 421 } do
    server:fault { kind = "status", method = "REPORT", code = code }
    local result = run.sync(options)
    lu.assertEquals(result.exit, 0, result.error)
    lu.assertEquals(result.result.outbound.unchanged, 2)
  end
end

-- The account's own answer counts: a password that was taken back is not tried again and again.
function TestApple:test_a_password_that_was_taken_back_is_tried_twice()
  local options = board("OUT")
  lu.assertEquals(run.sync(options).exit, 0)
  server:fault { kind = "status", code = 401, times = -1 }
  server:control("DELETE", "_log")
  local result = run.sync(options)
  lu.assertEquals(result.exit, 3)
  lu.assertStrContains(result.error, "alice is not let in")
  lu.assertEquals(server:count(), 2)
end

function TestApple:test_a_retry_after_that_is_too_short_is_outlasted()
  server:set { penalty_ms = 3000 }
  server:fault { kind = "status", method = "PUT", code = 503, headers = { ["Retry-After"] = "1" } }
  local result = run.sync(board("RET"))
  lu.assertEquals(result.exit, 0)
  lu.assertEquals(objects(), 2)
end

os.exit(lu.LuaUnit.run())
