-- The link of a sign-in to Google, what counts as its answer, and what was granted: without a network.
local crypto = require "fmcal.crypto"
local google = require "fmcal.accounts.google"
local lu = require "luaunit"
local url = require "fmcal.url"

local PORT = 8085
local SCOPE = "https://www.googleapis.com/auth/"

local function begun(kind)
  return assert(google.begin(kind or "own", "client.example", PORT, google.endpoints(nil)))
end

local function assert_code(code, expected)
  lu.assertNotNil(code)
  lu.assertEquals(type(code), "userdata")
  lu.assertTrue(crypto.equal(code, expected))
end

-- Refused, with a code that says whether the sign-in ends.
local function assert_refused(expected, code, err)
  lu.assertNil(code)
  lu.assertEquals(err.code, expected, err.message)
end

TestBegin = {}

function TestBegin.test_the_link()
  local request = begun()
  local base, query = request.url:match("^([^?]*)%?(.*)$")
  lu.assertEquals(base, "https://accounts.google.com/o/oauth2/v2/auth")
  local members = {}
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do members[name] = url.decode(value) end
  lu.assertEquals(members.code_challenge, crypto.encode("base64url", crypto.decode("base64url", members.code_challenge)))
  lu.assertEquals(#crypto.decode("base64url", members.code_challenge), 32)
  lu.assertEquals(#crypto.decode("base64url", members.state), 32)
  members.code_challenge = nil
  lu.assertEquals(members, { response_type = "code", client_id = "client.example", redirect_uri = "http://127.0.0.1:8085/",
    scope = SCOPE .. "calendar.app.created", state = request.state, code_challenge_method = "S256", access_type = "offline",
    prompt = "consent" })
end

function TestBegin.test_state_and_verifier_are_used_once()
  local seen = {}
  for _ = 1, 50 do
    local request = begun()
    local challenge = request.url:match("code_challenge=([^&]+)")
    lu.assertNil(seen[request.state] or seen[challenge])
    seen[request.state], seen[challenge] = true, true
    lu.assertEquals(tostring(request.verifier), "[secret]")
    lu.assertNotStrContains(request.url, "code_verifier")
  end
end

function TestBegin.test_endpoints_of_the_board()
  local endpoints = google.endpoints { api = "http://127.0.0.1:1/v3", token = 7 }
  lu.assertEquals({ endpoints.api, endpoints.token }, { "http://127.0.0.1:1/v3", "https://oauth2.googleapis.com/token" })
  lu.assertEquals(google.endpoints("https://example.org"), google.endpoints(nil))
end

TestAnswer = {}

function TestAnswer.test_a_code_with_the_state_of_the_link()
  local request = begun()
  assert_code(google.answer(request, "code=4%2F0Ab-c&scope=a+b&state=" .. request.state), "4/0Ab-c")
  assert_code(google.answer(request, "state=" .. url.encode(request.state) .. "&&x&code=1+2"), "1 2")
end

function TestAnswer.test_what_is_no_answer()
  local request = begun()
  local state = "&state=" .. request.state
  for _, query in ipairs { "", "&", "=", "code", "code=" .. state, "state=" .. request.state, "error=" .. state, "Code=x" .. state,
    "code=a&code=b" .. state, "code=a" .. state .. state, "code=a&%63ode=b" .. state, ("x"):rep(100000), "%", "%zz=%" } do
    assert_refused("protocol", google.answer(request, query))
  end
end

function TestAnswer.test_another_state()
  local request = begun()
  for _, state in ipairs { "", "x", request.state .. "x", request.state:sub(1, -2), request.state:lower(), begun().state } do
    assert_refused("precondition", google.answer(request, "code=a&state=" .. state))
    assert_refused("precondition", google.answer(request, "error=access_denied&state=" .. state))
  end
  assert_refused("precondition", google.answer(request, "code=a"))
end

function TestAnswer.test_a_refusal_ends_it()
  local request = begun()
  local _, err = google.answer(request, "error=access_denied&state=" .. request.state)
  assert_refused("auth", nil, err)
  lu.assertStrContains(err.message, "access was refused")
  _, err = google.answer(request, "error=%1b[31mred&code=a&state=" .. request.state)
  lu.assertEquals(err.message, "Google's sign-in page answered an error without a name")
  _, err = google.answer(request, "error=org_internal&state=" .. request.state)
  lu.assertEquals(err.message, "Google's sign-in page answered org_internal")
end

TestPasted = {}

function TestPasted.test_an_address_a_query_or_a_code()
  local request = begun()
  local query = "state=" .. request.state .. "&code=4%2F0Ab"
  for _, text in ipairs { "http://127.0.0.1:8085/?" .. query, "http://127.0.0.1:8085?" .. query, query, "?" .. query,
    "http://127.0.0.1:8085/?" .. query .. "#top", "4/0Ab", "4%2F0Ab" } do
    assert_code(google.pasted(request, text), "4/0Ab")
  end
end

function TestPasted.test_anything_else()
  local request = begun()
  local query = "?code=a&state=" .. request.state
  for _, text in ipairs { "", "a b", "http://127.0.0.1:8086/" .. query, "https://127.0.0.1:8085/" .. query,
    "http://127.0.0.1:8085/x" .. query, "http://127.0.0.1:8085.example/" .. query, "http://127.0.0.1:8085/", "http://", "<code>",
    "http://u@127.0.0.1:8085/" .. query } do
    assert_refused("protocol", google.pasted(request, text))
  end
  assert_refused("precondition", google.pasted(request, "http://127.0.0.1:8085/?code=a&state=x"))
  assert_refused("auth", google.pasted(request, "error=access_denied&state=" .. request.state))
end

TestGranted = {}

local function set(...)
  local scopes = {}
  for _, name in ipairs { ... } do scopes[SCOPE .. name] = true end
  return scopes
end

function TestGranted.test_what_is_missing()
  lu.assertEquals(google.missing("own", set "calendar.app.created"), {})
  lu.assertEquals(google.missing("own", set "calendar"), {})
  lu.assertEquals(google.missing("own", set "calendar.events"), { "calendar.app.created" })
  lu.assertEquals(google.missing("existing", set("calendar.events", "calendar.calendarlist.readonly")), {})
  lu.assertEquals(google.missing("existing", set "calendar"), {})
  lu.assertEquals(google.missing("existing", set "calendar.readonly"), { "calendar.events" })
  lu.assertEquals(google.missing("existing", {}), { "calendar.events", "calendar.calendarlist.readonly" })
end

function TestGranted.test_who_may_write()
  lu.assertTrue(google.may_write(set "calendar.app.created"))
  lu.assertTrue(google.may_write(set "calendar.events"))
  lu.assertTrue(google.may_write(set "calendar"))
  lu.assertFalse(google.may_write(set("calendar.readonly", "calendar.calendarlist")))
  lu.assertFalse(google.may_write { ["https://example.org/auth/calendar"] = true })
end

function TestGranted.test_short_names()
  local scopes = set("calendar.events", "calendar")
  scopes.openid = true
  lu.assertEquals(google.scope_names(scopes), { "calendar", "calendar.events", "openid" })
end

os.exit(lu.LuaUnit.run())
