local lu = require("luaunit")
local url = require("fmcal.url")

TestUrl = {}

function TestUrl.testParse()
  local parts = url.parse("HTTPS://Cal.Example.org:8443/a%20b/?x=1#f")
  lu.assertEquals(parts, { scheme = "https", host = "cal.example.org", port = 8443, path = "/a%20b/", query = "x=1" })
  lu.assertEquals(url.parse("http://[::1]/").host, "::1")
  lu.assertNil(url.parse("https://h/").query)
end

function TestUrl.testParseFailures()
  for _, text in ipairs({ "", "h", "ftp://h/", "https://u:p@h/", "https://h/a b", "https://h/\r\nX: y" }) do
    local parts, err = url.parse(text)
    lu.assertNil(parts)
    lu.assertEquals(err.code, "invalid")
    lu.assertEquals(err.domain, "url")
  end
end

function TestUrl.testResolve()
  lu.assertEquals(url.resolve("https://h/a/", "b:c.ics"), "https://h/a/b:c.ics")
  lu.assertEquals(url.resolve("https://h/a/", "/x y"), "https://h/x%20y")
  lu.assertEquals(select(2, url.resolve("https://h/", "/a\nb")).code, "invalid")
  lu.assertEquals(select(2, url.resolve("relative", "x")).code, "invalid")
end

function TestUrl.testCanonicalPath()
  lu.assertEquals(url.canonical_path("https://h/c/k%40x%2f"), "/c/k@x%2F")
  lu.assertEquals(url.canonical_path("/c/k@x"), "/c/k@x")
  lu.assertEquals(select(2, url.canonical_path("c/k")).code, "invalid")
end

function TestUrl.testQuestionsAboutTwo()
  lu.assertTrue(url.same_origin("https://h/a", "https://H:443/b"))
  lu.assertFalse(url.same_origin("https://h/a", "https://h:444/b"))
  lu.assertTrue(url.same_site("https://a.example.org/", "http://b.example.org/"))
  lu.assertFalse(url.same_site("https://a.co.uk/", "https://b.co.uk/"))
  lu.assertTrue(url.trusts("http://127.0.0.1:1/", "http://localhost:2/"))
  lu.assertFalse(url.trusts("https://a.example.org/", "http://a.example.org/"))
  lu.assertEquals(select(2, url.trusts("https://a/", "nonsense")).code, "invalid")
  lu.assertEquals(select(2, url.trusts("nonsense", "https://a/")).code, "invalid")
end

function TestUrl.testLoopback()
  lu.assertTrue(url.is_loopback("127.1.2.3"))
  lu.assertFalse(url.is_loopback("example.org"))
end

function TestUrl.testEncodeAndDecode()
  local all = {}
  for i = 0, 255 do
    all[#all + 1] = string.char(i)
  end
  local bytes = table.concat(all)
  lu.assertEquals(url.decode(url.encode(bytes)), bytes)
  lu.assertEquals(url.encode("a b/é~"), "a%20b%2F%C3%A9~")
  lu.assertEquals(url.decode("%zz%4"), "%zz%4")
end

function TestUrl.testQueryIsSortedAndEncoded()
  lu.assertEquals(url.query({}), "")
  lu.assertEquals(url.query({ b = 1, a = "x y&", c = true, aa = "" }), "a=x%20y%26&aa=&b=1&c=true")
end

function TestUrl.testMisuseRaises()
  lu.assertError(url.parse)
  lu.assertError(url.parse, {})
  lu.assertErrorMsgContains("zero byte", url.parse, "https://h/\0")
  lu.assertErrorMsgContains("names must be strings", url.query, { "a" })
  lu.assertErrorMsgContains("values must be", url.query, { a = {} })
end

os.exit(lu.LuaUnit.run())
