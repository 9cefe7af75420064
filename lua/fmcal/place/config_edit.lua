-- Changing a board's calendarConfig: under the board's lock, in one step, and noted so that an older copy of the board that
-- another program saves over it is recognised.

local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local config = require "fmcal.config"
local config_rewind = require "fmcal.config.rewind"

-- Saves what was edited. @return whether there was anything, or nil and an error
local function save(opened, before)
  local changed, after = opened:dirty(), config_rewind.section(opened)
  local saved, unsaved = opened:save {}
  if not saved then return nil, unsaved end
  local team = opened:member("team")
  if changed and type(team) == "string" then config_rewind.note(board_state.path(opened:path(), team), before, after) end
  return changed
end

--- Changes a board.
-- @param path string
-- @param edit function(opened, section): edits the board; `section` is its calendarConfig as it stands there. Returns nil and an
--   error where nothing is to be written
-- @return whether the board changed; or nil and an error
local function config_edit(path, edit)
  local lock <close>, locked = board.lock(path, board_state.LOCK_WAIT_MS)
  if not lock then return nil, locked end
  local opened <close>, unread = board.open(path)
  if not opened then return nil, unread end
  local section, refused = config.section(opened)
  if not section then return nil, refused end
  local before = config_rewind.section(opened)
  local ok, err = edit(opened, section)
  if not ok then return nil, err end
  return save(opened, before)
end

return config_edit
