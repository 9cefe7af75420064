-- Which accounts a board uses, as far as that shows without opening its credentials: servers count requests by account, so
-- the boards of one are not synced side by side.

local board = require "fmcal.board"
local config = require "fmcal.config"
local provider = require "fmcal.provider.core"

local accounts = {}

local function place_of(spec)
  local endpoint = spec.endpoint
  return type(endpoint) == "table" and endpoint.api or endpoint or ""
end

-- Who signs in; nobody where only the credentials tell, which makes all such boards of a server one account's.
local function person_of(spec)
  local username = type(spec.credentials) == "table" and spec.credentials.username
  return spec.account or type(username) == "string" and username or ""
end

--- The accounts of a board's configuration.
-- @param settings from fmcal.config.load
-- @return list of strings
function accounts.in_settings(settings)
  local found = {}
  for _, spec in ipairs(settings.targets) do
    if provider.traits(spec.provider).remote then
      found[#found + 1] = table.concat({ spec.provider, place_of(spec), person_of(spec) }, " ")
    end
  end
  return found
end

--- The accounts of a board.
-- @param path of the board
-- @param options of fmcal.config.load: config
-- @return list of strings; empty for a board that cannot be read, whose run will say why
function accounts.of(path, options)
  local opened <close> = board.open(path)
  local settings = opened and config.load(opened, options)
  return settings and accounts.in_settings(settings) or {}
end

--- What boards of the same accounts have in common. @return text; nil where there are none
function accounts.key(list)
  return list[1] and table.concat(list, "\n") or nil
end

return accounts
