-- A new master key: the blobs of a file are opened with CALENDAR_ENCRYPTION_KEY_OLD (or the new key) and encrypted
-- with CALENDAR_ENCRYPTION_KEY.
--
-- Interrupted at any point, every blob stays readable: a file is replaced in one step, once all of its blobs are
-- done, and blobs that have the new key already are left as they are. So it can be run again.

local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local config_rewind = require "fmcal.config.rewind"
local credentials = require "fmcal.credentials"
local crypto = require "fmcal.crypto"
local failure = require "fmcal.util.failure"
local json = require "fmcal.json"
local sys = require "fmcal.sys"

local rotate = {}


-- The calendarConfig of a board, or of a file of its own, and where it lies in the file.
local function section_of(document)
  local section = document:member("calendarConfig")
  if type(section) == "table" then return section, { "calendarConfig" } end
  section = {}
  for name in pairs(json.decode(document:text()) or {}) do section[name] = document:member(name) end
  return section, {}
end

local function joined(path, more)
  local copy = table.move(path, 1, #path, 1, {})
  return table.move(more, 1, #more, #copy + 1, copy)
end

local function has_all(members, of)
  for name, value in pairs(of) do
    if members[name] == nil or not crypto.equal(members[name], value) then return false end
  end
  return true
end

-- A blob of the same members made with the current key; it is opened once, so that nothing unreadable is written.
local function sealed_again(members, ids, keyring)
  local blob, err = credentials.seal(members, ids, keyring)
  if not blob then return nil, err end
  local again, wrong = credentials.open(blob, ids, keyring)
  if not again then return nil, wrong end
  if not (has_all(members, again) and has_all(again, members)) then
    return failure("crypto", "rotate", "the credentials of %s do not come back as they were", ids.provider)
  end
  return blob
end

-- What becomes of one place: what was done, the new blob, and the plain members to remove; or nil and an error.
local function renew(place, ids, keyring)
  local blob, names = credentials.encrypted(place.section, ids, keyring)
  if blob then return "encrypted", blob, names end
  if names then return nil, names end
  local old = place.section.encrypted
  if type(old) ~= "string" then return "none" end
  local current, err = keyring:is_current(old, ids.team)
  if current == nil then return nil, err end
  local members, wrong = credentials.open(old, ids, keyring)
  if not members then return nil, wrong end
  if current then return "current" end
  local new, refused = sealed_again(members, ids, keyring)
  if not new then return nil, refused end
  return "rotated", new, {}
end

local function place_name(place)
  return #place.path == 1 and place.provider or place.path[1]
end

local function change_all(document, path_shown, team, keyring)
  local section, base = section_of(document)
  local results = {}
  for _, place in ipairs(credentials.places(section)) do
    local done, blob, names = renew(place, { team = team, provider = place.provider }, keyring)
    if not done then
      return failure(blob.code, "rotate", "%s, credentials of %s: %s", path_shown, place_name(place), blob.message)
    end
    local path = joined(base, place.path)
    if blob then
      document:set(nil, joined(path, { "encrypted" }), blob)
      for _, name in ipairs(names) do document:remove(nil, joined(path, { name })) end
    end
    if done ~= "none" then results[#results + 1] = { name = place_name(place), done = done } end
  end
  return results
end

local function work_on(path, options)
  local document <close>, err = board.open(path)
  if not document then return nil, err end
  local team = options.team or document:member("team")
  if type(team) ~= "string" then
    return failure("invalid", "rotate", "%s has no \"team\" (a string): add one, or name its board too", path)
  end
  local before = config_rewind.section(document)
  local results, wrong = change_all(document, path, team, options.keyring)
  if not results or options.dry_run then return results, wrong end
  local changed, after = document:dirty(), config_rewind.section(document)
  local saved, refused = document:save {}
  if not saved then return nil, refused end
  if changed and after then config_rewind.note(board_state.path(path, team), before, after) end
  return results
end

--- Encrypts the credentials in one file with the current key.
-- @param path string a board, or a file with a calendarConfig
-- @param options table { team = string|nil of a file that is no board, keyring = from credentials.keyring,
--   dry_run = boolean }
-- @return list of { name, done = "rotated" | "encrypted" (was plain) | "current" }, or nil and an error
function rotate.file(path, options)
  if options.dry_run then return work_on(path, options) end
  local lock <close>, locked = board.lock(path, board_state.LOCK_WAIT_MS)
  if not lock then return nil, locked end
  board.sweep(sys.absolute(path) or path) -- what a killed run left holds the old blobs
  return work_on(path, options)
end

return rotate
