-- rules.lua diff: what a change of the rules would do, before it does it.

local at_revision = require "fmcal.trial.at_revision"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local difference = require "fmcal.trial.difference"
local json = require "fmcal.json"
local quantity = require "fmcal.util.quantity"
local recording = require "fmcal.trial.recording"
local shown = require "fmcal.util.shown"
local terminal = require "fmcal.cli.terminal"

local command = {}

--- Its parser.
function command.parser()
  local parser = cli.parser {
    name = "rules.lua diff",
    summary = "Says what a change of the rules would do to a board: which events come, go or change, and what the next run "
      .. "would decide otherwise. The events are those of the last run, unless --fetch asks the calendars. Writes nothing.",
    exits = { 0, 1, 2, 3 },
    meanings = { [0] = "both do the same", [1] = "they differ", [2] = "usage; a rules file does not load" },
    examples = { "rules.lua diff rules.lua new_rules.lua board.json", "rules.lua diff git:HEAD rules.lua board.json --json" },
  }
  parser:argument("old", "Rules file, or git:REV: NEW as it was at a revision.")
  parser:argument("new", "Rules file.")
  parser:argument("board", "Board file.")
  parser:option("--events", "Take the events from a recording instead (see rules.lua record)."):argname("RECORDING")
  parser:flag("--fetch", "Ask the calendars for what changed since the last run.")
  parser:option("--config", "Take the calendar configuration from a file instead of the board."):argname("F")
  parser:option("--state", "The state is in this file, or in this folder (with a / at its end)."):argname("F")
  parser:flag("--json", "Print one line of JSON.")
  return parser
end

local SIGNS = { comes = "+", goes = "-", differs = "~", fails = "!", mended = "~" }
local STYLES = { comes = "green", goes = "red", differs = "yellow", fails = "red", mended = "green" }

local function head(view, change, text)
  return ("%s %s in %s%s"):format(terminal.paint(view, STYLES[change.change], SIGNS[change.change]),
    terminal.clean(change.entry), terminal.clean(change.calendar), terminal.clean(text))
end

local function event_lines(view, change)
  if change.change == "comes" or change.change == "goes" then
    return { head(view, change, (": the event %s %s"):format(shown(change.event.title), change.change)) }
  end
  if change.sentence then
    return { head(view, change, (change.change == "fails" and ": now fails: " or ": no longer fails: ") .. change.sentence) }
  end
  local lines = { head(view, change, "") }
  for _, member in ipairs(change.members) do
    lines[#lines + 1] = terminal.clean(("    %s: %s → %s"):format(member.member, shown(member.old), shown(member.new)))
  end
  return lines
end

local function decision_text(decision)
  if not decision then return "nothing" end
  return decision.reason .. (decision.winner and ", the winner is " .. decision.winner or "")
    .. (decision.decided_by and (" (%s)"):format(decision.decided_by) or "")
end

local function show(found)
  local view = terminal.of("stdout")
  for _, change in ipairs(found.events) do cli.print(table.unpack(event_lines(view, change))) end
  for _, decision in ipairs(found.decisions) do
    cli.print(terminal.clean(("! %s%s: %s → %s"):format(decision.entry, decision.calendar and " in " .. decision.calendar or "",
      decision_text(decision.old), decision_text(decision.new))))
  end
  if #found.events + #found.decisions == 0 then
    cli.print("both rules files do the same")
  else
    cli.print(("%s, %s"):format(quantity(#found.events, "event"), quantity(#found.decisions, "decision")))
  end
end

local function old_rules(values)
  local revision = values.old:match("^git:(.*)$")
  if not revision then return values.old end
  if revision == "" then cli.fail("git: needs a revision, such as git:HEAD") end
  return (cli.check(at_revision.read(revision, values.new)))
end

--- The command. @return exit status
function command.run(values)
  if values.events and values.fetch then cli.fail("--events and --fetch exclude each other: name one place for the events") end
  local events = values.events and cli.check(recording.read(values.events)).calendars
  local found = cli.check(difference.of(common.board(values.board), old_rules(values), values.new,
    { config = values.config, state = values.state, fetch = values.fetch, events = events }))
  if values.json then
    cli.print((cli.check(json.encode(found, { sort = true }))))
  else
    show(found)
  end
  return #found.events + #found.decisions > 0 and cli.exits.SOME_FAILED or cli.exits.OK
end

return command
