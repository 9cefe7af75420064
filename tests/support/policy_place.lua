-- A board file and a calendar, to run whole syncs on and to edit both as other programs would.
--
-- A world describes the provider:
--   name, options, server    as for core.new: how another program reaches the calendar
--   config                   members of calendarConfig beside syncOptions, for the runs
--   add_foreign(place, key)  adds what fmcal does not own to an event, returns texts that must stay; nil: iCalendar
--   invite(place, key)       invites people to an event; nil: iCalendar
--   etags_age                true: an ETag says whether the object is young, and changes when it no longer is
--   undoes                   true: after each test its last run is taken back and done again (see undo_check)
--   providers                providers given to the runs instead of made by them, or nil
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local run = require "fmcal.sync.run"
local shell = require "shell"
local state = require "fmcal.state"
local undo_check = require "undo_check"

local Place = {}
Place.__index = Place

local OTHER_TIME = "2026-01-01T00:00:00Z"

-- What a test has made of board and calendar can be taken back, and done again.
function Place:__close(failed)
  local ok, problem = true, nil
  if not failed and self.world.undoes then ok, problem = pcall(undo_check.all, self) end
  if self.other then self.other:close() end
  os.execute("rm -rf " .. shell.quote(self.path))
  if not ok then error(problem, 0) end
end

-- Another program that uses the calendar: signed in once.
local function other_program(self)
  if not self.other then
    local world = self.world
    self.other = assert(core.new(world.name, world.options, world.server))
    assert(self.other:open())
  end
  return self.other
end

