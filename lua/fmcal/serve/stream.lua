-- What happens, told to whoever listens: each event has a number, and the last thousand are kept for those who come back.
--
--   local stream = stream.new(boot)
--   stream:tell("run", team, { … })            an event that is kept
--   stream:tell("run", team, { … }, true)      one that is only of the moment
--   stream:listen(function(event) … end)       event = { id = nil where it is of the moment, name, team, data = JSON }
--   stream:since(id)                           what was told after that; nil where that is not known any more

local json = require "fmcal.json"

local stream = {}

local Stream = {}
Stream.__index = Stream

local MOST = 1000

local function id_of(self, number)
  return ("%s-%d"):format(self.boot, number)
end

--- Tells of something.
function Stream:tell(name, team, data, is_passing)
  local event = { name = name, team = team, data = assert(json.encode(data, { sort = true })) }
  if not is_passing then
    self.count = self.count + 1
    event.id = id_of(self, self.count)
    self.ring[self.count] = event
    self.ring[self.count - MOST] = nil
  end
  for _, fn in ipairs(self.order) do fn(event) end
end

--- The id of the last event.
function Stream:last()
  return id_of(self, self.count)
end

--- What was told after an event.
-- @return list; nil where the id is of another start, or not kept any more
function Stream:since(id)
  local boot, number = id:match("^(.+)%-(%d+)$")
  number = math.tointeger(tonumber(number))
  if boot ~= self.boot or not number or number > self.count or number < self.count - MOST then return nil end
  local list = {}
  for i = number + 1, self.count do list[#list + 1] = self.ring[i] end
  return list
end

--- Calls a function for each event, until it is forgotten.
function Stream:listen(fn)
  local order = table.move(self.order, 1, #self.order, 1, {}) -- somebody may be going through the other one
  order[#order + 1] = fn
  self.order = order
end

function Stream:forget(fn)
  local order = {}
  for _, known in ipairs(self.order) do
    if known ~= fn then order[#order + 1] = known end
  end
  self.order = order
end

--- @param boot what no other start of the server has
function stream.new(boot)
  return setmetatable({ boot = boot, count = 0, ring = {}, order = {} }, Stream)
end

return stream
