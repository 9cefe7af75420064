local lu = require("luaunit")
local httpdate = require("fmcal.accounts.httpdate")

TestHttpDate = {}

function TestHttpDate.testDates()
  lu.assertEquals(httpdate.parse("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777)
  lu.assertEquals(httpdate.parse("Thu, 01 Jan 1970 00:00:00 GMT"), 0)
end

function TestHttpDate.testAnythingElseIsNone()
  for _, text in ipairs { "", "now", "Sun, 06 Nix 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0100",
    "Sun, 31 Feb 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT" } do
    lu.assertNil(httpdate.parse(text), text)
  end
  lu.assertNil(httpdate.parse(nil))
end

os.exit(lu.LuaUnit.run())
