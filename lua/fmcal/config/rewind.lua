-- calendarConfig that another program rewound: it read the board before a command wrote members of it, and saved it after.
-- What a command has written is noted in the state; where calendarConfig is again what it was before, the next run puts it
-- back. An edit of any other member shows that somebody has seen what the command wrote.

local attempt = require "fmcal.util.attempt"
local crypto = require "fmcal.crypto"
local json = require "fmcal.json"
local log = require "fmcal.log"
local sorted_names = require "fmcal.util.sorted_names"
local state = require "fmcal.state"

local config_rewind = {}

local SECTION, NAME = "calendarConfig", "replaced.config"

local function is_object(value)
  return type(value) == "table" and next(value) ~= nil and value[1] == nil
end

-- A value to be compared and kept: without secrets. @return copy, whether it holds one
local function without_secrets(value)
  if type(value) ~= "table" then
    local is_secret = type(value) == "userdata" and value ~= json.null
    return is_secret and "secret" or value, is_secret
  end
  if not is_object(value) then return value, false end
  local copy, found = {}, false
  for name, member in pairs(value) do
    local holds
    copy[name], holds = without_secrets(member)
    found = found or holds
  end
  return copy, found
end

local function text_of(value)
  return assert(json.encode(value == nil and {} or value, { sort = true }))
end

local function print_of(section)
  return crypto.encode("base64", crypto.sha256(text_of((without_secrets(section)))))
end

-- Adds the members in which two objects differ: { path =, value = } (none where it is not there any more).
local function add_changes(list, before, after, path)
  local names = {}
  for name in pairs(before) do names[name] = true end
  for name in pairs(after) do names[name] = true end
  for _, name in ipairs(sorted_names(names)) do
    local old, new, place = before[name], after[name], { table.unpack(path) }
    place[#place + 1] = name
    if is_object(old) and is_object(new) then
      add_changes(list, old, new, place)
    elseif (old == nil) ~= (new == nil) or text_of(old) ~= text_of(new) then
      list[#list + 1] = { path = json.array(place), value = new }
    end
  end
  return list
end

--- calendarConfig of a board, as it is now.
function config_rewind.section(opened)
  local section = opened:member(SECTION)
  return is_object(section) and section or nil
end

-- A secret that stands unencrypted in the board is kept nowhere else: then nothing is noted.
local function note_of(before, after)
  local now, holds_secret = without_secrets(after)
  if holds_secret then return nil end
  local changes = add_changes(json.array {}, without_secrets(before or {}), now, {})
  return #changes > 0 and assert(json.encode { before = print_of(before), changes = changes }) or nil
end

--- Notes what a command has written; the board has been saved.
-- @param path of the state
-- @param before, after from config_rewind.section
function config_rewind.note(path, before, after)
  local opened, err = state.open(path)
  if not opened then
    log.warn("state", "%s: an older copy of the board that is saved will undo this", err.message)
    return
  end
  assert(opened:set(NAME, note_of(before, after)))
  opened:close()
end

local function differs(section, change)
  local value = section
  for _, name in ipairs(change.path) do value = is_object(value) and value[name] or nil end
  return text_of(without_secrets(value)) ~= text_of(change.value)
end

local function put(opened, changes)
  for _, change in ipairs(changes) do
    local path = { SECTION, table.unpack(change.path) }
    if change.value == nil then assert(opened:remove(nil, path)) else assert(opened:set(nil, path, change.value)) end
  end
end

-- What somebody has changed since is not kept any longer: it may be a credential.
local function forget_where_edited(store, section, note)
  for _, change in ipairs(note.changes) do
    if differs(section or {}, change) then return assert(store:set(NAME, nil)) end
  end
end

--- Puts back, in memory, what an older copy of the board has taken away.
-- @param store fmcal.state
-- @return whether anything was
function config_rewind.put_back(store, opened)
  local text = attempt.found(store:get(NAME))
  local note = text and json.decode(text)
  if not note then return false end
  local section = config_rewind.section(opened)
  if print_of(section) ~= note.before then
    forget_where_edited(store, section, note)
    return false
  end
  put(opened, note.changes)
  return true
end

config_rewind.WARNING = "an older copy of the board was saved over its calendarConfig: what had been written there is put back"

return config_rewind
