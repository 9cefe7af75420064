-- The board file of a history, as people and programs edit it.
local json = require "fmcal.json"
local shell = require "shell"
local sim = require "sim"

local Board = {}
Board.__index = Board

local function item(id, due)
  return { id = id, title = id .. " t0", description = "d0", dueDate = due, priority = "high", status = "open",
    tags = json.array { "legal" }, extra = 1234567890123456789, note = "é" }
end
Board.item = item

local function first(config)
  local x1 = item("X-1", "2030-01-01")
  x1.subitems = json.array { { id = "S-1", title = "S t0", dueDate = "2030-01-02" } }
  return { team = "sim", calendarConfig = config,
    items = json.array { x1, item("X-2", "2030-01-03"), item("X-3", "2030-01-04T12:00:00Z"),
      item("X-4", "2030-01-05T12:00:00+02:00") },
    epics = json.array { { id = "E-1", type = "epic", title = "E t0", dueDate = "2030-01-06",
      metadata = { courtDate = "2030-01-07" } } } }
end

--- The entries that a history is about, by key.
Board.KEYS = { "X-1", "X-2", "X-3", "X-4", "X-5", "S-1", "E-1", "E-1.court-date" }
-- `location` travels where the rules declare it.
Board.FIELDS = { "title", "description", "dueDate", "tags", "priority", "location" }

function Board.new(path, config)
  local self = setmetatable({ path = path }, Board)
  self:write(first(config))
  return self
end

function Board:text()
  return shell.read(self.path)
end

function Board:read()
  return assert(json.decode(self:text()))
end

--- As programs save that care: a new file takes the place of the old one.
function Board:write_text(text)
  shell.write(self.path .. ".new", text)
  assert(os.rename(self.path .. ".new", self.path))
  sim.touch(self.path)
end

function Board:write(board)
  self:write_text(assert(json.encode(board, { indent = 2, sort = true })))
end

local function find(list, id)
  for i, entry in ipairs(type(list) == "table" and list or {}) do
    if entry.id == id then return entry, list, i end
    local found, within, at = find(entry.subitems, id)
    if found then return found, within, at end
  end
  return nil
end

function Board.is_court_date(key)
  return key:find(".court-date", 1, true) ~= nil
end

--- The entry of a key, the list it is in, its place there; nil where there is none.
function Board.entry(board, key)
  local id = key:gsub("%.court%-date$", "")
  local entry, list, at = find(board.items, id)
  if entry then return entry, list, at end
  return find(board.epics, id)
end

--- A field of an entry as it is on the board: court dates have a date alone.
function Board.get(board, key, field)
  local entry = Board.entry(board, key)
  if not entry then return nil end
  if not Board.is_court_date(key) then return entry[field] end
  return field == "dueDate" and entry.metadata and entry.metadata.courtDate or nil
end

--- What fmcal noted of an entry, nil where nothing.
function Board.sync_of(board, key)
  local entry = Board.entry(board, key)
  local sync
  if entry and Board.is_court_date(key) then sync = (entry.metadata or {}).courtDateSync else sync = entry and entry.calendarSync end
  return type(sync) == "table" and sync or nil
end

--- Whether the board asks for an event of an entry.
function Board.is_wanted(board, key)
  local entry = Board.entry(board, key)
  if not entry or entry.status == "archived" then return false end
  local due = Board.get(board, key, "dueDate")
  return due ~= nil and due ~= json.null
end

return Board
