-- A board and a calendar that were in step and were then edited on both sides, to be run into step again and again
-- from the same start, with the run killed on the way.
--
-- A side is the calendar as another program reaches it:
--   config()               members of calendarConfig
--   objects()              {[name] = text} of the objects in it
--   put(name, text), delete(name)
--   leftovers()            list of what other programs would stumble over later
--   keep(), go_back()      what is there is the start; back to the start
--   await()                what the killed run had sent has been dealt with
--   trouble()              what goes wrong during the run that is killed
local json = require "fmcal.json"
local lu = require "luaunit"
local run = require "fmcal.sync.run"
local shell = require "shell"
local state = require "fmcal.state"

local Scene = {}
Scene.__index = Scene

local KILLED = 128 + 9
local BOARD, STATE = "/board.json", "/.fmcal/academy.db"

-- ---------------------------------------------------------------- the board

-- As people and programs spell it: what is not ours has to stay as it is.
local FIRST_BOARD = [[
{
	"team": "academy", "teamName": "ACAD\u00c9MIE", "revision": 12345678901234567890,
	"calendarConfig": %s,
	"items": [
		{ "id": "K-01", "title": "Left alone", "dueDate": "2031-01-01", "points": 1.10, "note": "\u00e9 beside é" },
		{ "id": "K-02", "title": "Edited here", "dueDate": "2031-01-02", "status": "todo" },
		{ "id": "K-03", "title": "Cleared here", "dueDate": "2031-01-03" },
		{ "id": "K-04", "title": "Removed here", "dueDate": "2031-01-04", "epicId": "E-01" },
		{ "id": "K-05", "title": "Edited there", "dueDate": "2031-01-05" },
		{ "id": "K-06", "title": "Moved there", "dueDate": "2031-01-06T09:00:00+02:00" },
		{ "id": "K-07", "title": "Deleted there", "dueDate": "2031-01-07" },
		{ "id": "K-08", "title": "Edited on both sides", "dueDate": "2031-01-08", "description": "first" },
		{ "id": "K-09", "title": "Conflict won here", "dueDate": "2031-01-09" },
		{ "id": "K-10", "title": "Conflict won there", "dueDate": "2031-01-10" },
		{ "id": "K-11", "title": "Parent", "dueDate": "2031-01-11", "subitems": [
			{ "id": "S-01", "title": "Part", "dueDate": "2031-01-12" } ] },
		{ "id": "K-12", "title": "Deleted there and edited here", "dueDate": "2031-01-13" },
		{ "id": "K-13", "title": "Cleared here and edited there", "dueDate": "2031-01-14" }
	],
	"epics": [ { "id": "E-01", "type": "epic", "title": "Case", "dueDate": "2031-02-01",
	             "metadata": { "courtDate": "2031-02-02" } } ]
}]]

local EDITS_HERE = {
  { { "items", 2, "title" }, "Edited here indeed" },
  { { "items", 3, "dueDate" }, json.null },
  { { "items", 8, "description" }, "second" },
  { { "items", 9, "title" }, "What the board says" },
  { { "items", 9, "updatedAt" }, "2030-06-02T00:00:00Z" },
  { { "items", 10, "title" }, "What the board said" },
  { { "items", 10, "updatedAt" }, "2030-05-30T00:00:00Z" },
  { { "items", 11, "title" }, "Grandparent" },
  { { "items", 12, "title" }, "Needed again" },
  { { "items", 13, "dueDate" }, json.null },
  { { "epics", 1, "metadata", "courtDate" }, "2031-02-03" },
}

local ADDED_HERE = {
  { id = "K-14", title = "Added here", dueDate = "2031-03-01" },
  { id = "K-15", title = "Added here, too", dueDate = "2031-03-02T10:30:00", timeZone = "Europe/Rome" },
}

local REMOVED_HERE = 4

