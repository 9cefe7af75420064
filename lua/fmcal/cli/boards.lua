-- Which boards a command works on: those named, FMCAL_BOARD, or the folder's only board.

local board = require "fmcal.board"
local did_you_mean = require "fmcal.util.did_you_mean"
local exits = require "fmcal.exits"
local folder_of = require "fmcal.util.folder_of"
local sys = require "fmcal.sys"

local boards = {}

local function json_files(folder)
  local names = {}
  for _, name in ipairs(sys.list(folder) or {}) do
    if name:find("%.json$") and name:sub(1, 1) ~= "." then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- A board is a JSON file with a team and entries; configuration files and plans are none.
local function board_team(path)
  local opened <close> = board.open(path)
  if not opened then return nil end
  local team = opened:member("team")
  local has_entries = type(opened:member("items")) == "table" or type(opened:member("epics")) == "table"
  return type(team) == "string" and has_entries and team or nil
end

--- The boards in a folder, sorted by name.
-- @param team string|nil only those of this team
-- @return list of file names
function boards.in_folder(folder, team)
  local found = {}
  for _, name in ipairs(json_files(folder)) do
    local own = board_team(folder .. "/" .. name)
    if own and (not team or own == team) then found[#found + 1] = name end
  end
  return found
end

local function the_only_one(team)
  local found = boards.in_folder(".", team)
  if #found == 1 then return found end
  local of_team = team and (" of team %q"):format(team) or ""
  if #found == 0 then
    return nil, ("no board is named, FMCAL_BOARD is not set, and there is none%s in this folder: name one, for example "
      .. "board.json"):format(of_team), exits.UNREACHABLE
  end
  return nil, ("no board is named and this folder has several%s: %s; name one"):format(of_team, table.concat(found, ", ")),
    exits.USAGE
end

--- What keeps a board from being read at all: a sentence, nil for a file.
function boards.missing(path)
  local stat, err = sys.stat(path)
  if stat and stat.kind == "folder" then return ("%s is a folder: name the board file in it"):format(path) end
  if stat then return nil end
  if err.code ~= "notfound" then return "cannot read the board " .. err.message end
  local near = did_you_mean(path:match("[^/]*$"), json_files(folder_of(path)), ": did you mean %s?")
  return ("there is no board %s%s"):format(path, near)
end

-- Those of a team, and those that are missing: what team they are of cannot be said.
local function of_team(paths, team)
  local found, is_there = {}, false
  for _, path in ipairs(paths) do
    local missing = boards.missing(path) ~= nil
    if missing or board_team(path) == team then
      found[#found + 1] = path
      is_there = is_there or not missing
    end
  end
  if not is_there then return nil, ("none of the boards is of team %q"):format(team), exits.UNREACHABLE end
  return found
end

--- The paths of the boards; those that are named need not exist.
-- @param named list of paths from the command line, may be empty
-- @param team string|nil --team: of several boards only those of that team count
-- @return list of paths; or nil, a sentence and the exit status
function boards.find(named, team)
  local from_env = os.getenv("FMCAL_BOARD")
  if #named == 0 and from_env and from_env ~= "" then named = { from_env } end
  if #named == 0 then return the_only_one(team) end
  if team and #named > 1 then return of_team(named, team) end
  return named
end

return boards
