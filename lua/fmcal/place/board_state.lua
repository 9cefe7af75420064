-- The state of a board: where it lies, opening it, whose it is, the lock that its runs take turns with, what lies beside it.

local attempt = require "fmcal.util.attempt"
local board = require "fmcal.board"
local config = require "fmcal.config"
local folder_of = require "fmcal.util.folder_of"
local state = require "fmcal.state"
local sys = require "fmcal.sys"
local url = require "fmcal.url"

local board_state = {
  --- How long a command waits for another one that holds a lock.
  LOCK_WAIT_MS = 30000,
}

local EXTENSION = ".db"

local function file_name(team)
  return team:gsub("[^%w._-]", function(c) return ("%%%02X"):format(c:byte()) end) .. EXTENSION
end

--- Where the state of a board lies.
-- @param board_path string
-- @param team string
-- @param given string|nil --state or FMCAL_STATE: a file, or a folder: one that is there, or a name with a / at its end
-- @return path, and whether a person named this very file
function board_state.path(board_path, team, given)
  given = given or os.getenv("FMCAL_STATE")
  local own_name = file_name(team)
  if not given or given == "" then return config.resolve(board_path, ".fmcal/" .. own_name), false end
  if given:sub(-1) == "/" then return given .. own_name, false end
  local stat = sys.stat(given)
  if stat and stat.kind == "folder" then return given .. "/" .. own_name, false end
  return given, true
end

--- Opens the state of a board; parameters as for path().
-- @param options { read_only }
-- @return fmcal.state and a warning, or nil and an error; third, the path
function board_state.open(board_path, team, given, options)
  local path, named = board_state.path(board_path, team, given)
  local opened, err = state.open(path, { read_only = options.read_only, named = named })
  return opened, err, path
end

--- Takes the lock that the runs of a state take turns with.
-- @param wait_ms integer|nil
-- @return lock, or nil and an error
function board_state.lock(opened, wait_ms)
  return opened:lock(wait_ms or board_state.LOCK_WAIT_MS)
end

--- The board that a state was last used with, or nil.
function board_state.owner(opened)
  return attempt.found(opened:get("board"))
end

--- The other board that a state belongs to; nil where it is this one's, or where the other one is there no more.
function board_state.other_owner(opened, board_path)
  local known = board_state.owner(opened)
  if not known or known == board_path or not sys.stat(known) then return nil end
  return sys.absolute(known) ~= sys.absolute(board_path) and known or nil
end

--- The team whose state, beside this one, belongs to a board: the name that the team had before, or nil.
-- @param path string of the state that the team has now
function board_state.former_team(path, board_path)
  local folder = folder_of(path)
  for _, name in ipairs(sys.list(folder) or {}) do
    local other_path = folder .. "/" .. name
    local is_other = name:sub(-#EXTENSION) == EXTENSION and other_path ~= path
    local other <close> = is_other and state.open(other_path, { read_only = true }) or nil
    if other and board_state.owner(other) == board_path then return url.decode(name:sub(1, -#EXTENSION - 1)) end
  end
  return nil
end

--- Notes which board a state belongs to.
function board_state.set_owner(opened, board_path)
  assert(opened:set("board", board_path))
end

--- Where the board lies as it was before the last run that wrote it; nil for a state in memory.
function board_state.previous_board(opened)
  return opened:beside("previous-board")
end

--- Removes what killed runs left beside a board and its state.
function board_state.sweep(opened, board_path)
  board.sweep(board_path)
  local previous = board_state.previous_board(opened)
  if previous then board.sweep(previous) end
end

return board_state
