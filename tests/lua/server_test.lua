local loop = require "fmcal.loop"
local lu = require "luaunit"
local server = require "fmcal.server"
local shell = require "shell"

TestServer = {}

-- Lets a server answer until a program ends. @return what it printed
local function serve(handle, words, answer)
  local waits <close> = loop.new()
  waits:add(handle)
  local folder <close> = shell.folder()
  local out = folder.path .. "/out"
  os.execute(("(%s > %s; touch %s.over) &"):format(words, out, out))
  repeat
    waits:wait(50)
    for _, event in ipairs(assert(handle:step())) do answer(event.kind, event.exchange) end
  until io.open(out .. ".over")
  return shell.read(out)
end

local function listen()
  local handle = assert(server.listen { addresses = { "127.0.0.1:0" } })
  return handle, "http://" .. handle:addresses()[1].text
end

function TestServer.test_a_request_and_its_answer()
  local handle <close>, url = listen()
  local asked, kinds = nil, {}
  local out = serve(handle, ("curl -s -i -H 'X-A: 1' -H 'x-a: 2' -H 'Cookie: a=1' -H 'Cookie: b=2' -d body '%s/p%%2f?q'"):format(url),
    function(kind, exchange)
      kinds[#kinds + 1] = kind
      if kind == "head" then
        asked = exchange:head()
        lu.assertFalse(exchange:receive(10))
      else
        lu.assertTrue(exchange:respond(201, { ["X-Answer"] = "here" }, "got " .. exchange:body()))
      end
    end)
  lu.assertEquals(kinds, { "head", "request" })
  lu.assertEquals(asked.method .. " " .. asked.target, "POST /p%2f?q")
  lu.assertEquals(asked.headers["x-a"], "1, 2")
  lu.assertEquals(asked.headers.cookie, "a=1; b=2")
  lu.assertEquals({ asked.peer, asked.local_address, asked.has_body }, { "127.0.0.1", "127.0.0.1", true })
  lu.assertStrContains(out, "HTTP/1.1 201 Created")
  lu.assertStrContains(out, "X-Answer: here")
  lu.assertStrContains(out, "got body")
end

function TestServer.test_bodies_have_a_size()
  local handle <close>, url = listen()
  local out = serve(handle, ("curl -s -d too-long %s"):format(url), function(_, exchange)
    local here, err = exchange:receive(3)
    lu.assertNil(here)
    lu.assertEquals(err.code, "limit")
    exchange:respond(413, {}, "too long")
  end)
  lu.assertEquals(out, "too long")
end

function TestServer.test_a_stream()
  local handle <close>, url = listen()
  local out = serve(handle, "curl -s " .. url, function(kind, exchange)
    if kind ~= "head" then return end
    lu.assertTrue(exchange:stream(200, { ["Content-Type"] = "text/plain" }))
    lu.assertTrue(exchange:write("one "))
    lu.assertTrue(exchange:write("two"))
    exchange:finish()
    local done, err = exchange:write("three")
    lu.assertNil(done)
    lu.assertEquals(err.code, "invalid")
  end)
  lu.assertEquals(out, "one two")
end

function TestServer.test_who_gives_up_an_exchange_has_answered_500()
  local handle <close>, url = listen()
  local out = serve(handle, "curl -s " .. url, function(_, exchange) exchange:close() end)
  lu.assertStrContains(out, '"status":500')
end

function TestServer.test_a_reader_that_goes()
  local handle <close>, url = listen()
  local kinds, held = {}, nil
  serve(handle, ("curl -s -m 0.2 %s; sleep 0.3"):format(url), function(kind, exchange)
    kinds[#kinds + 1], held = kind, exchange
    if kind == "head" then exchange:stream(200, {}) end
  end)
  lu.assertEquals(kinds, { "head", "gone" })
  local done, err = held:write("late")
  lu.assertNil(done)
  lu.assertEquals(err.code, "network")
end

function TestServer.test_addresses()
  local folder <close> = shell.folder()
  local path = folder.path .. "/socket"
  local handle <close> = assert(server.listen { addresses = { "0.0.0.0:0", "unix:" .. path }, trusted_proxies = { "10.0.0.0/8" } })
  local ip, unix = table.unpack(handle:addresses())
  lu.assertEquals({ ip.host, ip.is_local, ip.is_wildcard }, { "0.0.0.0", false, true })
  lu.assertEquals({ unix.text, unix.host, unix.is_local, unix.is_wildcard }, { "unix:" .. path, "", true, false })
  lu.assertTrue(handle:trusts("10.1.2.3"))
  lu.assertFalse(handle:trusts("11.1.2.3"))
  local none, err = server.listen { addresses = { ip.text } }
  lu.assertNil(none)
  lu.assertEquals(err.code, "io")
  none, err = server.listen { addresses = { "nowhere" } }
  lu.assertNil(none)
  lu.assertEquals(err.code, "invalid")
end

os.exit(lu.LuaUnit.run())
