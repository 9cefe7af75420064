-- What comes next of many: values by a number, the smallest first; of equal numbers the one that came first.

local heap = {}

local Heap = {}
Heap.__index = Heap

local function is_before(a, b)
  return a.at < b.at or (a.at == b.at and a.order < b.order)
end

local function put(self, i, node)
  self[i] = node
  node.place = i
end

local function up(self, i)
  local node = self[i]
  while i > 1 and is_before(node, self[i // 2]) do
    put(self, i, self[i // 2])
    i = i // 2
  end
  put(self, i, node)
end

local function down(self, i)
  local node, count = self[i], #self
  while 2 * i <= count do
    local child = 2 * i
    if child < count and is_before(self[child + 1], self[child]) then child = child + 1 end
    if not is_before(self[child], node) then break end
    put(self, i, self[child])
    i = child
  end
  put(self, i, node)
end

--- Adds a value. @return a node, by which it can be removed
function Heap:push(at, value)
  self.count = self.count + 1
  local node = { at = at, order = self.count, value = value }
  put(self, #self + 1, node)
  up(self, #self)
  return node
end

--- Removes a node; one that is there no more is no error.
function Heap:remove(node)
  local i = node.place
  if not i then return end
  node.place = nil
  local last = table.remove(self)
  if last == node then return end
  put(self, i, last)
  up(self, i)
  down(self, last.place)
end

--- The smallest number, nil where there is none.
function Heap:first()
  return self[1] and self[1].at
end

--- Takes the first value out where its number is not above `at`; else nil.
function Heap:pop_until(at)
  local node = self[1]
  if not node or node.at > at then return nil end
  self:remove(node)
  return node.value
end

function heap.new()
  return setmetatable({ count = 0 }, Heap)
end

return heap
