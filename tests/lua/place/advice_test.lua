-- What is said of errors beyond the library's own words.
local advice = require "fmcal.place.advice"
local failure = require "fmcal.util.failure"
local json = require "fmcal.json"
local lu = require "luaunit"
local provider = require "fmcal.provider.core"
local sys = require "fmcal.sys"

local function said(err, spec) return advice.on_calendar(err, spec).message end

TestAdvice = {}

function TestAdvice.test_settings_are_called_as_on_the_board()
  lu.assertEquals(advice.in_board_words({ message = 'set "ca_file" or "allow_http", not "kanban_board"' }).message,
    'set "caFile" or "allowHttp", not "kanban_board"')
end

function TestAdvice.test_a_board_that_never_was_connected()
  for _, code in ipairs { "auth", "access", "invalid" } do
    for _, section in ipairs { json.null, {} } do
      lu.assertEquals(said({ code = code, message = "no" }, { provider = "google", credentials = section }),
        "the board is not connected with this calendar: run connect.lua google (no)")
    end
  end
  lu.assertEquals(said({ code = "auth", message = "no" }, { provider = "caldav", credentials = { username = "kim" } }), "no")
  lu.assertEquals(said({ code = "invalid", message = "no" }, { provider = "vdir" }), "no")
end

function TestAdvice.test_a_calendar_that_is_not_there()
  lu.assertStrContains(said({ code = "notfound", message = "no" }, { provider = "apple", credentials = { username = "kim" } }),
    "no; connect.lua apple")
end

-- The library names settings as it calls them itself, and no command.
function TestAdvice.test_the_library_knows_no_command()
  local _, err = provider.new("google", {}):open()
  lu.assertEquals(err.code, "invalid")
  lu.assertStrContains(err.message, "refresh_token")
  lu.assertNil(err.message:find("connect.lua", 1, true))
end

function TestAdvice.test_errors_say_whether_they_pass()
  local _, mistaken = provider.new("google", {}):open()
  lu.assertIs(mistaken.transient, false)
  lu.assertIs(select(2, failure("network", "test", "away")).transient, true)
  lu.assertIs(select(2, failure("invalid", "test", "wrong")).transient, false)
  for code, passes in pairs { timeout = true, throttled = true, server = true, auth = false, nonsense = false } do
    lu.assertIs(sys.is_transient(code), passes, code)
  end
end

os.exit(lu.LuaUnit.run())
