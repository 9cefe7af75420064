-- Tokens, by which programs get in: made and revoked by tokens.lua, in tokens.json. A running server notices.

local fail = require "fmcal.util.failure"
local json = require "fmcal.json"
local secrets = require "fmcal.serve.access.secrets"
local time = require "fmcal.time"

local tokens = { FILE = "tokens.json", PREFIX = "fmc_" }

local DAY_S = 86400
-- How old the note of the last use may be.
local NOTE_S = 600

local function index_of(list, name)
  for i, token in ipairs(list) do
    if token.name == name then return i end
  end
  return nil
end

--- Makes a token.
-- @param store fmcal.serve.access.store
-- @param wanted { name, scope, teams = list or nil for all, days = until it expires, or nil }
-- @return the token, which is shown once; or nil and an error
function tokens.new(store, wanted)
  return store:change(function(kept)
    kept.tokens = kept.tokens or json.array {}
    if index_of(kept.tokens, wanted.name) then
      return fail("invalid", "tokens", "there is a token %s already: revoke it first, or choose another name", wanted.name)
    end
    local text = secrets.new(tokens.PREFIX)
    local expires = wanted.days and time.format(time.epoch() + wanted.days * DAY_S)
    table.insert(kept.tokens, { name = wanted.name, hash = secrets.hash(text), scope = wanted.scope, created = time.now(),
      teams = wanted.teams and json.array(wanted.teams), expires = expires })
    return text
  end)
end

--- Takes a token away. @return true, or nil and an error
function tokens.revoke(store, name)
  return store:change(function(kept)
    local i = index_of(kept.tokens or {}, name)
    if not i then return fail("notfound", "tokens", "there is no token %s: tokens.lua list shows those there are", name) end
    table.remove(kept.tokens, i)
    return true
  end)
end

--- All tokens, without what would let anybody in.
function tokens.list(store)
  local list = json.array {}
  for i, token in ipairs(store:read().tokens or {}) do
    list[i] = { name = token.name, scope = token.scope, teams = token.teams, created = token.created, expires = token.expires,
      lastUsed = token.lastUsed, isExpired = tokens.is_expired(token) }
  end
  return list
end

--- Whether the time of a token, code or session is over.
function tokens.is_expired(kept)
  return kept.expires ~= nil and time.parse(kept.expires).epoch <= time.epoch()
end

local function note_use(store, token)
  local last = token.lastUsed and time.parse(token.lastUsed).epoch or 0
  if time.epoch() - last < NOTE_S then return end
  store:change(function(kept)
    local i = index_of(kept.tokens or {}, token.name)
    if i then kept.tokens[i].lastUsed = time.now() end
    return i
  end)
end

local function set_of(list)
  if not list then return nil end
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

--- Whose a token is. @return { kind = "token", name, scope, teams = set or nil for all }, or nil
function tokens.caller(store, text)
  local token = secrets.find(store:read().tokens, text)
  if not token or tokens.is_expired(token) then return nil end
  note_use(store, token)
  return { kind = "token", name = token.name, scope = token.scope, teams = set_of(token.teams) }
end

return tokens
