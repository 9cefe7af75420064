-- A calendar as the state remembers it from the last run: it can be read, and nothing is asked of the network.

local provider = require "fmcal.provider"

local LastCopy = {}

local last_copy = {}

-- Where nothing is known of the calendar yet.
local UNKNOWN = { account = "", calendar_id = "", name = "", writable = true }

function LastCopy:open()
  local bound = self.state:binding()
  if not bound then return UNKNOWN end
  return { account = bound.account, calendar_id = bound.calendar_id, name = bound.name or "", writable = true,
    discovery = bound.discovery }
end

function LastCopy.changes() return { changed = 0, deleted = 0, seen = 0, full = false } end
function LastCopy.fetch() return {} end
function LastCopy:decode(...) return self.codec:decode(...) end
function LastCopy:encode(...) return self.codec:encode(...) end
function LastCopy:capabilities() return provider.traits(self.kind) end
function LastCopy:name() return self.kind end
function LastCopy.close() end

LastCopy.__index = LastCopy

--- Makes one, in the place of a provider.
-- @param kind of the provider
-- @param state target of fmcal.state
function last_copy.new(kind, state)
  return setmetatable({ kind = kind, state = state, codec = assert(provider.codec(kind)) }, LastCopy)
end

return last_copy
