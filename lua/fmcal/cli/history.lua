-- The command history.lua: what runs have changed and overwritten, and forgetting what is old.

local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local config = require "fmcal.config"
local history_view = require "fmcal.cli.history_view"
local json = require "fmcal.json"
local quantity = require "fmcal.util.quantity"
local runs = require "fmcal.place.runs"
local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"

local command = {}

-- ---------------------------------------------------------------- words

local function looks_like_a_board(word)
  return word:find("%.json$") ~= nil or word:find("/", 1, true) ~= nil or sys.stat(word) ~= nil
end

-- [BOARD] [ID]: a single word is a board where it looks like one. @return board, id
local function split(words)
  if #words > 2 then cli.fail("history.lua takes a board and an entry's id") end
  if #words == 1 and not looks_like_a_board(words[1]) then return nil, words[1] end
  return words[1], words[2]
end

-- Of many runs the last ones are named.
local MOST_NAMED = 10

-- Ends the command where a run is asked for that is not kept, or did nothing to the entry that is asked for.
local function check_run(overview, number, key)
  local numbers, is_kept = {}, false
  for _, run in ipairs(overview:runs { key = key }) do
    is_kept = is_kept or run.number == number
    if #numbers < MOST_NAMED then table.insert(numbers, 1, tostring(run.number)) end
  end
  if is_kept then return end
  local named = #numbers == 0 and "no run did" or (#numbers == 1 and "run " or "these did: ") .. table.concat(numbers, ", ")
  if #numbers == 1 then named = named .. " did" end
  cli.fail(("there is no run %d that changed %s; %s"):format(number, key or "something, or failed", named))
end

local function show(values, words)
  local id
  values.board, id = split(words)
  local overview <close> = common.overview(values)
  if values.run then check_run(overview, values.run, id or values.only) end
  local list = overview:runs { key = id or values.only, run = values.run, since = values.since, limit = values.limit }
  local is_alone = values.run ~= nil or id ~= nil
  local out = terminal.of("stdout")
  for i, run in ipairs(list) do
    if values.json then
      cli.print(json.encode(run, { sort = true }))
    else
      if i > 1 then cli.print("") end
      cli.print(table.unpack(history_view.lines(out, run, is_alone)))
    end
  end
  if #list == 0 and not values.json then cli.print("no run has changed anything") end
  return cli.exits.OK
end

-- ---------------------------------------------------------------- prune

-- The number below which runs may go: the last ones that undo can take back stay.
local function first_to_keep(state)
  local list = cli.check(state:runs())
  local last = list[math.min(runs.UNDOABLE, #list)]
  return last and last.number or 0
end

local function prune(values, words)
  if not values.keep then cli.fail("how much is to stay? For example: history.lua prune BOARD --keep 90d") end
  local path = common.board(words[1], values.team)
  local opened <close> = cli.check(board.open(path))
  local settings = cli.check(config.load(opened, common.engine_options(values, path)))
  local state <close> = cli.check(board_state.open(opened:path(), settings.team, values.state, {}))
  local lock <close> = cli.check(board_state.lock(state))
  local gone = cli.check(state:prune(values.keep, first_to_keep(state)))
  cli.print(("%s forgotten; the last %d can be taken back"):format(quantity(gone, "run"), #state:runs()))
  return lock and cli.exits.OK
end

--- The command. @return exit status
function command.run(values)
  if values.words[1] == "prune" then return prune(values, { table.unpack(values.words, 2) }) end
  if values.keep then cli.fail("--keep goes with prune") end
  return show(values, values.words)
end

return command
