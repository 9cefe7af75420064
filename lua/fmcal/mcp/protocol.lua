-- Messages of JSON-RPC 2.0, one a line: read, checked, and made.

local json = require "fmcal.json"
local schema = require "fmcal.util.schema"

local protocol = { PARSE_ERROR = -32700, INVALID_REQUEST = -32600, NO_METHOD = -32601, INVALID_PARAMS = -32602,
  INTERNAL_ERROR = -32603 }

local function is_id(id)
  return type(id) == "string" or math.type(id) == "integer"
end

--- A line that answers a request.
function protocol.result(id, result)
  return (assert(json.encode({ jsonrpc = "2.0", id = id, result = result }, { sort = true })))
end

--- A line that refuses one.
-- @param id of the request, nil where it is not known
function protocol.failure(id, code, sentence)
  return (assert(json.encode({ jsonrpc = "2.0", id = id == nil and json.null or id,
    error = { code = code, message = sentence } }, { sort = true })))
end

local function refused(id, code, sentence)
  return nil, protocol.failure(id, code, sentence)
end

local function wrong_message(message)
  if getmetatable(message) == "fmcal.json.array" then
    return "several messages in one line are no part of this protocol: send one a line"
  elseif message.jsonrpc ~= "2.0" then
    return 'jsonrpc must be "2.0"'
  elseif message.id ~= nil and not is_id(message.id) then
    return "id must be a text or a whole number"
  elseif type(message.method) ~= "string" then
    return "method must be a text"
  end
  return nil
end

--- Reads a line.
-- @return message { id (nil for a notification), method, params }; or nil, and the line that answers it (nil where nothing
--   does)
function protocol.read(line)
  if not line:find("%S") then return nil end
  local message, err = json.decode(line)
  if err then return refused(nil, protocol.PARSE_ERROR, ("column %d: %s"):format(err.column or 0, err.message)) end
  if type(message) ~= "table" then return refused(nil, protocol.INVALID_REQUEST, "a message must be an object") end
  if message.method == nil and (message.result ~= nil or message.error ~= nil) then return nil end -- an answer: nothing was asked
  local id = is_id(message.id) and message.id or nil
  local wrong = wrong_message(message)
  if wrong then return refused(id, protocol.INVALID_REQUEST, wrong) end
  if message.params ~= nil and not schema.is("object", message.params) then
    return refused(id, protocol.INVALID_PARAMS, "params must be an object")
  end
  return { id = id, method = message.method, params = message.params or {} }
end

return protocol
