-- The dot commands of the prompt. Each is a function of the session and the rest of the line; what it returns is
-- shown, and of `nil, message` the message.
local commands = {}

--- @class fmcal.prompt.command
--- @field usage string   what follows the name
--- @field help string    one line
--- @field run fun(session: fmcal.prompt.session, argument: string): any
local list = {}

local function usage(name)
  return nil, ("usage: .%s %s"):format(name, list[name].usage)
end

list.help = {
  usage = "",
  help = "this list",
  run = function()
    local lines = {}
    for _, name in ipairs(commands.names()) do
      lines[#lines + 1] = ("  %-18s %s"):format("." .. name .. " " .. list[name].usage, list[name].help)
    end
    return table.concat(lines, "\n") .. "\n" ..
      "Anything else is Lua: an expression shows its value, an unfinished line goes on, Tab completes names."
  end,
}

list.quit = {
  usage = "",
  help = "leave (so does Ctrl-D)",
  run = function(session) session.finished = true end,
}

list.board = {
  usage = "FILE",
  help = "open a board; it is the global `board` from then on",
  run = function(session, argument)
    if argument == "" then return usage("board") end
    local board, err = require("fmcal.board").open(argument)
    if not board then return nil, err end
    session.board = board
    _G.board = board
    local problems = board:problems()
    for _, problem in ipairs(problems) do session:complain(problem.message) end
    return ("%s: %d entries, %d with problems"):format(board:path(), #board:keys(), #problems)
  end,
}

list.item = {
  usage = "ID",
  help = "show an entry of the board: an item, a subitem, an epic, or ID.court-date",
  run = function(session, argument)
    if argument == "" then return usage("item") end
    if not session.board then return nil, "no board is open: .board FILE" end
    local entry = session.board:entry(argument)
    if not entry then return nil, ("the board has no entry %s"):format(argument) end
    return entry
  end,
}

list.trace = {
  usage = "on|off",
  help = "log everything, HTTP on the wire included, to standard error; secrets are masked",
  run = function(session, argument)
    local log = require "fmcal.log"
    if argument == "on" then
      session.level_before_trace = session.level_before_trace or log.level()
      log.level("trace")
    elseif argument == "off" then
      log.level(session.level_before_trace or log.level())
      session.level_before_trace = nil
    elseif argument ~= "" then
      return usage("trace")
    end
    return "trace is " .. (log.level() == "trace" and "on" or "off")
  end,
}

--- The names of all commands, sorted.
function commands.names()
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- Runs a command. Returns what it shows, or nil and a message.
function commands.run(session, name, argument)
  if not list[name] then return nil, ("there is no .%s: .help lists the commands"):format(name) end
  return list[name].run(session, argument)
end

return commands
