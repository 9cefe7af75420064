-- Options and openings that several commands share.

local boards = require "fmcal.cli.boards"
local cli = require "fmcal.cli"
local terminal = require "fmcal.cli.terminal"
local time = require "fmcal.time"

local common = {}

--- Adds the argument BOARD and the options that say where its configuration and state are.
function common.board_options(parser)
  parser:argument("board", "Board file. Without it: FMCAL_BOARD, or the folder's only board."):args("?")
  common.place_options(parser)
end

--- Adds the options that say where a board's configuration and state are.
function common.place_options(parser)
  parser:option("--config", "Take the calendar configuration from a file instead of the board."):argname("F")
  parser:option("--rules", "Take the rules from this file."):argname("F")
  parser:option("--state", "The state is in this file, or in this folder (with a / at its end)."):argname("F")
  parser:option("--team", "Work on the board of this team."):argname("TEAM")
end

--- The path of the one board that is meant; ends the command where there is none.
function common.board(named, team)
  return common.boards({ named }, team)[1]
end

--- The paths of the boards that are meant; ends the command where one of them is not there.
function common.boards(named, team)
  local paths, sentence, status = boards.find(named, team)
  if not paths then cli.fail(sentence, status) end
  for _, path in ipairs(paths) do
    local missing = boards.missing(path)
    if missing then cli.fail(missing, cli.exits.UNREACHABLE) end
  end
  return paths
end

--- What fmcal.overview and the engine are told.
function common.engine_options(values, path)
  return { board = path, config = values.config, rules = values.rules, state = values.state, team = values.team,
    command = cli.command() }
end

--- Opens the overview of the board that is meant.
function common.overview(values)
  local overview = require "fmcal.overview" -- a sync does without
  local opened = cli.check(overview.open(common.engine_options(values, common.board(values.board, values.team))))
  if opened.warning then cli.complain("warning: " .. terminal.clean(opened.warning)) end
  return opened
end

--- A time of the state for a person: without seconds, in UTC.
function common.when(text)
  if type(text) ~= "string" then return "never" end
  return (text:gsub("T(%d%d:%d%d).*", " %1 UTC"))
end

local UNITS = { m = 60, h = 3600, d = 86400, w = 7 * 86400 }

--- A check for options that take a point in time: "2026-11-01", "2026-11-01T08:00:00Z", or how long ago, "90d", "12h".
-- @return RFC 3339 UTC, or nil and a sentence
function common.moment(value)
  local count, unit = value:match("^(%d+)([mhdw])$")
  if count then return time.format(time.epoch() - math.min(tonumber(count), 1e6) * UNITS[unit]) end
  local parsed = time.parse(value)
  if parsed and parsed.epoch then return time.format(parsed.epoch) end
  if parsed and parsed.kind == "date" then return value .. "T00:00:00Z" end
  return nil, ("'%s' is no time such as 2026-11-01, 2026-11-01T08:00:00Z or 90d"):format(value)
end

--- Prints lines to standard output as `cli.print`, each made harmless to the terminal.
function common.print_clean(...)
  for _, line in ipairs { ... } do cli.print(terminal.clean(line)) end
end

--- Whether a word is one of some, with a sentence that helps where it is not.
function common.word(value, list)
  local ok, sentence = cli.one_of(list)(value)
  if not ok then cli.fail(sentence) end
  return ok
end

return common
