-- The boards that a server was started for, by names that say nothing of where they lie.

local boards = require "fmcal.cli.boards"
local did_you_mean = require "fmcal.util.did_you_mean"
local fail = require "fmcal.util.failure"
local folder_of = require "fmcal.util.folder_of"
local sys = require "fmcal.sys"

local places = {}

local function failure(message, ...)
  return fail("invalid", "mcp", message, ...)
end

local function is_below(path, folder)
  return path == folder or path:sub(1, #folder + 1) == folder .. "/"
end

-- ---------------------------------------------------------------- folders and boards

-- A folder or a single board, as { folder = absolute, only = name of a file | nil }.
local function place_of(word)
  local stat = sys.stat(word)
  if stat and stat.kind == "folder" then return { folder = assert(sys.absolute(word)) } end
  local missing = boards.missing(word)
  if missing then return fail("notfound", "mcp", "%s", missing) end
  local folder = assert(sys.absolute(folder_of(word)))
  return { folder = folder, only = word:match("[^/]*$") }
end

--- What the words of a command line name: boards, and folders with boards.
-- @return list of { folder, only }, or nil and an error
function places.read(words)
  local list = {}
  for i, word in ipairs(words) do
    local place, err = place_of(word)
    if not place then return nil, err end
    list[i] = place
  end
  return list
end

--- The folders, those within others left out.
function places.folders(list)
  local folders = {}
  for _, place in ipairs(list) do
    local is_new = true
    for _, known in ipairs(folders) do is_new = is_new and not is_below(place.folder, known) end
    if is_new then folders[#folders + 1] = place.folder end
  end
  return folders
end

local function basename(path)
  return path:match("[^/]*$")
end

--- The boards that are there now, sorted by name. Where two files have one name, the name of the folder stands in front.
-- @return list of { name, path, folder }
function places.boards(list)
  local found, seen, times = {}, {}, {}
  for _, place in ipairs(list) do
    for _, name in ipairs(place.only and { place.only } or boards.in_folder(place.folder)) do
      local path = place.folder .. "/" .. name
      if not seen[path] then
        found[#found + 1] = { name = name, path = path, folder = place.folder }
        times[name] = (times[name] or 0) + 1
      end
      seen[path] = true
    end
  end
  for _, board in ipairs(found) do
    if times[board.name] > 1 then board.name = basename(board.folder) .. "/" .. board.name end
  end
  table.sort(found, function(a, b) return a.name < b.name end)
  return found
end

local function names_of(found)
  local names = {}
  for i, board in ipairs(found) do names[i] = board.name end
  return names
end

--- The board of a name, or the only one.
-- @return { name, path, folder }, or nil and an error
function places.board(list, name)
  local found = places.boards(list)
  local names = names_of(found)
  if #found == 0 then return failure("there is no board: the folder has none") end
  if not name and #found == 1 then return found[1] end
  if not name then return failure("which board? There are %s", table.concat(names, ", ")) end
  for _, board in ipairs(found) do
    if board.name == name then return board end
  end
  return failure("there is no board %s%s; `boards` lists them", name, did_you_mean(name, names))
end

--- The name of the board at an absolute path; nil where it is none of them.
function places.name_of(list, path)
  for _, board in ipairs(places.boards(list)) do
    if sys.absolute(board.path) == path then return board.name end
  end
  return nil
end

-- ---------------------------------------------------------------- files

--- The path of a file beside a board, which must lie in that folder.
-- @return absolute path, or nil and an error
function places.file(board, name)
  if name:sub(1, 1) == "/" then return failure("%s: name a file in the folder of the board, without a path in front", name) end
  local path, err = sys.absolute(board.folder .. "/" .. name)
  if not path then return fail(err.code, "mcp", "there is no file %s in the folder of the board", name) end
  if not is_below(path, board.folder) then return failure("%s lies outside the folder of the board", name) end
  return path
end

return places
