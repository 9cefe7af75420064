-- The members of a query or a body, checked against a route.

local did_you_mean = require "fmcal.util.did_you_mean"
local json = require "fmcal.json"
local problem = require "fmcal.serve.http.problem"
local schema = require "fmcal.util.schema"
local sorted_names = require "fmcal.util.sorted_names"

local members = {}

local BOOLEANS = { ["1"] = true, ["true"] = true, [""] = true, ["0"] = false, ["false"] = false }

-- What the text of a query stands for; the text where it is none of its type, which the check then says.
local READ = {
  number = function(text) return math.tointeger(tonumber(text)) or text end,
  boolean = function(text)
    if BOOLEANS[text] == nil then return text end
    return BOOLEANS[text]
  end,
}

local function wrong(name, sentence)
  return nil, problem.of("invalid-member", "%s", sentence):with { member = name }
end

local function check(wanted, needs, given)
  for _, name in ipairs(sorted_names(given)) do
    if not wanted[name] then
      return wrong(name, ("%s is not known%s"):format(name, did_you_mean(name, sorted_names(wanted), ": did you mean %s?")))
    end
    local sentence = schema.wrong({ [name] = wanted[name] }, { [name] = given[name] })
    if sentence then return wrong(sentence:match("^(%S+) must") or name, sentence) end
    if given[name] == json.null then given[name] = nil end
  end
  for _, name in ipairs(needs or {}) do
    if given[name] == nil then return wrong(name, name .. " is missing") end
  end
  return given
end

local function with_team(wanted, has_team)
  local all = { team = has_team and "name" or nil }
  for name, kind in pairs(wanted or {}) do all[name] = kind end
  return all
end

--- The members of a query, read. @return table; or nil and a problem
function members.query(route, given)
  local wanted, read = with_team(route.query, route.team == "query" or route.team == "perhaps"), {}
  for name, text in pairs(given) do
    local reads = READ[wanted[name]]
    if reads then read[name] = reads(text) else read[name] = text end
  end
  return check(wanted, route.team == "query" and { "team" } or {}, read)
end

--- The members of a body. @param text string @return table; or nil and a problem
function members.body(route, text)
  if text == "" then text = "{}" end
  local value, err = json.decode(text)
  if err then
    return nil, problem.of("broken-json", "The body is no JSON: %s", err.message):with { line = err.line, column = err.column }
  end
  if type(value) ~= "table" or value == json.null or getmetatable(value) == "fmcal.json.array" then
    return nil, problem.of("invalid-member", "The body must be a JSON object.")
  end
  local needs = { route.team == "body" and "team" or nil }
  for _, name in ipairs(route.needs or {}) do needs[#needs + 1] = name end
  return check(with_team(route.body, route.team == "body"), needs, value)
end

return members
