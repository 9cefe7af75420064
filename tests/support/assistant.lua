-- An assistant that speaks with mcp.lua, as the programs do that assistants run in:
--     local assistant <close> = assistants.start(place, "board.json --read-only")
--     local data = assistant:call("status")
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local assistants = {}

local Assistant = {}
Assistant.__index = Assistant

--- Starts the server in the folder of a place, without a word to it.
function assistants.start_silently(place, words, environment)
  local self = setmetatable({ place = place, heard = {}, said = 0 }, Assistant)
  shell.lines(("mkfifo %s/out.fifo"):format(shell.quote(place.path)))
  self.to = assert(io.popen(("cd %s && echo $$ >pid.txt && exec env -u FMCAL_BOARD -u FMCAL_STATE %s %s mcp.lua %s >out.fifo 2>errors.txt"):format(
    shell.quote(place.path), environment or "", shell.quote(os.getenv("FMCAL_LUA")), words or ""), "w"))
  self.from = assert(io.open(place:file "out.fifo"))
  os.remove(place:file "out.fifo")
  return self
end

--- Starts it, and both have introduced themselves.
function assistants.start(place, words, environment)
  local self = assistants.start_silently(place, words, environment)
  local hello = self:ask("initialize", { protocolVersion = "2025-06-18", capabilities = {},
    clientInfo = { name = "scripted", version = "1" } }).result
  lu.assertEquals(hello.protocolVersion, "2025-06-18")
  self:say(json.encode { jsonrpc = "2.0", method = "notifications/initialized" })
  return self
end

--- Sends a line as it is.
function Assistant:say(line)
  assert(self.to:write(line, "\n"))
  assert(self.to:flush())
end

--- The next message of the server; nil at its end.
function Assistant:hear()
  local line = self.from:read("l")
  if not line then return nil end
  self.heard[#self.heard + 1] = line
  local message = assert(json.decode(line))
  lu.assertEquals(message.jsonrpc, "2.0")
  return message
end

--- Sends a request. @return its id
function Assistant:request(method, params)
  self.said = self.said + 1
  self:say(json.encode { jsonrpc = "2.0", id = self.said, method = method, params = params })
  return self.said
end

--- Sends a request and waits for the answer, which must be the next message.
function Assistant:ask(method, params)
  local id = self:request(method, params)
  local message = self:hear() or error("the server has left: " .. self.place:read "errors.txt")
  lu.assertEquals(message.id, id)
  return message
end

--- Calls a tool. @return what it answers, and whether it failed
function Assistant:call(tool, arguments)
  local message = self:ask("tools/call", { name = tool, arguments = arguments })
  if message.error then error(message.error.message, 2) end
  local result = message.result
  lu.assertEquals(result.structuredContent, assert(json.decode(result.content[1].text)))
  lu.assertStrContains(result.structuredContent.notice, "data")
  return result.structuredContent.data, result.isError
end

--- Calls a tool that must do what is asked.
function Assistant:need(tool, arguments)
  local data, failed = self:call(tool, arguments)
  if failed then error(("%s: %s"):format(tool, tostring(data.error)), 2) end
  return data
end

--- All that the server has said.
function Assistant:transcript()
  return table.concat(self.heard, "\n")
end

--- Stops the server.
function Assistant:kill()
  shell.lines("kill " .. self.place:read "pid.txt")
end

--- Hangs up and waits for the server's end. @return its exit status
function Assistant:leave()
  if not self.to then return nil end
  local _, _, status = self.to:close()
  self.to = nil
  self.from:close()
  return status or 0
end

function Assistant:__close()
  self:leave()
end

return assistants
