-- HTTP/2 with a real server that offers it.
local http = require "fmcal.http"
local lu = require "luaunit"
local servers = require "servers"

-- What a fresh server says about each of `count` requests sent together: protocol, number of connections.
local function seen(count, http2)
  local nginx <close> = servers.http2()
  local requests = {}
  for i = 1, count do requests[i] = { url = nginx.url .. i, ca_file = nginx.ca, http2 = http2 } end
  local protocols, connections, number = {}, {}, 0
  for _, answer in ipairs(assert(http.all(requests))) do
    lu.assertNil(answer.error)
    local protocol, connection = answer.body:match("^(%S+) (%d+)$")
    protocols[protocol] = true
    if not connections[connection] then number = number + 1 end
    connections[connection] = true
  end
  local protocol = next(protocols)
  lu.assertNil(next(protocols, protocol))
  return protocol, number
end

TestHttp2 = {}

function TestHttp2.test_used_where_offered_over_one_connection()
  local protocol, connections = seen(12)
  lu.assertEquals(protocol, "HTTP/2.0")
  lu.assertEquals(connections, 1)
end

function TestHttp2.test_switched_off()
  local protocol, connections = seen(12, false)
  lu.assertEquals(protocol, "HTTP/1.1")
  lu.assertTrue(connections > 1)
end

os.exit(lu.LuaUnit.run())
