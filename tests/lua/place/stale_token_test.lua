-- Servers whose tokens say what a calendar holds: somebody who undoes what a run wrote brings an old token back.
local commands = require "commands"
local core = require "fmcal.provider.core"
local lu = require "luaunit"
local run = require "fmcal.sync.run"
local servers = require "servers"
local state = require "fmcal.state"

local server <close> = servers.scripted("content_tokens=true")

local ACCOUNT = { endpoint = server.url, calendarId = "kanban", username = server.user, password = server.password }

local function item(title)
  return { id = "K-1", title = title, dueDate = "2031-01-01" }
end

-- A board over the emptied calendar.
local function place_with(...)
  server:clear()
  local made = commands.board { ... }
  made.calendarConfig = { enabled = true, provider = "caldav", endpoint = server.url, calendarId = "kanban",
    credentials = { username = server.user, command = { "printf", server.password } } }
  return commands.place(made)
end

local function sync(place, providers)
  local result = run.sync { board = place:file("board.json"), providers = providers }
  lu.assertEquals(result.exit, 0, result.error)
  return result
end

-- The only object in the calendar: name, text.
local function object()
  local name, found = next(server:control("GET", "_objects").kanban)
  return name, found and found.text
end

local function set_title(place, title)
  place:edit(function(board) board.items[1].title = title end)
end

-- A provider that dies as soon as it is asked a second time what has changed.
local function mortal()
  local provider, asked = assert(core.new("caldav", ACCOUNT)), 0
  local mortal_changes = function(_, ...)
    asked = asked + 1
    if asked == 2 then error("killed by the test", 0) end
    return provider:changes(...)
  end
  return { caldav = setmetatable({}, { __index = function(_, name)
    if name == "changes" then return mortal_changes end
    return function(_, ...) return provider[name](provider, ...) end
  end }) }
end

-- Whether the state knows of the event.
local function is_known(place)
  local opened = assert(state.open(place:file(".fmcal/academy.db"), { read_only = true }))
  local row = opened:target("caldav"):remote_by_uid("K-1@fleetmonitor")[1]
  opened:close()
  return row ~= nil and not row.gone
end

TestUnseen = {}

function TestUnseen.test_an_update_is_undone()
  local place <close> = place_with(item "first")
  sync(place)
  local name, text = object()
  set_title(place, "second")
  sync(place)
  server:control("PUT", "_objects/kanban/" .. name, text)
  sync(place)
  lu.assertEquals(place:item("K-1").title, "first")
end

function TestUnseen.test_a_creation_is_undone()
  local place <close> = place_with(item "first")
  sync(place)
  server:control("DELETE", "_objects/kanban/" .. object())
  sync(place)
  lu.assertEquals(place:item("K-1").calendarSync.syncStatus, "deleted")
  lu.assertNil(object())
end

function TestUnseen.test_a_deletion_is_undone()
  local place <close> = place_with(item "first")
  sync(place)
  local name, text = object()
  place:edit(function(board) board.items[1].dueDate = nil end)
  sync(place)
  lu.assertNil(object())
  lu.assertFalse(is_known(place))
  server:control("PUT", "_objects/kanban/" .. name, text)
  sync(place)
  lu.assertTrue(is_known(place))
end

-- Between the commit of a run and the token that knows of its writes.
function TestUnseen.test_an_update_of_a_run_that_died_is_undone()
  local place <close> = place_with(item "first")
  sync(place)
  local name, text = object()
  set_title(place, "second")
  local died, why = pcall(sync, place, mortal())
  lu.assertFalse(died)
  lu.assertStrContains(why, "killed by the test")
  lu.assertStrContains(select(2, object()), "SUMMARY:second")
  server:control("PUT", "_objects/kanban/" .. name, text)
  sync(place)
  lu.assertEquals(place:item("K-1").title, "first")
end

-- Once the token is past our writes, a run asks one question.
function TestUnseen.test_the_run_after_lists_only_changes()
  local place <close> = place_with(item "first")
  sync(place)
  server:control("DELETE", "_log")
  sync(place)
  local requests = server:control("GET", "_log").requests
  lu.assertEquals(#requests, 1)
  lu.assertStrContains(requests[1].body, "<sync-token>content-")
end

os.exit(lu.LuaUnit.run())
