-- Commands that open a board and show what is on it and what a sync would do.
local did_you_mean = require "fmcal.util.did_you_mean"
local files = require "fmcal.prompt.commands.files"
local look = require "fmcal.prompt.commands.look"
local quantity = require "fmcal.util.quantity"
local terminal = require "fmcal.cli.terminal"

local list = {}

list.board = {
  usage = "FILE",
  help = "open a board; it is the global `board` from then on",
  words = function(_, typed) return files(typed) end,
  run = function(session, argument)
    local board, err = require("fmcal.board").open(argument)
    if not board then return nil, err end
    session.board, session.rules = board, {}
    _G.board = board
    local problems = board:problems()
    for _, problem in ipairs(problems) do session:complain(problem.message) end
    return ("%s: %s, %d with problems"):format(terminal.path(board:path()),
      quantity(#board:keys(), "entry", "entries"), #problems)
  end,
}

-- An entry by its key, or nil and a sentence.
local function entry_of(session, key)
  if not session.board then return nil, look.NO_BOARD end
  local entry = session.board:entry(key)
  if entry then return entry end
  return nil, ("the board has no entry %s%s"):format(key, did_you_mean(key, session.board:keys(), ": did you mean %s?"))
end

list.item = {
  usage = "ID",
  help = "show an entry of the board: an item, a subitem, an epic, or ID.court-date",
  words = look.ids,
  run = entry_of,
}

local function plan(session)
  local result, err = look.run(session)
  if not result then return nil, err end
  local uncut = { colour = session.view.colour }
  return table.concat(require("fmcal.cli.sync.view").lines(uncut, result), "\n")
end

list.plan = {
  usage = "",
  help = "show what a sync of the board would do; nothing is written",
  run = plan,
}

list.sync = {
  usage = "--dry-run",
  help = "the same: the prompt writes to no calendar (fmcal.sync.run does)",
  words = function() return { "--dry-run" } end,
  run = function(session, argument)
    if argument ~= "--dry-run" then
      return nil, "the prompt only looks: .sync --dry-run, or fmcal.sync.run { board = board:path() } to write"
    end
    return plan(session)
  end,
}

-- The events that the calendars have for an entry, by the name of the calendar. @return table and count; or nil, sentence
local function events_of(session, key)
  local events, count = {}, 0
  local result, err = look.run(session, key, function(run)
    for _, side in ipairs(run.decisions[key] and run.decisions[key].sides or {}) do
      if side.remote then
        events[side.target.name], count = side.remote.event, count + 1
      end
    end
  end)
  if not result then return nil, err end
  if count == 0 then return nil, ("the calendar has no event for %s"):format(key) end
  return events, count
end

list.event = {
  usage = "ID",
  help = "show the event that the calendar has for an entry, as rules see it",
  words = look.ids,
  run = function(session, argument)
    local events, count = events_of(session, argument)
    if not events then return nil, count end
    return count == 1 and select(2, next(events)) or events
  end,
}

local function append(lines, more)
  table.move(more, 1, #more, #lines + 1, lines)
end

-- What fmcal.sync.explain says about an entry, and about the court date of an epic; or nil and a sentence.
local function explain(session, key)
  local options, err = look.options(session)
  if not options then return nil, err end
  local explained, result = require("fmcal.sync.explain").entry(options, key)
  if not explained then return nil, result.error end
  return explained
end

list.why = {
  usage = "ID",
  help = "explain what the next run would do to an entry, and who decides",
  words = look.ids,
  run = function(session, argument)
    local explained, err = explain(session, argument)
    if not explained then return nil, err end
    local lines = {}
    for _, about in ipairs(explained) do
      append(lines, require("fmcal.cli.explain_view").lines(session.view, about))
    end
    return table.concat(lines, "\n")
  end,
}

list.diff = {
  usage = "ID",
  help = "show an entry beside its event, member by member",
  words = look.ids,
  run = function(session, argument)
    local explained, err = explain(session, argument)
    if not explained then return nil, err end
    local lines = {}
    for _, about in ipairs(explained) do
      for _, side in ipairs(about.calendars) do
        append(lines, require("fmcal.prompt.side_by_side")(session.view, about, side))
      end
    end
    return #lines > 0 and table.concat(lines, "\n") or nil, ("%s is in no calendar"):format(argument)
  end,
}

list.history = {
  usage = "ID",
  help = "show what runs have changed and overwritten of an entry, newest first",
  words = look.ids,
  run = function(session, argument)
    local options, no_board = look.options(session)
    if not options then return nil, no_board end
    local known <close>, err = require("fmcal.overview").open(options)
    if not known then return nil, err end
    local lines, found = {}, known:runs { key = argument }
    if #found == 0 then return nil, ("no run has changed %s"):format(argument) end
    for _, kept in ipairs(found) do
      table.insert(lines, table.concat(require("fmcal.cli.history_view").lines(session.view, kept, true), "\n"))
    end
    return table.concat(lines, "\n\n")
  end,
}

return list
