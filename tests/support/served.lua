-- Boards that the API is asked about, in tests: a place of tests/support/commands.lua, runs in this process, and calls of views
-- and acts.
local commands = require "commands"
local lu = require "luaunit"
local run = require "fmcal.sync.run"

local served = {}

local Place = setmetatable({}, { __index = commands.Place })
Place.__index, Place.__close = Place, commands.Place.__close

-- A place as commands.place makes it.
function served.place(board)
  return setmetatable(commands.place(board), Place)
end

-- A place with items that are in step.
function served.synced(items, options)
  local place = served.place(commands.board(items, options))
  place:sync()
  return place
end

-- A run, which must end with a status (0); its result.
function Place:sync(status, options)
  local asked = { board = self:file("board.json") }
  for name, value in pairs(options or {}) do asked[name] = value end
  local result = run.sync(asked)
  lu.assertEquals(result.exit, status or 0, result.error or result.message)
  return result
end

local function params_of(self, params)
  local asked = { board = self:file("board.json") }
  for name, value in pairs(params or {}) do asked[name] = value end
  return asked
end

-- What a view answers. @return table, or nil and an error
function Place:view(name, params)
  return require("fmcal.serve.views").find(name)(params_of(self, params))
end

-- What a view answers, which must not fail.
function Place:see(name, params)
  local answer, err = self:view(name, params)
  if not answer then error(("%s: %s"):format(name, err.message), 2) end
  return answer
end

-- The error that a view answers, which must not succeed.
function Place:refused(name, params)
  local answer, err = self:view(name, params)
  if answer then error(name .. " was not refused", 2) end
  return err
end

-- What an act answers. @return table, or nil and an error
function Place:act(name, params)
  return require("fmcal.serve.acts").find(name)(params_of(self, params))
end

-- What an act answers, which must not fail.
function Place:done(name, params)
  local answer, err = self:act(name, params)
  if not answer then error(("%s: %s"):format(name, err.message), 2) end
  return answer
end

-- The error that an act answers, which must not succeed.
function Place:not_done(name, params)
  local answer, err = self:act(name, params)
  if answer then error(name .. " was not refused", 2) end
  return err
end

-- Puts a file into the calendar, as another program would.
function Place:put_event(name, lines)
  local text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\n" .. table.concat(lines, "\r\n")
    .. "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
  self:write("calendars/academy/" .. name .. ".ics", text)
end

-- One that waits for a person: its title was changed on both sides.
function served.in_conflict()
  local place = served.synced({ { id = "A", title = "First", dueDate = "2027-01-01", priority = "high" } },
    { conflictResolution = "manual", timeZone = "Europe/Rome" })
  place:edit(function(board) board.items[1].title = "Board" end)
  place:edit_event("A", "SUMMARY:First", "SUMMARY:Calendar")
  place:sync(4)
  return place
end

return served
