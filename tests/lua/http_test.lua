local lu = require("luaunit")
local http = require("fmcal.http")
local json = require("fmcal.json")
local servers = require("servers")

local scripted = servers.scripted()

local function url_of(path)
  return scripted.url .. path
end

TestHttp = {}

function TestHttp.setUp()
  scripted:clear()
end

-- What the server says it was sent.
local function echoed(request)
  local answer = assert(http.request(request))
  lu.assertEquals(answer.status, 200)
  return json.decode(answer.body)
end

function TestHttp.testRequest()
  local seen = echoed({
    method = "REPORT",
    url = url_of("echo/x?y=1"),
    headers = { Depth = "1", ["Content-Type"] = "application/xml" },
    body = "<a\0b/>",
  })
  lu.assertEquals(seen.method, "REPORT")
  lu.assertEquals(seen.path, "/echo/x?y=1")
  lu.assertEquals(seen.headers.Depth, "1")
  lu.assertEquals(seen.headers["Content-Type"], "application/xml")
  lu.assertEquals(seen.body, "<a\0b/>")
end

function TestHttp.testForm()
  local secret = require("fmcal.credentials").secret("a b/&=é")
  local seen = echoed { method = "POST", url = url_of("echo"), form = { token = secret } }
  lu.assertEquals({ seen.body, seen.headers["Content-Type"] },
    { "token=a%20b%2F%26%3D%C3%A9", "application/x-www-form-urlencoded" })
  seen = echoed { method = "POST", url = url_of("echo"), form = { ["a&"] = "1", b = "" } }
  local parts = {}
  for part in seen.body:gmatch("[^&]+") do parts[#parts + 1] = part end
  lu.assertItemsEquals(parts, { "a%26=1", "b=" })
  local function refused(sentence, form, body)
    lu.assertErrorMsgContains(sentence, http.request, { method = "POST", url = url_of("echo"), form = form, body = body })
  end
  refused("'form' must be a table", "a=b")
  refused("strings or secrets", { a = 1 })
  refused("exclude each other", { a = "1" }, "b")
  refused("at most 65536 bytes", { a = ("x"):rep(65536) })
end

function TestHttp.testARedirectFromHttpsToHttpIsRefused()
  local tls <close> = servers.tls(scripted, "good")
  scripted:fault { kind = "status", code = 302, headers = { Location = url_of("echo") } }
  local answer, err = http.request { method = "PROPFIND", url = tls.url, ca_file = tls.ca }
  lu.assertNil(answer)
  lu.assertStrContains(err.message, "redirects from https to http, which is refused")
  lu.assertEquals(scripted:count(), 1)
end

function TestHttp.testResponse()
  local answer = assert(http.get(url_of("echo")))
  lu.assertEquals(answer.status, 200)
  lu.assertEquals(answer.headers["x-echo"], "yes")
  lu.assertEquals(answer.url, url_of("echo"))
  lu.assertEquals(answer.attempts, 1)
end

function TestHttp.testEveryName()
  for _, name in ipairs({ "get", "delete" }) do
    local answer = assert(http[name](url_of("echo")))
    lu.assertEquals(json.decode(answer.body).method, name:upper())
  end
  for _, name in ipairs({ "post", "put", "patch" }) do
    local answer = assert(http[name](url_of("echo"), "body", { headers = { X = "1" } }))
    if name == "patch" then
      lu.assertEquals(answer.status, 501)
    else
      local seen = json.decode(answer.body)
      lu.assertEquals({ seen.method, seen.body, seen.headers.X }, { name:upper(), "body", "1" })
    end
  end
  lu.assertEquals(assert(http.head(url_of("echo"))).body, "")
end

function TestHttp.testOptionsAreNotChanged()
  local options = { headers = { X = "1" } }
  assert(http.get(url_of("echo"), options))
  lu.assertEquals(options, { headers = { X = "1" } })
end

function TestHttp.testSignIn()
  local seen = echoed({ url = url_of("echo"), username = "alice", password = "secret" })
  lu.assertEquals(seen.headers.Authorization, "Basic YWxpY2U6c2VjcmV0")
  seen = echoed({ url = url_of("echo"), bearer = "token" })
  lu.assertEquals(seen.headers.Authorization, "Bearer token")
end

-- Nothing that is given becomes a line of the request of its own, or is cut short.
function TestHttp.testNothingSplitsARequest()
  local secret = require("fmcal.credentials").secret
  for _, options in ipairs {
    { bearer = "tok\r\nX-Evil: 1" }, { bearer = secret "tok\nX-Evil: 1" }, { bearer = "tok\0en" },
    { username = "a\r\nX: y", password = "p" }, { username = "a", password = "p\r\nq" },
    { username = "a", password = secret "p\0q" }, { headers = { ["X-A"] = "b\r\nX-Evil: 1" } },
    { headers = { ["X-A: q\r\nX-Evil"] = "b" } }, { headers = { ["X-A"] = "b\nc" } },
    { method = "GET /x HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET" }, { url = url_of("echo\r\nX-Evil: 1") },
  } do
    options.url = options.url or url_of("echo")
    local answer, err = http.request(options)
    lu.assertNil(answer)
    lu.assertEquals(err.code, "invalid")
  end
  for _, options in ipairs {
    { username = "a\0b", password = "p" }, { headers = { ["X-A"] = "b\0" } }, { headers = { ["X\0A"] = "b" } },
    { method = "GET\0" }, { url = url_of("echo\0x") }, { proxy = "http://127.0.0.1\0" }, { ca_file = "a\0b" },
  } do
    options.url = options.url or url_of("echo")
    lu.assertErrorMsgContains("zero byte", http.request, options)
  end
  lu.assertEquals(scripted:count(), 0)
end

-- A redirect from one port of this machine to another leaves everything behind that is secret.
function TestHttp.testRedirectsLeaveCredentialsBehind()
  local other <close> = servers.scripted()
  local secret = require("fmcal.credentials").secret
  scripted:fault { kind = "status", path = "/from", code = 307, times = -1, headers = { Location = other.url .. "echo" } }
  for _, options in ipairs {
    { username = "alice", password = "secret" }, { bearer = "token" }, { headers = { Authorization = "Basic x" } },
  } do
    local seen = json.decode(assert(http.get(url_of("from"), options)).body)
    lu.assertNil(seen.headers.Authorization)
  end
  local answer, err = http.request { method = "POST", url = url_of("from"), form = { token = secret "abcd" } }
  lu.assertNil(answer)
  lu.assertStrContains(err.message, "does not get the credentials")
  answer = assert(http.request { method = "POST", url = url_of("from"), form = { name = "value" } })
  lu.assertEquals(json.decode(answer.body).body, "name=value")
end

function TestHttp.testAnyStatusIsAnAnswer()
  lu.assertEquals(http.get(url_of("cal/alice/nothing/")).status, 401)
  lu.assertEquals(http.get(url_of("x"), { username = "alice", password = "secret" }).status, 404)
end

function TestHttp.testRedirects()
  scripted:fault({ kind = "status", path = "/from", code = 307, headers = { Location = "/echo/to" } })
  local answer = assert(http.put(url_of("from"), "kept"))
  lu.assertEquals(answer.url, url_of("echo/to"))
  lu.assertEquals(json.decode(answer.body).body, "kept")
  scripted:fault({ kind = "status", path = "/from", code = 302, headers = { Location = "/echo/to" } })
  answer = assert(http.get(url_of("from"), { follow = false }))
  lu.assertEquals({ answer.status, answer.headers.location }, { 302, "/echo/to" })
end

function TestHttp.testRetries()
  scripted:fault({ kind = "status", code = 503, times = 2 })
  lu.assertEquals(http.get(url_of("echo"), { refused_wait_ms = 1 }).attempts, 3)
  scripted:fault({ kind = "status", code = 503 })
  lu.assertEquals(http.get(url_of("echo"), { retry = false }).status, 503)
  scripted:fault({ kind = "status", code = 500, times = -1 })
  lu.assertEquals(http.get(url_of("echo"), { backoff_ms = 1, max_attempts = 2 }).status, 500)
  lu.assertEquals(scripted:count("GET"), 6)
end

function TestHttp.testFailures()
  local answer, err = http.get("http://127.0.0.1:9/", { retry = false })
  lu.assertNil(answer)
  lu.assertEquals({ err.code, err.domain }, { "network", "http" })
  err = select(2, http.get("http://example.org/"))
  lu.assertEquals(err.code, "invalid")
  lu.assertStrContains(err.message, "allow_http")
  err = select(2, http.get(url_of("echo"), { headers = { X = "a\r\nb: c" } }))
  lu.assertEquals(err.code, "invalid")
  err = select(2, http.get(url_of("echo"), { max_bytes = 10 }))
  lu.assertEquals(err.code, "limit")
  scripted:fault({ kind = "hang" })
  err = select(2, http.get(url_of("echo"), { timeout_ms = 100, retry = false }))
  lu.assertEquals(err.code, "timeout")
end

function TestHttp.testAll()
  local requests = {}
  for i = 1, 60 do
    requests[i] = { url = url_of("echo/" .. i) }
  end
  requests[61] = { url = "http://127.0.0.1:9/", retry = false }
  requests[62] = { url = "not a url" }
  local results = assert(http.all(requests))
  lu.assertEquals(#results, 62)
  for i = 1, 60 do
    lu.assertEquals(json.decode(results[i].body).path, "/echo/" .. i)
  end
  lu.assertEquals(results[61].error.code, "network")
  lu.assertEquals(results[62].error.code, "invalid")
  lu.assertEquals(http.all({}), {})
end

function TestHttp.testManyInFlight()
  scripted:set({ delay_ms = 50 })
  local requests = {}
  for i = 1, 16 do
    requests[i] = { url = url_of("cal/" .. i), username = "alice", password = "secret" }
  end
  local results = assert(http.all(requests))
  scripted:set({ delay_ms = 0 })
  for i = 1, 16 do
    lu.assertEquals(results[i].status, 404)
  end
  lu.assertTrue(scripted:control("GET", "_log").connections > 2)
end

function TestHttp.testRepeatedHeadersAreJoined()
  scripted:fault({ kind = "status", code = 200, headers = { ["X-A"] = "1", ["x-a"] = "2" } })
  local value = http.get(url_of("echo")).headers["x-a"]
  lu.assertTrue(value == "1, 2" or value == "2, 1")
end

function TestHttp.testMisuseRaises()
  lu.assertErrorMsgContains("table expected", http.request, "x")
  lu.assertErrorMsgContains("'url' is missing", http.request, {})
  lu.assertErrorMsgContains("'url' must be a string", http.request, { url = 1 })
  lu.assertErrorMsgContains("'headers' must be a table", http.request, { url = "x", headers = "a" })
  lu.assertErrorMsgContains("must have strings", http.request, { url = "x", headers = { "a" } })
  lu.assertErrorMsgContains("'max_attempts' must be between", http.request, { url = "x", max_attempts = 0 })
  lu.assertErrorMsgContains("'timeout_ms' must be milliseconds", http.request, { url = "x", timeout_ms = -1 })
  lu.assertErrorMsgContains("request 2 is no table", http.all, { { url = url_of("echo") }, 5 })
  lu.assertError(http.get)
  lu.assertError(http.post, url_of("echo"))
end

local status = lu.LuaUnit.run()
scripted:stop()
os.exit(status)