local EDITS_THERE = {
  ["K-05"] = { "SUMMARY:Edited there", "SUMMARY:Edited there indeed" },
  ["K-06"] = { ":20310106T", ":20310116T" },
  ["K-08"] = { "SUMMARY:Edited on both sides", "SUMMARY:Called otherwise there" },
  ["K-09"] = { "SUMMARY:Conflict won here", "SUMMARY:What the calendar said" },
  ["K-10"] = { "SUMMARY:Conflict won there", "SUMMARY:What the calendar says" },
  ["K-13"] = { "SUMMARY:Cleared here and edited there", "SUMMARY:Needed there" },
  ["S-01"] = { ":20310112", ":20310122", ":20310113", ":20310123" },
}

local DELETED_THERE = { "K-07", "K-12" }

-- What people do after the run was killed, to what it may or may not have got to.
local EDITS_HERE_AFTER = {
  { { "items", 2, "title" }, "Edited here again" },
  { { "items", 3, "dueDate" }, "2031-01-03" },
  { { "items", 7, "description" }, "third" },
  { { "items", 10, "description" }, "of the parent" },
  { { "items", 13, "title" }, "Added here and edited" },
}

-- What they do where they see on the board what the run has pulled: all of it is taken back.
local UNDONE_HERE = {
  { { "items", 4, "title" }, "Edited there" },
  { { "items", 6, "dueDate" }, "2031-01-07" },
}

local EDITS_THERE_AFTER = {
  ["K-01"] = { "SUMMARY:Left alone", "SUMMARY:No longer left alone" },
  ["K-06"] = { ":20310116T", ":20310126T" },
  ["K-08"] = { "SUMMARY:Called otherwise there", "SUMMARY:Called otherwise again" },
  ["K-11"] = { "\nEND:VEVENT", "\nLOCATION:There\r\nEND:VEVENT" },
}

local FOREIGN = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nBEGIN:VEVENT\r\nUID:somebody@elsewhere\r\n"
  .. "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20310101\r\nSUMMARY:Not ours\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

function Scene:board_text()
  return shell.read(self.path .. BOARD)
end

local function edit_board(self, edits)
  local doc = assert(json.document(self:board_text()))
  for _, edit in ipairs(edits) do assert(doc:set(edit[1], edit[2])) end
  shell.write(self.path .. BOARD, doc:text())
end

local function add_and_remove(self)
  local doc = assert(json.document(self:board_text()))
  for _, item in ipairs(ADDED_HERE) do assert(doc:append({ "items" }, item)) end
  assert(doc:remove { "items", REMOVED_HERE })
  shell.write(self.path .. BOARD, doc:text())
end

-- ---------------------------------------------------------------- the calendar

local function key_of(text)
  return text:match("\nUID:([^\r\n]*)@fleetmonitor")
end

-- Programs say when they changed an event.
local function edited(text, edit, time)
  for i = 1, #edit, 2 do
    local count
    text, count = text:gsub(edit[i], edit[i + 1])
    assert(count > 0, edit[i])
  end
  return (text:gsub("LAST%-MODIFIED:[%dTZ]+", "LAST-MODIFIED:" .. time))
end

local function edit_calendar(self, edits, time)
  for name, text in pairs(self.side:objects()) do
    local edit = edits[key_of(text)]
    if edit then self.side:put(name, edited(text, edit, time)) end
  end
end

local function delete_there(self)
  for name, text in pairs(self.side:objects()) do
    for _, key in ipairs(DELETED_THERE) do
      if key == key_of(text) then self.side:delete(name) end
    end
  end
end

-- ---------------------------------------------------------------- what can be compared

-- Times of runs differ from run to run; so do they inside JSON.
local RUN_TIMES = { "lastSyncedAt", "lastSyncAt", "lastModifiedLocal", "lastModifiedExternal", "lastConflictAt", "deletedAt" }

local function without_times(text)
  for _, name in ipairs(RUN_TIMES) do
    text = text:gsub('("' .. name .. '": *)"[^"]*"', "%1TIME")
  end
  return text
