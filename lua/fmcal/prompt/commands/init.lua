-- The dot commands of the prompt. Each is a function of the session and the rest of the line; what it returns is shown, and
-- of `nil, message` the message.
local did_you_mean = require "fmcal.util.did_you_mean"
local files = require "fmcal.prompt.commands.files"
local held = require "fmcal.prompt.commands.held"
local help = require "fmcal.prompt.commands.help"
local log = require "fmcal.log"

local commands = { place = held.place }

--- @class fmcal.prompt.command
--- @field usage string   what follows the name; what is not in brackets must be there
--- @field help string    one line
--- @field run fun(session: fmcal.prompt.session, argument: string): any
--- @field words? fun(session: fmcal.prompt.session, typed: string, number: integer): string[]   what can stand there
--- @type table<string, fmcal.prompt.command>
local list = {}

-- Groups of commands, in the order in which they are listed.
local GROUPS = {
  { title = "Boards", names = { "board", "item", "event", "diff", "why", "history", "plan", "sync" } },
  { title = "Rules", names = { "rule", "try", "reload" } },
  { title = "Debugging", names = { "break", "breaks", "unbreak", "locals", "up", "down", "bt", "step", "next", "finish",
    "continue" } },
  { title = "Others", names = { "load", "trace", "help", "quit" } },
}

local function add(more)
  for name, command in pairs(more) do list[name] = command end
end

add(require "fmcal.prompt.commands.board")
add(require "fmcal.prompt.commands.rules")
add(held.list)

list.trace = {
  usage = "[on|off]",
  help = "log everything, HTTP on the wire included, to standard error; secrets are masked",
  words = function() return { "on", "off" } end,
  run = function(session, argument)
    if argument == "on" then
      session.level_before_trace = session.level_before_trace or log.level()
      log.level("trace")
    elseif argument == "off" then
      log.level(session.level_before_trace or log.level())
      session.level_before_trace = nil
    elseif argument ~= "" then
      return nil, "usage: .trace [on|off]"
    end
    return "trace is " .. (log.level() == "trace" and "on" or "off")
  end,
}

list.load = {
  usage = "FILE",
  help = "run a Lua file; its globals are there afterwards",
  words = function(_, typed) return files(typed) end,
  run = function(_, argument)
    local chunk, err = loadfile(argument)
    if not chunk then return nil, err end
    return chunk()
  end,
}

local function command_lines()
  local lines = {}
  for _, group in ipairs(GROUPS) do
    lines[#lines + 1] = group.title
    for _, name in ipairs(group.names) do
      lines[#lines + 1] = ("  %-20s %s"):format("." .. name .. " " .. list[name].usage, list[name].help)
    end
  end
  return lines
end

list.help = {
  usage = "[NAME]",
  help = "this list; or what a command, a function, a module, or a member of an event or an entry is",
  words = function() return require("fmcal.prompt.manual").names() end,
  run = function(session, argument)
    if argument ~= "" then return help(session.view, list, argument) end
    return table.concat(command_lines(), "\n") .. "\n" ..
      "Anything else is Lua: an expression shows its value, an unfinished line goes on, Tab completes names."
  end,
}

--- The names of all commands, sorted.
function commands.names()
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function starting_with(prefix, words)
  local names = {}
  for _, word in ipairs(words) do
    if word:sub(1, #prefix) == prefix then names[#names + 1] = word end
  end
  return names
end

--- What the last word of a command's argument may become: how much of it is there already, and the candidates.
function commands.complete(session, name, argument)
  local before, typed = argument:match("^(.-)(%S*)$")
  local _, number = before:gsub("%S+", "")
  local words = list[name] and list[name].words
  return typed, words and starting_with(typed, words(session, typed, number + 1)) or {}
end

-- How many words must follow a command, by its usage.
local function least_words(usage)
  local _, count = usage:gsub("%b[]", ""):gsub("%S+", "")
  return count
end

--- Runs a command. Returns what it shows, or nil and a message.
function commands.run(session, name, argument)
  local command = list[name]
  if not command then
    return nil, ("there is no .%s%s: .help lists the commands"):format(name,
      did_you_mean(name, commands.names(), ", did you mean .%s?"):gsub("%?$", ""))
  end
  local _, words = argument:gsub("%S+", "")
  if words < least_words(command.usage) then return nil, ("usage: .%s %s"):format(name, command.usage) end
  return command.run(session, argument)
end

return commands
