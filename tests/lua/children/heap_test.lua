local heap = require "fmcal.children.heap"
local lu = require "luaunit"

TestHeap = {}

local function drained(made)
  local list = {}
  while made:first() do list[#list + 1] = made:pop_until(math.huge) end
  return list
end

function TestHeap.test_the_smallest_first_and_equals_in_turn()
  local made = heap.new()
  for _, value in ipairs { "3a", "1a", "2a", "1b", "3b", "1c" } do made:push(tonumber(value:sub(1, 1)), value) end
  lu.assertEquals(made:first(), 1)
  lu.assertNil(made:pop_until(0))
  lu.assertEquals(drained(made), { "1a", "1b", "1c", "2a", "3a", "3b" })
end

-- Against a list that is sorted each time.
function TestHeap.test_random_removals()
  math.randomseed(7)
  for _ = 1, 50 do
    local made, nodes = heap.new(), {}
    for i = 1, 60 do nodes[i] = made:push(math.random(20), i) end
    for _ = 1, 25 do
      local node = table.remove(nodes, math.random(#nodes))
      made:remove(node)
      made:remove(node)
    end
    table.sort(nodes, function(a, b) return a.at < b.at or a.at == b.at and a.order < b.order end)
    local expected = {}
    for i, node in ipairs(nodes) do expected[i] = node.value end
    lu.assertEquals(drained(made), expected)
  end
end

os.exit(lu.LuaUnit.run())
