-- A child's side: calls come in one after the other, and are answered. One line of JSON each:
--
--   {"id": N, "call": NAME, "params": {…}, "key": text?}
--   {"id": N, "progress": {…}}                            any number of them
--   {"id": N, "ok": …, "memory": bytes, "retire": true?}  the answer
--   {"id": N, "error": {"code", "message", …}, …}         or this one
--
-- `retire`: what was done has left something behind, and this process shall answer no further calls.

local child = require "fmcal.child"
local json = require "fmcal.json"
local log = require "fmcal.log"

local answering = {}

-- What an error tells beside its sentence.
local TOLD = { "code", "message", "line", "column", "status", "retry_after_s", "member" }

local function error_of(err)
  if type(err) ~= "table" then return { code = "failed", message = tostring(err) } end
  local told = {}
  for _, name in ipairs(TOLD) do told[name] = err[name] end
  return told
end

-- Resident memory of this process in bytes; 0 where the system does not say it.
local function memory()
  local file <close> = io.open("/proc/self/status")
  local kilobytes = file and file:read("a"):match("VmRSS:%s*(%d+)")
  return (tonumber(kilobytes) or 0) * 1024
end

local function trace(raised)
  if type(raised) == "table" and raised.code == "canceled" then return raised end
  return debug.traceback(tostring(raised), 2)
end

-- What a call that raised answers: a defect, or somebody's wish that it end.
local function raised_answer(raised)
  if type(raised) == "table" then return { error = error_of(raised), retire = true } end
  log.error("serve", "%s", raised)
  return { error = { code = "defect", message = "this should not have happened: " .. raised:match("[^\n]*") }, retire = true }
end

local function answer(calls, request, send)
  local call = calls(request.call)
  if not call then return { error = { code = "unsupported", message = ("there is no call %s"):format(request.call) } } end
  local context = { key = request.key, progress = function(report) send { id = request.id, progress = report } end }
  local ok, value, err = xpcall(call, trace, request.params, context)
  if not ok then return raised_answer(value) end
  if value == nil then return { error = error_of(err), retire = context.retire } end
  return { ok = value, retire = context.retire }
end

--- Answers calls until there are no more.
-- @param calls function(name) -> function(params, context) -> value, or nil and an error; nil where there is no such call.
--   `context.progress(table)` tells how far it is; setting `context.retire` makes this process the last time used;
--   `context.key` is what the caller said
function answering.run(calls)
  local parent = assert(child.parent())
  local function send(message)
    local line, err = json.encode(message)
    assert(parent:send(line or json.encode { id = message.id, error = error_of(err) }))
  end
  local line = parent:receive()
  while line do
    local request = assert(json.decode(line))
    local answered = answer(calls, request, send)
    answered.id, answered.memory = request.id, memory()
    send(answered)
    line = parent:receive()
  end
end

return answering
