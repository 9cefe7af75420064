-- The dot commands of the prompt. Each is a function of the session and the rest of the line; what it returns is
-- shown, and of `nil, message` the message.
local did_you_mean = require "fmcal.util.did_you_mean"
local quantity = require "fmcal.util.quantity"
local sys = require "fmcal.sys"

local commands = {}

--- @class fmcal.prompt.command
--- @field usage string   what follows the name
--- @field help string    one line
--- @field run fun(session: fmcal.prompt.session, argument: string): any
local list = {}

local NO_BOARD = "no board is open: .board FILE"

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
    return ("%s: %s, %d with problems"):format(board:path(), quantity(#board:keys(), "entry", "entries"), #problems)
  end,
}

list.item = {
  usage = "ID",
  help = "show an entry of the board: an item, a subitem, an epic, or ID.court-date",
  run = function(session, argument)
    if argument == "" then return usage("item") end
    if not session.board then return nil, NO_BOARD end
    local entry = session.board:entry(argument)
    if not entry then
      return nil, ("the board has no entry %s%s"):format(argument,
        did_you_mean(argument, session.board:keys(), ": did you mean %s?"))
    end
    return entry
  end,
}

-- A run of the open board that writes nothing, confined to one entry where one is named.
local function look(session, key, examine)
  if not session.board then return nil, NO_BOARD end
  local only = key and { key } or nil
  local result = require("fmcal.sync.run").sync {
    board = session.board:path(), dry_run = true, only = only, consider = only, trace_rules = true, examine = examine,
  }
  if not result.success and result.error then return nil, result.error end
  return result
end

list.plan = {
  usage = "",
  help = "show what a sync of the board would do; nothing is written",
  run = function(session)
    local result, err = look(session)
    if not result then return nil, err end
    local uncut = { colour = session.view.colour }
    return table.concat(require("fmcal.cli.sync.view").lines(uncut, result), "\n")
  end,
}

list.event = {
  usage = "ID",
  help = "show the event that the calendar has for an entry, as rules see it",
  run = function(session, argument)
    if argument == "" then return usage("event") end
    local events, count = {}, 0
    local result, err = look(session, argument, function(run)
      for _, side in ipairs(run.decisions[argument] and run.decisions[argument].sides or {}) do
        if side.remote then
          events[side.target.name], count = side.remote.event, count + 1
        end
      end
    end)
    if not result then return nil, err end
    if count == 0 then return nil, ("the calendar has no event for %s"):format(argument) end
    return count == 1 and select(2, next(events)) or events
  end,
}

-- The rules that are called for one entry.
local ENTRY_RULES = { "select", "to_event", "to_entry", "on_conflict", "on_deleted" }

local function is_entry_rule(name)
  for _, known in ipairs(ENTRY_RULES) do
    if known == name then return true end
  end
  return false
end

list.rule = {
  usage = "NAME ID",
  help = ("run one rule (%s) on an entry and show what it answers"):format(table.concat(ENTRY_RULES, ", ")),
  run = function(session, argument)
    local name, key = argument:match("^(%S+)%s+(%S+)$")
    if not name then return usage("rule") end
    if not is_entry_rule(name) then
      return nil, ("there is no rule %s for an entry: %s"):format(name, table.concat(ENTRY_RULES, ", "))
    end
    local answers = {}
    local result, err = look(session, key, function(run)
      for _, target in ipairs(run.targets) do
        for _, call in ipairs(target.rules.trace or {}) do
          if call.name == name and call.key == key then answers[#answers + 1] = call.answer end
        end
      end
    end)
    if not result then return nil, err end
    if #answers == 0 then return nil, ("a sync would not call %s for %s now"):format(name, key) end
    return answers[#answers]
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

local function starting_with(prefix, list_of_words)
  local names = {}
  for _, word in ipairs(list_of_words) do
    if word:sub(1, #prefix) == prefix then names[#names + 1] = word end
  end
  return names
end

local function ids(session)
  return session.board and session.board:keys() or {}
end

-- Files and folders whose path starts as typed.
local function files(typed)
  local folder = typed:match("^(.*/)") or ""
  local names = {}
  for i, entry in ipairs(sys.list(folder == "" and "." or folder) or {}) do names[i] = folder .. entry end
  return names
end

-- What can stand where the first or a later word of a command's argument stands: function(session, typed, number).
local WORDS = {
  board = function(_, typed) return files(typed) end,
  item = ids,
  event = ids,
  rule = function(session, _, number) return number == 1 and ENTRY_RULES or ids(session) end,
  trace = function() return { "on", "off" } end,
}

--- What the last word of a command's argument may become: how much of it is there already, and the candidates.
function commands.complete(session, name, argument)
  local before, typed = argument:match("^(.-)(%S*)$")
  local _, number = before:gsub("%S+", "")
  return typed, WORDS[name] and starting_with(typed, WORDS[name](session, typed, number + 1)) or {}
end

--- Runs a command. Returns what it shows, or nil and a message.
function commands.run(session, name, argument)
  if not list[name] then return nil, ("there is no .%s: .help lists the commands"):format(name) end
  return list[name].run(session, argument)
end

return commands
