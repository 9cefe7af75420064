-- A request as the calls see it: { method, path, segments (decoded), query, headers, host, address, is_secure, body, … }

local url = require "fmcal.url"

local request = {}

local function decoded(text)
  return (url.decode((text:gsub("+", " "))))
end

-- Members of a query; of several with one name the last counts.
local function query_of(text)
  local members = {}
  for name, value in text:gmatch("([^&=]+)=?([^&]*)") do members[decoded(name)] = decoded(value) end
  return members
end

-- The parts of a target; the absolute form brings its host along.
local function split(target)
  local host, rest = target:match("^[Hh][Tt][Tt][Pp][Ss]?://([^/?#]*)(.*)$")
  local path, query = (host and rest or target):match("^([^?#]*)%??([^#]*)")
  if host and path == "" then path = "/" end
  return path, query, host
end

-- A path decoded by its segments; nil where an escape is none, or hides a zero byte.
local function segments_of(path)
  local list = {}
  for segment in path:gmatch("/([^/]*)") do
    if segment:gsub("%%%x%x", ""):find("%%") then return nil end
    list[#list + 1] = url.decode(segment)
  end
  return list
end

-- Who sent it: behind trusted proxies, the last address that none of them is.
local function address_of(head, trusts)
  local address = head.peer
  if not head.is_trusted then return address end
  local named = {}
  for one in (head.headers["x-forwarded-for"] or ""):gmatch("[^,%s]+") do named[#named + 1] = one end
  for i = #named, 1, -1 do
    address = named[i]
    if not trusts(address) then return address end
  end
  return address
end

--- @param head fmcal.server.head
-- @param trusts function(address): whether it is a trusted proxy's
-- @return request, or nil where its target cannot be read
function request.of(head, trusts)
  local path, query, host = split(head.target)
  local segments = segments_of(path)
  if not segments or path:sub(1, 1) ~= "/" then return nil end
  return { method = head.method, path = path, segments = segments, query = query_of(query), headers = head.headers,
    host = (host or head.headers.host):lower(), address = address_of(head, trusts), listener = head.listener,
    local_address = head.local_address, has_body = head.has_body,
    is_secure = head.is_trusted and head.headers["x-forwarded-proto"] == "https" }
end

return request
