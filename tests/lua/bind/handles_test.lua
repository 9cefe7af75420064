-- Handles, lists and strings of the bindings while Lua code of others runs inside a call: metamethods of arguments,
-- finalisers, callbacks. Run with AddressSanitizer, these are uses of freed memory or nothing.
local lu = require "luaunit"
local board = require "fmcal.board"
local core = require "fmcal.provider.core"
local credentials = require "fmcal.credentials.core"
local http = require "fmcal.http"
local json = require "fmcal.json"
local mock = require "fmcal.mock"
local shell = require "shell"
local state = require "fmcal.state"
local sys = require "fmcal.sys"

-- A table whose members a function makes.
local function made_by(index, length)
  return setmetatable({}, { __len = function() return length or 2 end, __index = function(_, name) return index(name) end })
end

-- A string that nothing else refers to.
local made = 0
local function fresh(text)
  made = made + 1
  return text .. made
end

TestHandles = {}

function TestHandles.test_an_argument_cannot_close_the_board_that_is_saved()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/b.json", '{"team":"t","items":[]}')
  local opened = assert(board.open(folder.path .. "/b.json"))
  lu.assertErrorMsgContains("a call of the board is under way", opened.save, opened, made_by(function() opened:close() end))
  assert(opened:save())
end

function TestHandles.test_an_argument_cannot_close_the_provider_that_encodes()
  local provider = assert(core.new("vdir", { endpoint = "x", calendarId = "c" }))
  lu.assertErrorMsgContains("a call of the provider is under way", provider.encode, provider,
    made_by(function() provider:close() end))
  provider:close()
  lu.assertErrorMsgContains("the provider is closed", provider.encode, provider, {})
end

function TestHandles.test_an_argument_cannot_close_the_state_of_its_target()
  local opened = assert(state.open(":memory:"))
  local target = opened:target("x")
  lu.assertErrorMsgContains("a call of the state is under way", target.put_remote, target,
    made_by(function(name) if name == "etag" then opened:close() end return fresh("x") end))
  lu.assertErrorMsgContains("a call of the state is under way", target.put_remote, target,
    made_by(function() return target:token() end))
  assert(target:put_remote { href = "a" })
  opened:close()
  lu.assertErrorMsgContains("the state is closed", target.token, target)
end

function TestHandles.test_a_finaliser_finds_the_document_in_use()
  collectgarbage("generational")
  for i = 1, 200 do
    local document = assert(json.document('{"a":[1,2,3,{"x":"' .. ("y"):rep(100) .. '"}]}'))
    setmetatable({}, { __gc = function() pcall(document.set, document, { "a" }, i); pcall(document.close, document) end })
    pcall(document.get, document, { "a" })
    local big = {}
    for n = 1, i do big[n] = { tostring(n) } end
    pcall(document.set, document, { "a" }, big)
  end
  collectgarbage("incremental")
end

function TestHandles.test_waiting_takes_processes_when_all_are_known()
  local one, two = assert(sys.start { "true" }), assert(sys.start { "true" })
  lu.assertErrorMsgContains("a list of open processes is needed", sys.wait_any, made_by(function(i)
    if i == 2 then one:close() return one end
    return one
  end))
  lu.assertEquals(assert(sys.wait_any { two }), 1)
end

function TestHandles.test_a_handle_is_free_again_when_a_call_has_raised()
  local document = assert(json.document("{}"))
  lu.assertError(document.set, document, { {} }, 1)
  assert(document:set({ "a" }, 1))
  document:close()
  document:close()
end

TestArguments = {}

function TestArguments.test_lengths_are_checked()
  for _, length in ipairs { -1, math.mininteger, math.maxinteger } do
    local list = made_by(function() return "x" end, length)
    local provider = assert(core.new("mock", {}))
    assert(provider:open())
    lu.assertErrorMsgContains("elements", http.all, list)
    lu.assertErrorMsgContains("elements", provider.fetch, provider, list)
    lu.assertErrorMsgContains("elements", provider.apply, provider, list)
    lu.assertErrorMsgContains("elements", sys.start, list)
    lu.assertErrorMsgContains("elements", sys.wait_any, list)
    lu.assertErrorMsgContains("elements", credentials.from_command, list)
    lu.assertErrorMsgContains("elements", json.decode, "{}", { secret = list })
    lu.assertErrorMsgContains("elements", mock.server, { calendars = list })
  end
end

-- Each string is gone at the next collection unless the binding keeps it.
function TestArguments.test_strings_of_metamethods_live_as_long_as_they_are_used()
  local answer, err = http.request(made_by(function(name)
    collectgarbage()
    if name == "url" then return fresh("http://127.0.0.1:1/" .. ("u"):rep(200)) end
    if name == "method" then return "GET" end
    if name == "max_attempts" then return 1 end
    if name == "headers" then return { [fresh("X-" .. ("n"):rep(50))] = fresh(("v"):rep(50)) } end
    if name == "username" or name == "proxy" then return fresh("http://127.0.0.1:1/" .. ("p"):rep(200)) end
    if name == "password" or name == "body" then return fresh(("b"):rep(200)) end
  end))
  lu.assertNil(answer)
  lu.assertEquals(err.code, "network")
end

TestSecrets = {}

function TestSecrets.test_a_sealed_secret_opens_as_a_secret_or_not_at_all()
  local keys = assert(credentials.keyring { key = ("0"):rep(64) })
  local secret = credentials.secret("not-to-be-seen")
  for _, name in ipairs { "username", "clientId" } do
    lu.assertErrorMsgContains("member '" .. name .. "'", keys.seal, keys, { [name] = secret }, "t", "p")
  end
  local opened = assert(keys:open(assert(keys:seal({ password = secret, other = secret }, "t", "p")), "t", "p"))
  lu.assertEquals({ tostring(opened.password), tostring(opened.other) }, { "[secret]", "[secret]" })
end

os.exit(lu.LuaUnit.run())
