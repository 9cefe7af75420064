-- One call of a tool: a child process that does it, so that others go on meanwhile, it can be stopped at any time, and nothing
-- but a plan that is carried out writes anything. Both sides of it.

local answer = require "fmcal.mcp.answer"
local child = require "fmcal.child"
local json = require "fmcal.json"
local own_command = require "fmcal.util.own_command"
local places = require "fmcal.mcp.places"
local sys = require "fmcal.sys"

local job = {}

-- ---------------------------------------------------------------- in the server

--- Starts one.
-- @param task { tool = name, arguments, places, plan, who }
-- @return fmcal.child, or nil and an error
function job.start(task)
  local words = own_command.words()
  words[#words + 1] = "--child"
  local started, err = child.start(words, { master_keys = true })
  if not started then return nil, err end
  local sent
  sent, err = started:send((assert(json.encode(task))))
  if not sent then return nil, err end
  return started
end

--- What a child answered.
-- @param line of the child, nil where it ended without one
-- @return { result (of tools/call), plan (its text) }, or nil: it ended without an answer
function job.read(line)
  local told = line and json.decode(line)
  return type(told) == "table" and type(told.result) == "table" and told or nil
end

-- ---------------------------------------------------------------- in the child

local function carry_out(task)
  local folders = places.folders(task.places)
  local board, err
  local needs_board = task.tool ~= "boards" and task.tool ~= "apply"
  if needs_board then
    board, err = places.board(task.places, task.arguments.board)
    if not board then return { result = answer.failure(err.message, folders) } end
  end
  local tool = require("fmcal.mcp.tools")[task.tool]
  local data, plan, failed = tool { board = board, places = task.places, arguments = task.arguments, plan = task.plan,
    who = task.who }
  if not data then
    local sentence = type(plan) == "table" and (plan.message or plan.error) or tostring(plan)
    return { result = answer.failure(sentence, folders) }
  end
  data.board = data.board or board and board.name
  return { result = answer.of(data, folders, failed), plan = plan }
end

-- null is as good as absent.
local function without_nulls(arguments)
  for name, value in pairs(arguments) do
    if value == json.null then arguments[name] = nil end
  end
end

--- Does what the server asks for.
-- @return exit status
function job.work()
  local parent <close> = assert(child.parent())
  local task = assert(json.decode((assert(parent:receive()))))
  if task.tool ~= "apply" then sys.refuse_writes() end
  without_nulls(task.arguments)
  local told = carry_out(task)
  assert(parent:send((assert(json.encode(told)))))
  return 0
end

return job
