-- The boards that the server serves: those of its folders and those that were named, as they appear, change and vanish.
--
--   teams:get("academy")   the board of a team, or nil
--   teams:all()            all of them, by team
--
-- A board: { team, path, state, mark, accounts, rules, facts = what decides about runs, error = why it cannot be read, refused =
-- list of paths that have the same team and are not served }; teams.standing(board) is what fmcal.serve.views.status said of it.
-- What is not known yet is nil. A board that is broken keeps the team it had; one that never had any is called as its file.
--
-- Changes come from inotify, and from a look at everything now and then where there is none. Boards are read by readers.

local folder_of = require "fmcal.util.folder_of"
local json = require "fmcal.json"
local log = require "fmcal.log"
local mark = require "fmcal.util.mark"
local sys = require "fmcal.sys"
local watch = require "fmcal.watch"

local teams = {}

local Teams = {}
Teams.__index = Teams

-- How long a file must have been left alone before it is read.
local SETTLED_MS = 500
-- How often everything is looked at, with and without inotify.
local RESCAN_MS, RESCAN_BLIND_MS = 300000, 5000
-- How many boards a reader is asked about at once.
local BATCH = 20
local READ_MS = 60000
-- How many files are looked at without a pause.
local SLICE = 500

-- ---------------------------------------------------------------- looking

local function is_board_name(name)
  return name:find("%.json$") ~= nil and name:sub(1, 1) ~= "."
end

local function name_of_file(path)
  return (path:match("([^/]*)$"):gsub("%.json$", ""))
end

