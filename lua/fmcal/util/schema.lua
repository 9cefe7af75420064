-- What objects that others write must look like: which members they have, and of what type. A schema is a table of
-- members, each with the name of its type or, for an object, a schema of its own:
--
--     { title = "text", durationMinutes = "number", metadata = { caseNumber = "text" } }
--
-- null is as good as absent, and an empty list and an empty object are the same, for some languages write {} for both.

local did_you_mean = require "fmcal.util.did_you_mean"
local json = require "fmcal.json"
local sorted_names = require "fmcal.util.sorted_names"

local schema = {}

-- What a value is in the words of JSON.
local function kind_of(value)
  local kind = type(value)
  if kind == "table" then
    if next(value) == nil then return "empty" end
    return (value[1] ~= nil or getmetatable(value) == "fmcal.json.array") and "list" or "object"
  end
  return kind == "string" and "text" or kind
end

local WORDS = { text = "a text", number = "a number", boolean = "true or false", list = "a list", object = "an object",
  empty = "a list",
  userdata = "a text" } -- a secret

local function list_of(accepts)
  return function(value)
    local kind = kind_of(value)
    if kind == "empty" then return true end
    for _, element in ipairs(kind == "list" and value or {}) do
      if element == json.null or not accepts(element) then return false end
    end
    return kind == "list"
  end
end

local function of_kind(...)
  local accepted = {}
  for _, kind in ipairs { ... } do accepted[kind] = true end
  return function(value) return accepted[kind_of(value)] == true end
end

-- Text that C reads: it ends at a zero byte there.
local function is_name(value)
  return type(value) == "string" and not value:find("\0", 1, true)
end

-- Type: what it is called, and whether a value is of it.
local TYPES = {
  -- A number stands for its digits.
  text = { "a text", of_kind("text", "number") },
  name = { "a text", is_name },
  -- What this process does not see as text, or what a program gives as one.
  secret = { "a text", of_kind("text", "userdata") },
  number = { "a number", of_kind("number") },
  boolean = { "true or false", of_kind("boolean") },
  object = { "an object", of_kind("object", "empty") },
  texts = { "a list of texts", list_of(of_kind("text", "number")) },
  names = { "a list of texts", list_of(is_name) },
  objects = { "a list of objects", list_of(of_kind("object", "empty")) },
  place = { "a text or an object", function(value) return is_name(value) or of_kind("object", "empty")(value) end },
  any = { "anything", function() return true end },
}

local function is_given(value)
  return value ~= nil and value ~= json.null
end

local orders = setmetatable({}, { __mode = "k" })

-- The names of a schema in their order.
local function order_of(members)
  local order = orders[members]
  if not order then
    order = sorted_names(members)
    orders[members] = order
  end
  return order
end

local function type_of(wanted)
  return TYPES[type(wanted) == "table" and "object" or wanted]
end

local function described(value, wanted)
  if type(value) == "string" and value:find("\0", 1, true) then return "one with a zero byte" end
  local kind = kind_of(value)
  if kind == "list" and type_of(wanted)[1]:find("^a list") then return "one that holds something else" end
  return WORDS[kind] or "a " .. type(value)
end

--- Whether a value is of a type of a schema.
function schema.is(wanted, value)
  return type_of(wanted)[2](value)
end

--- What is wrong with the first member, by name, that is not what it must be.
-- @param members the schema
-- @param object table
-- @param prefix string|nil what stands before names in the sentence: "syncOptions."
-- @return nil, or a sentence: "status must be a text, not a list"
function schema.wrong(members, object, prefix)
  for _, name in ipairs(order_of(members)) do
    local wanted, value = members[name], object[name]
    if is_given(value) then
      if not schema.is(wanted, value) then
        return ("%s%s must be %s, not %s"):format(prefix or "", name, type_of(wanted)[1], described(value, wanted))
      end
      local inner = type(wanted) == "table" and schema.wrong(wanted, value, (prefix or "") .. name .. ".")
      if inner then return inner end
    end
  end
  return nil
end

--- Sentences about the members of an object that its schema does not have, in the order of their names.
function schema.unknown(members, object, prefix)
  local sentences, known = {}, order_of(members)
  for _, name in ipairs(sorted_names(object)) do
    if not members[name] then
      sentences[#sentences + 1] = ("%s%s is not known%s"):format(prefix or "", name,
        did_you_mean(name, known, ": did you mean %s?"))
    end
  end
  return sentences
end

--- What of an object is as its schema says; other members are left out.
function schema.right(members, object)
  local copy = {}
  for name, wanted in pairs(members) do
    local value = object[name]
    if value == json.null or value ~= nil and schema.is(wanted, value) then copy[name] = value end
  end
  return copy
end

return schema
