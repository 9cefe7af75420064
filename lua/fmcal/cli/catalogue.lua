-- The commands, and what the command line of each is: for the manual pages and for completion. Both read the parsers that
-- read the words and print --help, so that they cannot say anything else.

local cli = require "fmcal.cli"
local sorted_names = require "fmcal.util.sorted_names"

local catalogue = {}

local PREFIX = "fmcal.scripts."

--- The names of the commands, without ".lua", sorted.
function catalogue.names()
  local names = {}
  for module in pairs(package.preload) do
    if module:sub(1, #PREFIX) == PREFIX then names[module:sub(#PREFIX + 1)] = true end
  end
  return sorted_names(names)
end

-- The parser that a script hands to cli.main, which runs nothing meanwhile.
local function parser_of(name, action)
  local main, words, found = cli.main, arg, nil
  cli.main = function(parser) found = parser end
  arg = { [0] = name .. ".lua", action } -- luacheck: ignore
  local ok, raised = pcall(package.preload[PREFIX .. name], name)
  cli.main, arg = main, words -- luacheck: ignore
  return ok and found or error(raised, 0)
end

-- ---------------------------------------------------------------- elements

-- How the value is called in --help: "ID"; the name of the argument where the parser says nothing else.
local function value_name(element, default)
  local name = element._argname
  return type(name) == "table" and name[1] or name or default
end

local function described(element)
  return {
    value = element._maxargs > 0 and value_name(element, (element._name:gsub("^%-+", ""))) or nil,
    meaning = element._description or "",
    choices = cli.choices(element._convert),
    is_optional = element._minargs == 0,
    is_many = element._maxargs > 1,
    may_repeat = element._maxcount > 1,
  }
end

local function option(element)
  local about = described(element)
  about.names = element._public_aliases
  return about
end

-- What --help shows of a list of elements, each as `describe` has it.
local function shown(elements, describe)
  local list = {}
  for _, element in ipairs(elements) do
    if not element._hidden then list[#list + 1] = describe(element) end
  end
  return list
end

-- ---------------------------------------------------------------- actions

-- Actions that argparse tells apart itself: the rest of their command line is a parser's within the parser.
local function action_within(parser, action)
  for _, command in ipairs(parser._commands) do
    if command._name == action then
      command.definition = { name = parser.definition.name .. " " .. action, summary = command._description, exits = {},
        examples = {} }
      return command
    end
  end
end

local function actions_of(parser)
  local names = {}
  for i, command in ipairs(parser._commands) do names[i] = command._name end
  return parser.definition.actions or names
end

local function with_action(parser, name, action)
  if parser.definition.name == name .. ".lua " .. action then return parser end
  return action_within(parser, action)
end

--- What a command line may hold.
-- @param name of the command, "rules"
-- @param action string|nil where the command has actions: "check"
-- @return nil for a command or an action that there is not; else { name = "rules.lua check", definition = as for cli.parser,
--   actions = list of words, usage, arguments and options = lists of { names = list (options), value = "ID" or nil for a flag,
--   meaning, choices = list | nil, is_optional, is_many, may_repeat } }
function catalogue.command(name, action)
  if not package.preload[PREFIX .. name] then return nil end
  local parser = parser_of(name, action)
  if action then parser = with_action(parser, name, action) end
  if not parser then return nil end
  return { name = parser.definition.name, definition = parser.definition, actions = actions_of(parser),
    usage = parser:get_usage(), arguments = shown(parser._arguments, described), options = shown(parser._options, option) }
end

return catalogue