-- The paths that may be boards, in order: {[path] = true} and a list.
local function look(self)
  local paths, list = {}, {}
  local function add(path)
    if not paths[path] then list[#list + 1] = path end
    paths[path] = true
  end
  for _, place in ipairs(self.places) do
    if not place.is_folder then add(place.path) end
    for _, name in ipairs(place.is_folder and sys.list(place.path) or {}) do
      if is_board_name(name) then add(place.path .. "/" .. name) end
    end
  end
  table.sort(list)
  return paths, list
end

-- ---------------------------------------------------------------- what was read

local function by_path(self, path)
  return self.boards[path]
end

local function vanish(self, board)
  self.boards[board.path] = nil
  if self.of_team[board.team] == board then
    self.of_team[board.team] = nil
    self.on("vanished", board)
  end
  -- Another board of this team was refused because of it.
  for _, path in ipairs(board.refused) do self:touch(path) end
end

local function refuse(self, served, path)
  for _, known in ipairs(served.refused) do
    if known == path then return end
  end
  table.insert(served.refused, path)
  log.warn("serve", "%s is not served: its team %q is that of %s", path, served.team, served.path)
  self.on("refused", served, path)
end

local function all_paused(standing)
  for _, calendar in ipairs(standing.calendars) do
    if calendar.connected and not calendar.paused then return false end
  end
  return #standing.calendars > 0
end

local function facts_of(standing)
  return { is_auto = standing.syncEnabled and standing.autoSync and not standing.off, minutes = standing.syncInterval,
    pending = standing.pending.board, is_paused = all_paused(standing) }
end

-- A text takes a tenth of the memory that its tables take.
local function copy(board, found)
  board.mark, board.error = found.mark, found.error
  if found.team then board.accounts, board.rules = found.accounts, found.rules end
  if not found.standing then return end
  board.facts, board.text = facts_of(found.standing), json.encode(found.standing)
end

--- What fmcal.serve.views.status said of a board last; nil where it could never be read.
function teams.standing(board)
  return board.text and json.decode(board.text)
end

local function appear(self, found, team)
  local board = { team = team, path = found.board, state = self.state, refused = {}, accounts = {} }
  copy(board, found)
  self.boards[board.path], self.of_team[team] = board, board
  self.on("appeared", board)
end

-- Takes over what a reader or a runner says of a board.
-- @param why "board", "rules", "run" or "look"
local function take(self, found, why)
  local board = by_path(self, found.board)
  if not found.is_board then return board and vanish(self, board) end
  local team = found.team or board and board.team or name_of_file(found.board)
  if board and board.team ~= team then
    vanish(self, board)
    board = nil
  end
  if board then
    copy(board, found)
    return self.on("changed", board, why)
  end
  local served = self.of_team[team]
  if served then return refuse(self, served, found.board) end
  appear(self, found, team)
end

--- Takes over how a board stands after its run.
-- @param found fmcal.serve.engine.stand
function Teams:ran(found)
  self.own_marks[found.board] = found.mark
  take(self, found, "run")
end

-- ---------------------------------------------------------------- reading

local function read_batch(self, paths, why, done)
  local places = {}
  for i, path in ipairs(paths) do places[i] = { board = path, state = self.state } end
  local call = self.readers:call("stands", { boards = places }, { deadline_ms = READ_MS })
  call.promise:done(function(list, err)
    if not list then log.warn("serve", "boards could not be read: %s", err.message) end
    for _, found in ipairs(list or {}) do take(self, found, why) end
    if done then done() end
  end)
end

-- Reads some boards, batch by batch.
local function read(self, paths, why, done)
  local batch = table.move(paths, 1, BATCH, 1, {})
  if #batch == 0 then return done and done() end
  read_batch(self, batch, why, function() read(self, table.move(paths, #batch + 1, #paths, 1, {}), why, done) end)
end

-- ---------------------------------------------------------------- changes

-- While a run works on a board, what it writes is not told apart from what others write: that is looked at afterwards.
local function settle(self, path, why)
  self.touched[path] = nil
  local board = by_path(self, path)
  if mark(path) == "missing" then
    if board then vanish(self, board) end
    return
  end
  if board and self.is_busy(board) then return self:touch(path, why) end
  if why == "board" and board and mark(path) == self.own_marks[path] then return end
  read(self, { path }, why)
end

--- Reads a board again, once its file has been left alone for a moment.
-- @param why "board" (the default) or "rules"
function Teams:touch(path, why)
  if self.touched[path] then self.tasks:cancel(self.touched[path]) end
  self.touched[path] = self.tasks:after(SETTLED_MS, function() settle(self, path, why or "board") end)
end

-- The boards whose rules a file may be: those with rules of their own in this folder.
local function touch_users(self, path)
  local folder = folder_of(path)
  for _, board in pairs(self.boards) do
    if board.rules and folder_of(board.rules) == folder then
      self:touch(board.path, "rules")
    end
  end
end

-- Watches a folder; once is enough.
local function watch_folder(self, folder)
  if not self.watched or self.folders[folder] then return end
  self.folders[folder] = self.watched:add(folder) or nil
end

local function is_named(self, path)
  for _, place in ipairs(self.places) do
    if place.is_folder and place.path == folder_of(path) or place.path == path then return true end
  end
  return false
end

local function heard(self)
  for _, change in ipairs(self.watched:changes()) do
    local path = change.folder and change.name and change.folder .. "/" .. change.name
    if not path then
      if change.kind == "folder_gone" then self.folders[change.folder] = nil end
      self:look()
    elseif path:find("%.lua$") then
      touch_users(self, path)
    elseif is_board_name(change.name) and is_named(self, path) then
      self:touch(path)
    end
  end
end

-- Whether a file is not as it was when it was read last.
local function has_changed(self, path)
  local board = by_path(self, path)
  if not board then return true end
  local now = mark(path)
  return now ~= board.mark and now ~= self.own_marks[path]
end

-- Finds those of a list that have changed; done(list of them). Some at a time, so that others get their turn.
local function find_changed(self, list, done, from, found)
  from, found = from or 1, found or {}
  local last = math.min(from + SLICE - 1, #list)
  for i = from, last do
    if has_changed(self, list[i]) then found[#found + 1] = list[i] end
  end
  if last == #list then return done(found) end
  self.tasks:after(0, function() find_changed(self, list, done, last + 1, found) end)
end

--- Looks at everything: what is new, what has changed, what is gone.
-- @param done function()|nil called when it is known
function Teams:look(done)
  local paths, list = look(self)
  for path, board in pairs(self.boards) do
    if not paths[path] then vanish(self, board) end
  end
  find_changed(self, list, function(changed) read(self, changed, "look", done) end)
end

--- Reads everything anew, whether it seems to have changed or not.
-- @param done function()|nil called when it is known
function Teams:reread(done)
  for _, board in pairs(self.boards) do board.mark, self.own_marks[board.path] = nil, nil end
  self:watch_folders()
  self:look(done)
end

local function look_again(self)
  self.tasks:after(self.watched and RESCAN_MS or RESCAN_BLIND_MS, function()
    self:watch_folders()
    self:look(function() look_again(self) end)
  end)
end

--- Watches the folders of all boards and of their rules.
function Teams:watch_folders()
  for _, place in ipairs(self.places) do watch_folder(self, place.is_folder and place.path or folder_of(place.path)) end
  for _, board in pairs(self.boards) do
    if board.rules then watch_folder(self, folder_of(board.rules)) end
  end
end

-- ---------------------------------------------------------------- asking

function Teams:get(team)
  return self.of_team[team]
end

--- All boards, by team.
function Teams:all()
  local list = {}
  for _, board in pairs(self.of_team) do list[#list + 1] = board end
  table.sort(list, function(a, b) return a.team < b.team end)
  return list
end

--- Finds the boards, and follows them from then on.
-- @param done function() called once they are known
function Teams:start(done)
  self:watch_folders()
  self:look(function()
    self:watch_folders()
    look_again(self)
    done()
  end)
end

local function place_of(path)
  local stat = sys.stat(path)
  local absolute = sys.absolute(path) or path
  return { path = absolute, is_folder = stat ~= nil and stat.kind == "folder" }
end

--- @param all fmcal.children.tasks
-- @param options { paths = boards and folders, state = --state, readers = fmcal.children.pool,
--   is_busy = function(board): whether a run works on it,
--   on = function(event, board, …): "appeared", "changed" (why = "board", "rules", "run" or "look"), "vanished",
--   "refused" (path of the other board) }
function teams.new(all, options)
  local self = setmetatable({ tasks = all, readers = options.readers, state = options.state, on = options.on,
    is_busy = options.is_busy, places = {}, boards = {}, of_team = {}, touched = {}, own_marks = {}, folders = {},
    watched = watch.open() }, Teams)
  for i, path in ipairs(options.paths) do self.places[i] = place_of(path) end
  if self.watched then all:watch(self.watched, function() heard(self) end) end
  return self
end

return teams
