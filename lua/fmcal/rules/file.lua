-- A team's rules file: compiled once, run anew for each call, so that not even a local survives one.

local did_you_mean = require "fmcal.util.did_you_mean"
local first_line = require "fmcal.util.first_line"
local said = require "fmcal.rules.said"
local sandbox = require "fmcal.rules.sandbox"
local schema = require "fmcal.rules.schema"
local sorted_names = require "fmcal.util.sorted_names"

local File = {}
File.__index = File

local file = {}

-- ---------------------------------------------------------------- what is wrong with a file

-- The member that is no function.
local DATA = "fields"

local function unknown_function(path, name)
  local known = sorted_names(schema.ANSWERS)
  known[#known + 1] = DATA
  return ("rules file %s has a member '%s' that nobody reads%s"):format(
    path, tostring(name), did_you_mean(tostring(name), known))
end

--- One sentence, which names the file also where what was raised does not: what is nested too deeply overflows the
-- parser, which knows of no place.
-- @return nil, and the sentence
function file.does_not_load(path, message)
  message = first_line(message)
  if message == "C stack overflow" then message = "it is nested too deeply" end
  if not message:find(path, 1, true) then message = ("%s: %s"):format(path, message) end
  return nil, "the rules file does not load: " .. message
end

-- What is wrong with the table that a file returns, or nil.
local function problem_of(functions, path)
  if type(functions) ~= "table" then
    return ("rules file %s must return a table of functions, not a %s"):format(path, type(functions))
  end
  for name, member in next, functions do
    if not schema.ANSWERS[name] and name ~= DATA then return unknown_function(path, name) end
    if name ~= DATA and type(member) ~= "function" then
      return ("rules file %s: '%s' must be a function, not a %s"):format(path, name, type(member))
    end
  end
  return nil
end

-- ---------------------------------------------------------------- running it

-- A function that runs a text with the globals it is given.
local function compiled(text, path)
  local chunk, syntax = load(text, "@" .. path, "t")
  if not chunk then return nil, syntax end
  return function(environment)
    debug.setupvalue(chunk, 1, environment) -- its first upvalue is _ENV
    return chunk()
  end
end

-- Compiles a module at the first need; only while the file is loaded are there texts to be had.
local function module_named(self, name)
  local module = self.modules[name]
  if module then return module end
  if self.is_loaded then
    error(("require %q belongs at the top of the rules file, where it runs before any function"):format(name), 3)
  end
  local text, path = self.world.module(name)
  if not text then error(path, 3) end
  local syntax
  module, syntax = compiled(text, path)
  if not module then error(syntax, 0) end
  self.modules[name] = module
  return module
end

-- The `require` of one run: each module runs once in it.
local function requirer(self)
  local loaded, environment = {}, nil
  local function require(name)
    if type(name) ~= "string" then error("require takes the name of a file beside the rules file", 2) end
    if loaded[name] == nil then
      local module = module_named(self, name)
      loaded[name] = true -- two that require each other get this
      local value = module(environment)
      loaded[name] = value == nil or value
    end
    return loaded[name]
  end
  environment = sandbox.environment(self.shared, require)
  return environment
end

-- One run of the file. @return what it returns
local function run(self)
  return self.chunk(requirer(self))
end

local function places_of(functions)
  local places = {}
  for name, fn in next, functions do
    if name ~= DATA then
      local info = debug.getinfo(fn, "S")
      places[name] = ("%s:%d"):format(info.source:sub(2), info.linedefined)
    end
  end
  return places
end

local FIELDS = "%f[%w_]fields%f[^%w_]%s*="

local function names(line, member)
  if line:find(('["%s"]'):format(member), 1, true) or line:find(("['%s']"):format(member), 1, true) then return true end
  return member:find("^[%a_][%w_]*$") ~= nil and line:find("%f[%w_]" .. member .. "%f[^%w_]%s*=[^=]") ~= nil
end

--- Where a text declares a field. A table knows nothing of lines: it is the first line behind `fields` on which the member
-- stands as a name.
-- @param member as it is declared, or nil
-- @return "rules.lua:12"; the path alone where the text does not show it
function file.place_of_field(path, text, member)
  local number, is_behind = 0, false
  for line in (member and text .. "\n" or ""):gmatch("(.-)\r?\n") do
    number = number + 1
    local at = not is_behind and line:find(FIELDS)
    if at then is_behind, line = true, line:sub(at):gsub("fields", "", 1) end
    if is_behind and names(line, member) then return ("%s:%d"):format(path, number) end
  end
  return path
end

--- Loads a rules file.
-- @param world see fmcal.rules.inside
-- @return file with `places`, {[name of a function] = "rules.lua:12"}, and `fields` as they stand there; or nil and a sentence
function file.load(path, text, world)
  local chunk, syntax = compiled(text, path)
  if not chunk then return file.does_not_load(path, syntax) end
  local self = setmetatable({ chunk = chunk, world = world, modules = {}, shared = sandbox.shared(world) }, File)
  local ok, functions = world.xpcall(run, said.raised, self)
  if not ok then return file.does_not_load(path, functions) end
  local problem = problem_of(functions, path)
  if problem then return nil, problem end
  self.places, self.fields, self.is_loaded = places_of(functions), rawget(functions, DATA), true
  return self
end

--- Runs it anew. @return {[name] = function}
function File:functions()
  return run(self)
end

return file
