-- Running fmcal's commands in tests: a folder with a board and a calendar folder, commands run in it.
local json = require "fmcal.json"
local shell = require "shell"

local commands = {}

local Place = {}
Place.__index = Place
commands.Place = Place

function Place:__close()
  os.execute("rm -rf " .. shell.quote(self.path))
end

-- A board over a calendar folder, with members of calendarConfig.syncOptions put in.
function commands.board(items, options, team)
  return { team = team or "academy", teamName = "ACADEMY", items = json.array(items),
    calendarConfig = { enabled = true, provider = "vdir", endpoint = "calendars", calendarId = "academy",
      syncOptions = options or { timeZone = "Europe/Rome" } } }
end

-- A fresh folder with `board.json` in it (text or table) and an empty calendar: `local place <close> = commands.place(board)`
function commands.place(board)
  local self = setmetatable({ path = shell.lines("mktemp -d")[1] }, Place)
  os.execute("mkdir -p " .. self.path .. "/calendars/academy")
  if board then self:write("board.json", board) end
  return self
end

function Place:file(name)
  return self.path .. "/" .. name
end

function Place:write(name, content)
  shell.write(self:file(name), type(content) == "table" and assert(json.encode(content, { indent = 2, sort = true })) or content)
end

function Place:read(name)
  return shell.read(self:file(name))
end

function Place:board(name)
  return assert(json.decode(self:read(name or "board.json")))
end

-- Edits a board: fn gets it as a table.
function Place:edit(fn, name)
  local board = self:board(name)
  fn(board)
  self:write(name or "board.json", board)
end

-- An entry of the board by its id.
function Place:item(id)
  for _, item in ipairs(self:board().items) do
    if item.id == id then return item end
  end
  return nil
end

-- The path of the event of an entry, and its text.
function Place:event(key)
  local found = shell.run(("grep -l '^UID:%s@' %s/calendars/academy/*.ics"):format(key, self.path))
  local path = found:match("[^\n]+")
  return path, path and shell.read(path)
end

-- Replaces text in the event of an entry, as another program would.
function Place:edit_event(key, pattern, replacement)
  local path, text = self:event(key)
  local changed, count = text:gsub(pattern, replacement)
  assert(count > 0, "the event of " .. key .. " does not hold " .. pattern)
  shell.write(path, changed)
end

-- The number of events in the calendar.
function Place:count_events()
  return tonumber((shell.run(("ls %s/calendars/academy | grep -c ics$"):format(self.path))))
end

-- Runs a command in the folder: output, errors, exit status.
function Place:run(words, options)
  local environment = "env -u LUA_PATH_5_4 -u FMCAL_BOARD -u FMCAL_STATE " .. ((options or {}).env or "")
  return shell.run(("cd %s && %s %s %s"):format(shell.quote(self.path), environment,
    shell.quote(os.getenv("FMCAL_LUA")), words), options)
end

-- Runs a command that must end with a status; its output and errors.
function Place:expect(status, words, options)
  local out, errors, actual = self:run(words, options)
  if actual ~= status then
    error(("%s: status %s, not %d\n%s%s"):format(words, tostring(actual), status, out, errors), 2)
  end
  return out, errors
end

local LISTING = [[
  find . -type f ! -name '*.lock' -printf '%p %s %T@ %i\n' | sort
  find . -type f ! -name '*.lock' | sort | xargs -r cksum]]

-- Everything in the folder, to see that nothing was touched: names, sizes, times, contents.
function Place:snapshot()
  return shell.run(("cd %s\n%s"):format(shell.quote(self.path), LISTING))
end

-- The same without the state, which may note what a run saw.
function Place:board_and_events()
  return (self:snapshot():gsub("[^\n]*%.fmcal/[^\n]*\n", ""))
end

return commands