--- The objects in the calendar: list of { href, uid, etag, text }.
function Place:objects()
  local target = assert(assert(state.open(":memory:")):target("other"))
  assert(other_program(self):changes(target))
  local list = {}
  for _, row in ipairs(target:remotes()) do list[#list + 1] = target:remote(row.href) end
  return list
end

local function apply(self, write)
  local results, err = other_program(self):apply { write }
  assert(results and results[1].outcome == "done", tostring(err or results and results[1].error and results[1].error.message))
  return results[1]
end

--- The object of an entry, or nil.
function Place:object(key)
  for _, object in ipairs(self:objects()) do
    if object.uid == key .. "@fleetmonitor" or object.uid == key then return object end
  end
  return nil
end

--- The event that an object says, or nil.
function Place:decode(text)
  return (other_program(self):decode(text))
end

--- The event of an entry, or nil.
function Place:event(key)
  local object = self:object(key)
  if not object then return nil end
  return assert(other_program(self):decode(object.text))
end

--- Edits an event as another program does: members of the event table; `false` takes a member away.
function Place:edit_event(key, members)
  local object = assert(self:object(key), "there is no event of " .. key)
  local other = other_program(self)
  local event = assert(other:decode(object.text))
  for name, value in pairs(members) do event[name] = value or nil end
  local text = assert(other:encode(event, object.text))
  return apply(self, { kind = "update", uid = object.uid, href = object.href, etag = object.etag, text = text })
end

--- Replaces an event's object by what fn makes of its text.
function Place:rewrite(key, fn)
  local object = assert(self:object(key), "there is no event of " .. key)
  apply(self, { kind = "update", uid = object.uid, href = object.href, etag = object.etag, text = fn(object.text) })
end

--- Replaces text in an event's object. Raises where it is not there.
function Place:edit_text(key, pattern, replacement)
  self:rewrite(key, function(before)
    local text, count = before:gsub(pattern, replacement)
    assert(count > 0, "the event of " .. key .. " does not hold " .. pattern)
    return text
  end)
end

function Place:delete_event(key)
  local object = assert(self:object(key), "there is no event of " .. key)
  apply(self, { kind = "delete", uid = object.uid, href = object.href, etag = object.etag })
end

function Place:create_event(event)
  apply(self, { kind = "create", uid = event.uid, text = assert(other_program(self):encode(event)) })
end

-- What another program adds to an iCalendar object.
local function add_to_ics(self, key)
  self:edit_text(key, "END:VEVENT", "LOCATION:Room 5\r\nX-OTHER:kept\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n"
    .. "DESCRIPTION:theirs\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT")
  return { "LOCATION:Room 5", "X-OTHER:kept", "TRIGGER:-PT5M", "DESCRIPTION:theirs" }
end

--- Adds what fmcal does not own to an event. @return texts that must be in its object afterwards
function Place:add_foreign(key)
  return (self.world.add_foreign or add_to_ics)(self, key)
end

local function empty(self)
  for _, object in ipairs(self:objects()) do
    apply(self, { kind = "delete", uid = object.uid or object.href, href = object.href })
  end
end

--- A fresh board over the empty calendar.
-- @param world see above
-- @param board { items, epics, options (syncOptions), rules (text of a rules file) }
function Place.new(world, board)
  local self = setmetatable({ world = world, path = shell.lines("mktemp -d")[1] }, Place)
  self.board_path = self.path .. "/board.json"
  empty(self)
  local config = { enabled = true, syncOptions = board.options or {}, rules = board.rules and "rules.lua" or nil }
  for name, value in pairs(world.config) do config[name] = value end
  if board.rules then shell.write(self.path .. "/rules.lua", board.rules) end
  self:write { team = "academy", teamName = "ACADEMY", calendarConfig = config, items = json.array(board.items or {}),
    epics = json.array(board.epics or {}) }
  return self
end

--- Replaces the board's rules file.
function Place:rules(text)
  shell.write(self.path .. "/rules.lua", text)
end

function Place:write(board)
  local path = self.board_path .. ".other"
  shell.write(path, assert(json.encode(board, { indent = 2, sort = true })))
  assert(os.rename(path, self.board_path))
end

function Place:board()
  return assert(json.decode(shell.read(self.board_path)))
end

local function find(list, id)
  for _, entry in ipairs(list or {}) do
    if entry.id == id then return entry end
    local found = find(entry.subitems, id)
    if found then return found end
  end
  return nil
end

local function entry_in(board, id)
  return find(board.items, id) or find(board.epics, id)
end

--- An entry of the board, by its id.
function Place:entry(id)
  return entry_in(self:board(), id)
end

--- Edits an entry as Fleet Monitor does: members to set; json.null stays null, `false` takes one away.
function Place:edit(id, members)
  local board = self:board()
  local entry = assert(entry_in(board, id))
  entry.updatedAt = OTHER_TIME
  for name, value in pairs(members) do
    if value == false then entry[name] = nil else entry[name] = value end
  end
  self:write(board)
end

--- Edits the whole board: fn gets it as a table.
function Place:edit_board(fn)
  local board = self:board()
  fn(board)
  self:write(board)
end

--- Takes an entry off the board.
function Place:remove(id)
  local board = self:board()
  for _, list in ipairs { board.items, board.epics } do
    for i, entry in ipairs(list) do
      if entry.id == id then table.remove(list, i) end
    end
  end
  self:write(board)
end

--- Forgets what fmcal knows.
function Place:lose_state()
  self.before, self.after = nil, nil
  os.execute("rm -rf " .. shell.quote(self.path .. "/.fmcal"))
end

--- Syncs. @return the result of the run
function Place:sync(options)
  -- In one slice and in several, by turns.
  self.runs = (self.runs or 0) + 1
  local all = { board = self.board_path, providers = self.world.providers, slice_size = self.runs % 2 == 0 and 1000 or 2 }
  for name, value in pairs(options or {}) do all[name] = value end
  local result = run.sync(all)
  if self.world.undoes and not all.dry_run then undo_check.note(self, result) end
  return result
end

--- Syncs and expects the exit status, 0 unless given.
function Place:expect(exit, options)
  local result = self:sync(options)
  lu.assertEquals({ result.exit, result.exit ~= exit and (result.error or result.message) or nil }, { exit or 0 },
    json.encode(result.result or {}))
  return result
end

--- What was overwritten, newest first: list of history rows.
function Place:history(key)
  local opened = assert(state.open(self.path .. "/.fmcal/academy.db"))
  local rows = opened:history { key = key }
  opened:close()
  return rows
end

--- What is in the calendar, to be compared with what is there later.
function Place:contents()
  local list = {}
  for _, object in ipairs(self:objects()) do
    list[#list + 1] = ("%s %s\n%s"):format(object.href, self.world.etags_age and "" or object.etag, object.text)
  end
  table.sort(list)
  return list
end

local function identity(path)
  return shell.run("stat -c '%i %Y %Z %s' " .. shell.quote(path)) .. shell.read(path)
end

--- A run that finds nothing to do: no write, the board file not even touched.
-- @param exit status it ends with: 0, or 4 where a conflict waits
function Place:assert_settled(exit, options)
  local events, file = self:contents(), identity(self.board_path)
  local result = self:expect(exit or 0, options)
  for _, action in ipairs(result.actions) do
    if action.action ~= "conflict" and action.action ~= "wait" then
      lu.fail(("the next run still has to %s %s (%s)"):format(action.action, action.key, tostring(action.detail)))
    end
  end
  lu.assertEquals(identity(self.board_path), file, "the next run touches the board")
  lu.assertEquals(self:contents(), events, "the next run writes to the calendar")
end

return Place
