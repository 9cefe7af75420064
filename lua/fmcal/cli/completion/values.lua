-- What may be typed for a value, by the name that --help gives it.

local board = require "fmcal.board"
local boards = require "fmcal.cli.boards"
local config = require "fmcal.config"
local folder_of = require "fmcal.util.folder_of"
local profiles = require "fmcal.accounts.profiles"
local sys = require "fmcal.sys"
local templates = require "fmcal.trial.templates"

local values = {}

--- Says that names of files belong here, which shells know best.
values.FILES = "files"

local function words(list)
  local found = {}
  for i, word in ipairs(list) do found[i] = { word = word } end
  return found
end

-- ---------------------------------------------------------------- places

-- The shell alone knows what ~ and $HOME stand for.
local function is_plain(typed)
  return not typed:find("^~") and not typed:find("$", 1, true)
end

local function folders_in(folder, before)
  local found = {}
  for _, name in ipairs(sys.list(folder) or {}) do
    local stat = name:sub(1, 1) ~= "." and sys.stat(folder .. "/" .. name)
    if stat and stat.kind == "folder" then found[#found + 1] = { word = before .. name .. "/" } end
  end
  return found
end

-- Boards in the folder that is being typed, and the folders to go on in.
local function boards_from(_, typed)
  if not is_plain(typed) then return values.FILES end
  local before, folder = typed:match("^.*/") or "", folder_of(typed)
  local found = folders_in(folder == "" and "/" or folder, before)
  for _, name in ipairs(boards.in_folder(folder)) do found[#found + 1] = { word = before .. name } end
  return found
end

local function files()
  return values.FILES
end

-- ---------------------------------------------------------------- what a board holds

-- Hands over the board that the command line is about; nothing comes of a line without one.
local function of_board(read)
  return function(named)
    local paths = boards.find({ named }, nil)
    local opened <close> = paths and board.open(paths[1])
    return opened and read(opened) or {}
  end
end

local function entries(opened)
  local found, is_in = {}, {}
  for _, key in ipairs(opened:keys()) do
    local entry = opened:entry(key)
    if entry and not is_in[entry.id] then
      is_in[entry.id] = true
      found[#found + 1] = { word = entry.id, about = type(entry.value.title) == "string" and entry.value.title or nil }
    end
  end
  return found
end

local function calendars(opened)
  local found = {}
  local loaded = config.load(opened, { as_it_stands = true })
  for i, calendar in ipairs(loaded and loaded.calendars or {}) do
    found[i] = { word = calendar.name, about = calendar.provider }
  end
  return found
end

local function teams()
  local found = {}
  for i, path in ipairs(boards.in_folder(".")) do
    local opened <close> = board.open(path)
    found[i] = { word = opened and opened:member("team"), about = path }
  end
  return found
end

local function recipes()
  local found = {}
  for i, name in ipairs(templates.names()) do found[i] = { word = name, about = templates.summary(name) } end
  return found
end

local function nothing()
  return {}
end

-- ---------------------------------------------------------------- by name

local OF = {
  BOARD = boards_from, BOARDS = boards_from, PLACES = boards_from,
  ID = of_board(entries), CALENDAR = of_board(calendars), TEAM = teams, RECIPE = recipes,
  PROVIDER = function() return words(profiles.names()) end,
  F = files, FILE = files, PLAN = files, PLAN2 = files, RULES = files, OLD = files, NEW = files, PATHS = files,
  RECORDING = files, CMD = files, PATH = boards_from, DIR = files,
  -- Numbers, times, names of things that only the person knows.
  N = nothing, S = nothing, T = nothing, U = nothing, URL = nothing, NAME = nothing, PATTERN = nothing, CLIENT = nothing,
  ["MEMBER=VALUE"] = nothing, WORD = nothing, CIDR = nothing, DAYS = nothing, ADDR = nothing, METHOD = nothing,
  MEMBERS = nothing,
}

--- Whether a name is known here.
function values.knows(name)
  return OF[name] ~= nil
end

--- What may be typed for a value.
-- @param name "ID"
-- @param named string|nil the board that the command line names
-- @param typed what is there of the word
-- @return list of { word, about = string | nil }, or values.FILES
function values.of(name, named, typed)
  return (OF[name] or nothing)(named, typed)
end

return values
