-- A team's rules file: read, run, and its table checked.

local attempt = require "fmcal.util.attempt"
local did_you_mean = require "fmcal.util.did_you_mean"
local failure = require "fmcal.util.failure"
local raised = require "fmcal.rules.raised"
local read_file = require "fmcal.util.read_file"
local sandbox = require "fmcal.rules.sandbox"
local schema = require "fmcal.rules.answer_schema"
local sorted_names = require "fmcal.util.sorted_names"

local file = {}

local function unknown_function(path, name)
  return ("rules file %s has a member '%s' that nobody reads%s"):format(
    path, tostring(name), did_you_mean(tostring(name), sorted_names(schema.ANSWERS)))
end

local function fail(message)
  return failure("invalid", "rules", "%s", message)
end

-- One sentence, which names the file also where what was raised does not: what is nested too deeply overflows the
-- parser, which knows of no place.
local function does_not_load(path, message)
  message = message:match("^[^\n]*")
  if message == "C stack overflow" then message = "it is nested too deeply" end
  if not message:find(path, 1, true) then message = ("%s: %s"):format(path, message) end
  return fail("the rules file does not load: " .. message)
end

local function check(functions, path)
  if type(functions) ~= "table" then
    return fail(("rules file %s must return a table of functions, not a %s"):format(path, type(functions)))
  end
  for name, member in next, functions do
    if not schema.ANSWERS[name] then return fail(unknown_function(path, name)) end
    if type(member) ~= "function" then
      return fail(("rules file %s: '%s' must be a function, not a %s"):format(path, name, type(member)))
    end
  end
  return functions
end

--- The functions of a rules file.
-- @param reads table whose `now` becomes true where they ask for the time
-- @return {[name] = function} and the file's text; or nil and an error
function file.load(path, reads)
  local text, unread = read_file(path, "rules file")
  if not text then return fail(unread) end
  local chunk, syntax = load(text, "@" .. path, "t", sandbox.environment(reads))
  if not chunk then return does_not_load(path, syntax) end
  local ok, functions = attempt.pcall(chunk)
  if not ok then return does_not_load(path, raised.text(functions)) end
  local checked, err = check(functions, path)
  if not checked then return nil, err end
  return checked, text
end

return file