end

local function objects_of(self)
  local found = {}
  for name, text in pairs(self.side:objects()) do
    found[name] = text:gsub("\n(DTSTAMP:)[%dTZ]+", "\n%1TIME"):gsub("\n(LAST%-MODIFIED:)[%dTZ]+", "\n%1TIME")
  end
  return found
end

-- What was overwritten, each once: a run that finishes another's work may keep it again.
local function history_of(self)
  local found = {}
  local opened = assert(state.open(self.path .. STATE, { read_only = true }))
  for _, row in ipairs(opened:history {}) do
    found[("%s %s of the %s: %s"):format(row.key, row.field, row.side, row.value)] = true
  end
  opened:close()
  return found
end

--- Both sides and the history, without the times of runs.
function Scene:outcome()
  return { board = without_times(self:board_text()), objects = objects_of(self), history = history_of(self) }
end

--- Whether the board file is the one that a whole run leaves.
function Scene:board_is_new(finished)
  return without_times(self:board_text()) == finished.board
end

--- More edits on both sides, to entries that the first ones were about.
-- @param undo whether what was pulled into the board is taken back, too
function Scene:edit_again(undo)
  edit_board(self, EDITS_HERE_AFTER)
  if undo then edit_board(self, UNDONE_HERE) end
  edit_calendar(self, EDITS_THERE_AFTER, "20300701T000000Z")
end

--- Both sides as a run that was killed leaves them: each file as it was or as it is to be.
-- @param finished the outcome of a whole run
-- @return nil, or what is wrong
function Scene:torn(finished)
  local board = without_times(self:board_text())
  if board ~= self.start.board and board ~= finished.board then return "the board is neither old nor new:\n" .. board end
  for name, text in pairs(objects_of(self)) do
    if text ~= self.start.objects[name] and text ~= finished.objects[name] then
      return name .. " is neither old nor new:\n" .. text
    end
  end
  return nil
end

local function identity(path)
  return shell.lines("stat -c '%i %Y %Z %s' " .. shell.quote(path))[1]
end

-- ---------------------------------------------------------------- runs

--- A run in this process. @return its result
function Scene:sync()
  return run.sync { board = self.path .. BOARD, allow_mass_delete = true }
end

--- A run that finds nothing to do and touches nothing. @return nil, or what it does
function Scene:restless()
  local before, file = self.side:objects(), identity(self.path .. BOARD)
  local result = self:sync()
  if result.exit ~= 0 then return ("ends with %d: %s"):format(result.exit, tostring(result.error or result.message)) end
  local action = result.actions[1]
  if action then return ("does %s %s"):format(action.action, action.key) end
  if identity(self.path .. BOARD) ~= file then return "touches the board" end
  local after = self.side:objects()
  for name, text in pairs(before) do
    if after[name] ~= text then return "touches " .. name end
    after[name] = nil
  end
  local made = next(after)
  return made and "makes " .. made
end

--- A run in a process of its own, with what is preloaded into it.
-- @param library name of one of tests/support/preload
-- @param variables for it, as a shell has them, with POINT_LOG=calls where calls are counted
-- @return exit status (128 + n for a signal), what it said
function Scene:run_with(library, variables)
  self.side:trouble()
  local words = ("cd %s && env -u LUA_PATH_5_4 LD_PRELOAD=%s %s ASAN_OPTIONS=%s %s sync.lua -q --allow-mass-delete board.json")
  local _, errors, status = shell.run(words:format(self.path, shell.quote(("%s/tests/%s.so"):format(os.getenv("BUILD_DIR"),
    library)), variables, (os.getenv("ASAN_OPTIONS") or "") .. ":verify_asan_link_order=0", shell.quote(os.getenv("FMCAL_LUA"))))
  self.side:await()
  return status, errors
end

-- The calls that a run has logged: list of names, with paths where they have one.
local function calls_of(self)
  local log = self.path .. "/calls"
  local calls = shell.lines("cat " .. log)
  os.remove(log)
  return calls
