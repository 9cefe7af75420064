-- The files that a new set of rules begins with: the example of the manual, or one of its recipes. Their texts are compiled
-- in (CMakeLists.txt), each as a module below fmcal.trial.examples.

local did_you_mean = require "fmcal.util.did_you_mean"
local json = require "fmcal.json"
local stubs = require "fmcal.trial.stubs"

local templates = {}

local PREFIX = "fmcal.trial.examples."
-- What is taken where no recipe is named.
local PLAIN = "rules"

local LANGUAGE_SERVER = { ["runtime.version"] = "Lua 5.4" }

--- The names of the recipes.
function templates.names()
  local names = {}
  for module in pairs(package.preload) do
    local name = module:sub(1, #PREFIX) == PREFIX and module:sub(#PREFIX + 1)
    if name and name ~= PLAIN and not name:find("_test$") then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function text_of(name)
  return require(PREFIX .. name)
end

--- What a recipe does: the comment that it begins with.
function templates.summary(name)
  local lines = {}
  for line in text_of(name):gmatch("[^\n]+") do
    local comment = line:match("^%-%- ?(.*)$")
    if not comment then break end
    lines[#lines + 1] = comment
  end
  return table.concat(lines, " ")
end

--- The files of a new set of rules.
-- @param name of a recipe, or nil
-- @return list of { path, text }, or nil and a sentence
function templates.files(name)
  if name and not package.preload[PREFIX .. name] then
    local names = templates.names()
    return nil, ("there is no example '%s'%s; --list names them"):format(name, did_you_mean(name, names))
  end
  name = name or PLAIN
  local test = text_of(name .. "_test"):gsub('t%.rules "[^"]*"', 't.rules "rules.lua"', 1)
  return {
    { path = "rules.lua", text = text_of(name) },
    { path = "rules_test.lua", text = test },
    { path = ".luarc.json", text = json.encode(LANGUAGE_SERVER, { indent = 2 }) .. "\n" },
    { path = "fmcal_meta.lua", text = stubs.text() },
  }
end

return templates
