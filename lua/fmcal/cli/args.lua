-- Command lines: argparse, with our wording of its errors, our exit statuses and our help.

local argparse = require "fmcal.cli.argparse"
local did_you_mean = require "fmcal.util.did_you_mean"
local exits = require "fmcal.exits"
local terminal = require "fmcal.cli.terminal"

local args = {}

local HELP_COLUMNS = 100

local function epilog(definition)
  local lines = {}
  if definition.exits then
    lines[#lines + 1] = "Exit status:"
    for _, status in ipairs(definition.exits) do
      local meaning = definition.meanings and definition.meanings[status] or exits.MEANING[status]
      lines[#lines + 1] = ("   %d  %s"):format(status, meaning)
    end
    lines[#lines + 1] = ""
  end
  lines[#lines + 1] = "Examples:"
  for _, example in ipairs(definition.examples) do lines[#lines + 1] = "   fmcal-lua " .. example end
  return table.concat(lines, "\n")
end

--- A parser for one command.
-- @param definition { name = "sync.lua", summary, exits = list of statuses, examples = list of command lines,
--   meanings = {[status] = text} where a status means something of the command's own,
--   actions = list of words, for a command whose first word chooses one of several command lines }
-- @return argparse's parser: :argument, :option, :flag, …; its `definition` is the one given
function args.parser(definition)
  local parser = argparse(definition.name, definition.summary, epilog(definition))
  parser:usage_max_width(HELP_COLUMNS):help_max_width(terminal.of("stdout").columns or HELP_COLUMNS)
  parser:help_description_margin(30)
  parser:add_help(false)
  parser:flag("-h --help", "Show this text.")
  parser.definition = definition
  return parser
end

-- The words of each check that one_of has made.
local CHOICES = setmetatable({}, { __mode = "k" })

--- A check for options that take one of some words, with "did you mean".
function args.one_of(list)
  local function check(value)
    for _, word in ipairs(list) do
      if word == value then return value end
    end
    return nil, ("'%s' is not one of %s%s"):format(value, table.concat(list, ", "), did_you_mean(value, list))
  end
  CHOICES[check] = list
  return check
end

--- The words that a check of `one_of` accepts; nil for any other one.
function args.choices(check)
  return check and CHOICES[check]
end

--- A check for options that take a whole number of at least `least`, and at most `most` where that is given.
function args.whole_number(least, most)
  return function(value)
    local number = math.tointeger(tonumber(value))
    if number and number >= least and number <= (most or math.maxinteger) then return number end
    return nil, ("'%s' is not a whole number of at least %d%s"):format(value, least, most and " and at most " .. most or "")
  end
end

local function option_names(parser)
  local names = {}
  for name in parser:get_usage():gmatch("%-%-[%w-]+") do names[#names + 1] = name end
  return names
end

-- argparse finds one wrong letter; a word that is half right is found here.
local function sentence(parser, message)
  local first, hint = message:match("^([^\n]*)\nDid you mean (.*)$")
  if first then return first .. ": did you mean " .. hint end
  local wrong = message:match("^unknown option '(.-)'")
  if not wrong or #wrong <= 2 then return message end
  return message .. did_you_mean(wrong, option_names(parser))
end

local function asks_for_help(words)
  for _, word in ipairs(words) do
    if word == "--" then return false end
    if word == "-h" or word == "--help" then return true end
  end
  return false
end

--- Reads a command line.
-- @param parser from args.parser
-- @param words list of arguments
-- @return table of values; or nil and what to say, and "help" or "usage" for what that is
function args.read(parser, words)
  if asks_for_help(words) then return nil, parser:get_help(), "help" end
  local list = {}
  for i, word in ipairs(words) do list[i] = word end -- without the script at 0 and what stands before
  local ok, values = parser:pparse(list)
  if not ok then return nil, sentence(parser, values), "usage" end
  return values
end

return args
