-- Sessions, by which people get in: a code, which works once, is exchanged for a cookie. Both are kept in sessions.json, so that
-- tokens.lua can make codes and a restart ends no session. A session is admin.

local secrets = require "fmcal.serve.access.secrets"
local time = require "fmcal.time"
local tokens = require "fmcal.serve.access.tokens"

local sessions = { FILE = "sessions.json", COOKIE = "fmcal_session", HOURS = 12 }

local CODE_S = 600

local function expire_in(seconds)
  return time.format(time.epoch() + seconds)
end

-- A list without those whose time is over, and without one that is named.
local function without(list, gone)
  local left = {}
  for _, kept in ipairs(list or {}) do
    if kept.hash ~= gone and not tokens.is_expired(kept) then left[#left + 1] = kept end
  end
  return left
end

--- Makes a code.
-- @param store fmcal.serve.access.store
-- @param name of whoever will sign in with it
-- @return the code, or nil and an error
function sessions.code(store, name)
  return store:change(function(kept)
    local code = secrets.new("")
    kept.codes = without(kept.codes)
    table.insert(kept.codes, { hash = secrets.hash(code), name = name, expires = expire_in(CODE_S) })
    return code
  end)
end

--- Exchanges a code for a session. @return the value of its cookie; or nil where the code is none any more
function sessions.begin(store, code)
  if not secrets.find(store:read().codes, code) then return nil end
  return store:change(function(kept)
    local found = secrets.find(without(kept.codes), code)
    if not found then return nil end
    local cookie = secrets.new("")
    kept.codes, kept.sessions = without(kept.codes, found.hash), without(kept.sessions)
    table.insert(kept.sessions, { hash = secrets.hash(cookie), name = found.name, expires = expire_in(sessions.HOURS * 3600) })
    return cookie
  end)
end

--- Ends a session.
function sessions.finish(store, cookie)
  return store:change(function(kept)
    kept.sessions = without(kept.sessions, secrets.hash(cookie))
    return true
  end)
end

--- Whose a session is. @return { kind = "session", name, scope }, or nil
function sessions.caller(store, cookie)
  local found = secrets.find(store:read().sessions, cookie)
  if not found or tokens.is_expired(found) then return nil end
  return { kind = "session", name = found.name, scope = "admin" }
end

return sessions
