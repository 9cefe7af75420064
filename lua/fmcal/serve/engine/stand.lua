-- What the server keeps of a board in memory: read in a child, from the board and its state.

local accounts = require "fmcal.cli.accounts"
local board = require "fmcal.board"
local config = require "fmcal.config"
local mark = require "fmcal.util.mark"
local told = require "fmcal.serve.told"
local views = require "fmcal.serve.views"

local stand = {}

-- A board has a team, and what a board is made of; plans and configurations are none.
local function is_board(opened)
  for _, name in ipairs { "items", "epics", "calendarConfig" } do
    if type(opened:member(name)) == "table" then return type(opened:member("team")) == "string" end
  end
  return false
end

local function error_of(err, params)
  return select(2, told.error(err, params))
end

-- What decides about runs: who is asked, and which file beside the board. A board that nothing can be done with has neither.
local function add_settings(found, opened)
  local settings = config.load(opened, { as_it_stands = true })
  if not settings then return end
  found.rules, found.accounts = settings.rules, accounts.in_settings(settings)
end

--- How a board stands.
-- @param params { board = path, state }
-- @return { board, mark, is_board, team, rules, accounts, standing = see fmcal.serve.views.status, error }
function stand.of(params)
  local found = { board = params.board, mark = mark(params.board), accounts = {} }
  local opened <close>, err = board.open(params.board)
  if not opened then
    found.is_board, found.error = err.code ~= "notfound", error_of(err, params)
    return found
  end
  found.is_board = is_board(opened)
  if not found.is_board then return found end
  found.team = opened:member("team")
  add_settings(found, opened)
  local standing, unread = views.find("status")(params)
  found.standing, found.error = standing, unread
  return found
end

return stand