end

--- A run in a process of its own that is killed before its call number `at`, if it makes as many; never without `at`.
-- @return whether it was killed, its calls
function Scene:run_until(at)
  local status, errors = self:run_with("fault_points", "POINT_LOG=calls " .. (at and "POINT_KILL=" .. at or ""))
  assert(status == 0 or at and status == KILLED, errors)
  return status == KILLED, calls_of(self)
end

--- A run in a process of its own that can write nothing from its call number `at` on.
-- @return exit status, what it said, its calls
function Scene:run_until_full(at)
  local status, errors = self:run_with("fault_points", "POINT_LOG=calls POINT_FULL=" .. at)
  return status, errors, calls_of(self)
end

--- Numbers from 1 to `count`, evenly spread: `points` of them, or all.
function Scene.spread(count, points)
  local chosen = {}
  for i = 1, math.min(count, points) do chosen[i] = i * count // math.min(count, points) end
  return chosen
end

-- Where an event was edited after a write that seems not to have reached it, the write may have been taken back there: what
-- it says now is kept in the history before it is written over.
local function is_doubt(row, expected)
  return not expected.history[row] and row:find(" of the external: ", 1, true) ~= nil
end

-- An outcome with the rows of its history that are certain. `passing` is a set of rows of what was on the board only if
-- the killed run had come as far as that.
local function without_doubts(outcome, expected, passing)
  local history = {}
  for row in pairs(outcome.history) do
    history[row] = not passing[row] and not is_doubt(row, expected) or nil
  end
  return { board = outcome.board, objects = outcome.objects, history = history }
end

--- What is wrong with the next run and with the one after that, or nil.
-- @param expected outcome of the next run
-- @param passing where somebody has edited the calendar in between: set of rows that the history may lack
function Scene:complaint_about_next(expected, passing)
  local result = self:sync()
  if result.exit ~= 0 then return ("the next run ends with %d: %s"):format(result.exit, tostring(result.error or result.message)) end
  local outcome = self:outcome()
  if passing then
    outcome, expected = without_doubts(outcome, expected, passing), without_doubts(expected, expected, passing)
  end
  local equal, difference = pcall(lu.assertEquals, outcome, expected)
  if not equal then return "the next run ends elsewhere:\n" .. tostring(difference.msg or difference) end
  local left = self.side:leftovers()[1]
  if left then return "the next run leaves " .. left end
  local restless = self:restless()
  return restless and "the run after that " .. restless
end

-- ---------------------------------------------------------------- the start

--- Back to where both sides have been edited and no run has seen it.
function Scene:go_back()
  shell.lines(("rm -rf %s && cp -a %s/start %s"):format(self.path, self.root, self.path))
  self.side:go_back(self.path)
end

function Scene:__close()
  os.execute("rm -rf " .. shell.quote(self.root))
end

--- Makes both sides, brings them in step, edits them.
-- @param make function(folder) -> side
function Scene.new(make)
  local root = shell.lines("mktemp -d")[1]
  local self = setmetatable({ root = root, path = root .. "/place" }, Scene)
  os.execute("mkdir " .. self.path)
  self.side = make(self.path)
  local config = self.side:config()
  config.enabled, config.syncOptions = true, { timeZone = "Europe/Rome" }
  shell.write(self.path .. BOARD, FIRST_BOARD:format(json.encode(config, { sort = true })))
  local first = self:sync()
  assert(first.exit == 0, first.error)
  edit_board(self, EDITS_HERE)
  add_and_remove(self)
  edit_calendar(self, EDITS_THERE, "20300601T000000Z")
  delete_there(self)
  self.side:put("foreign.ics", FOREIGN)
  self.side:keep(root)
  shell.lines(("cp -a %s %s/start"):format(self.path, root))
  self.start = { board = without_times(self:board_text()), objects = objects_of(self) }
  return self
end

return Scene
