-- Tools that make plans, and the one that carries them out.

local boards = require "fmcal.board"
local conflicts = require "fmcal.sync.conflicts"
local did_you_mean = require "fmcal.util.did_you_mean"
local fail = require "fmcal.util.failure"
local json = require "fmcal.json"
local places = require "fmcal.mcp.places"
local plan_file = require "fmcal.sync.plan_file"
local review = require "fmcal.sync.review"
local sync_view = require "fmcal.cli.sync.view"

local plans = {}

-- What an assistant reads of a run: what programs get of it, without the place of the board.
local function shown_result(result)
  local shown = sync_view.for_programs(result)
  shown.board, shown.targets = nil, nil
  return shown
end

-- @return data, and the text of the plan where there is something to carry out
local function planned(options)
  local result, plan = review.plan(options)
  if not plan then return shown_result(result), nil, true end
  local changes = plan_file.told(plan)
  local data = { changes = changes, drift = plan.drift, waits = plan.waits, warnings = json.array(result.warnings or {}),
    message = #changes == 0 and "there is nothing to do" or nil }
  return data, #changes > 0 and plan_file.text(plan) or nil
end

function plans.sync(context)
  local id = context.arguments.id
  return planned { board = context.board.path, only = id and { id } or nil }
end

local function conflict_of(path, id)
  local opened <close>, err = boards.open(path)
  if not opened then return nil, err end
  local ids = {}
  for i, conflict in ipairs(conflicts.list(opened)) do
    if conflict.id == id then return conflict end
    ids[i] = conflict.id
  end
  return fail("notfound", "mcp", "%s has no conflict%s", id, did_you_mean(id, ids))
end

function plans.resolve(context)
  local asked = context.arguments
  local found, err = conflict_of(context.board.path, asked.id)
  if not found then return nil, err end
  if asked.resolution == "merge" and not next(asked.merge or {}) then
    return fail("invalid", "mcp", 'merge needs members, such as { "dueDate": "2027-03-01" }')
  end
  local answer = conflicts.answer(asked.resolution, asked.merge)
  return planned { board = context.board.path, only = { asked.id }, exact = true, answers = { [asked.id] = answer } }
end

function plans.undo(context)
  local asked = context.arguments
  if asked.redo and asked.run then
    return fail("invalid", "mcp", "redo and run do not go together: run takes back an undo of that number")
  end
  return planned { board = context.board.path, only = asked.id and { asked.id } or nil, direction = "both", max_rounds = 1,
    revert = { kind = asked.redo and "redo" or "undo", run = asked.run } }
end

function plans.apply(context)
  local plan, err = plan_file.read(context.plan, "of this session")
  if not plan then return nil, err end
  local result = review.apply(plan, { who = context.who, command = "mcp.lua apply" })
  local shown = shown_result(result)
  shown.board = places.name_of(context.places, plan.board)
  return shown, nil, result.error ~= nil
end

return plans
