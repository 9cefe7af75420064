-- Spoils documents by type: puts values of other types, sizes and depths in the place of what is there. The same seed spoils
-- in the same way.
local json = require "fmcal.json"

local mutator = {}

local DEPTH, LENGTH = 12, 70000

local function deep()
  local value = json.array {}
  for _ = 1, DEPTH do value = json.array { value } end
  return value
end

local MAKERS = {
  function() return json.null end, function() return true end, function() return false end, function() return 0 end,
  function() return -1 end, function() return 7.5 end, function() return 1e300 end, function() return math.maxinteger end,
  function() return "" end, function() return "x" end, function() return "a\0b" end, function() return "\r\n" end,
  function() return ("long "):rep(LENGTH // 5) end, function() return "2027-02-30" end, function() return "📊" end,
  function() return json.array {} end, function() return {} end, function() return json.array { 1 } end,
  function() return json.array { json.null } end, function() return json.array { {} } end, function() return { a = 1 } end,
  function() return { id = json.array { {} } } end, deep,
}

--- A random value of any type.
function mutator.value(random)
  return MAKERS[random(#MAKERS)]()
end

-- Every place in a document: list of { parent, key }, in an order that depends on nothing but the document.
local function places(value, list)
  if type(value) ~= "table" or value == json.null then return list end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do
    list[#list + 1] = { value, name }
    places(value[name], list)
  end
  return list
end

--- Spoils a document in one to three places. @return the names of the members that were spoilt
function mutator.spoil(document, random)
  local spoilt = {}
  for _ = 1, random(3) do
    local list = places(document, {})
    if #list == 0 then break end
    local parent, name = table.unpack(list[random(#list)])
    parent[name] = mutator.value(random)
    spoilt[#spoilt + 1] = tostring(name)
  end
  return spoilt
end

--- A source of random numbers of its own. @return function(n) -> 1 to n
function mutator.random(seed)
  local state = (seed * 2654435761 + 1) & 0xffffffff
  return function(n)
    state = (state * 1664525 + 1013904223) & 0xffffffff
    return (state >> 8) % n + 1
  end
end

return mutator
