-- Wrong credentials, counted by address: so many a minute, then the wrong ones of that address are refused unread.

local throttle = {}

local Throttle = {}
Throttle.__index = Throttle

local MINUTE_MS, MOST = 60000, 10
-- Addresses that are remembered; beyond, all are forgotten: memory is what an attacker must not get either.
local MOST_ADDRESSES = 10000

--- Counts a failure.
-- @return nil; or, where there were too many, how many seconds until the next may be tried
function Throttle:fail(address)
  local now, known = self.clock(), self.failures[address]
  if not known or now - known.since >= MINUTE_MS then
    if self.count >= MOST_ADDRESSES then self.failures, self.count = {}, 0 end
    if not self.failures[address] then self.count = self.count + 1 end
    self.failures[address] = { since = now, count = 1 }
    return nil
  end
  known.count = known.count + 1
  if known.count <= MOST then return nil end
  return math.ceil((known.since + MINUTE_MS - now) / 1000)
end

--- @param clock function: milliseconds
function throttle.new(clock)
  return setmetatable({ clock = clock, failures = {}, count = 0 }, Throttle)
end

return throttle
