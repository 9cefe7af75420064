-- Tools for those who write rules.

local at_revision = require "fmcal.trial.at_revision"
local boards = require "fmcal.board"
local check = require "fmcal.trial.check"
local config = require "fmcal.config"
local difference = require "fmcal.trial.difference"
local fail = require "fmcal.util.failure"
local places = require "fmcal.mcp.places"

local rules = {}

-- The rules file that the board itself names, wherever that lies.
local function own_rules(board)
  local opened <close>, err = boards.open(board.path)
  if not opened then return nil, err end
  local settings, wrong = config.load(opened, {})
  if not settings then return nil, wrong end
  if settings.rules then return settings.rules end
  return fail("notfound", "mcp", "the board %s names no rules file", board.name)
end

-- A file that was named, or the board's own.
local function rules_file(board, name)
  if not name then return own_rules(board) end
  return places.file(board, name)
end

function rules.check(context)
  local path, err = rules_file(context.board, context.arguments.new)
  if not path then return nil, err end
  local opened
  opened, err = boards.open(context.board.path)
  if not opened then return nil, err end
  return check.board(opened, { rules = path })
end

local function old_rules(board, name, new)
  local revision = name and name:match("^git:(.*)$")
  if not revision then return rules_file(board, name) end
  local read, sentence = at_revision.read(revision, new)
  if read then return read end
  return fail("notfound", "mcp", "%s", sentence)
end

function rules.diff(context)
  local board, asked = context.board, context.arguments
  local new, old, err
  new, err = places.file(board, asked.new)
  if not new then return nil, err end
  old, err = old_rules(board, asked.old, new)
  if not old then return nil, err end
  return difference.of(board.path, old, new, {})
end

return rules
