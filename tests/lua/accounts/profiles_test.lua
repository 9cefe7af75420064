local lu = require "luaunit"
local profiles = require "fmcal.accounts.profiles"

local function find(name)
  return assert(profiles.find(name))
end

TestProfiles = {}

function TestProfiles.test_every_service_says_what_is_needed_to_connect_it()
  for _, name in ipairs(profiles.names()) do
    local profile = find(name)
    lu.assertEquals(profile.name, name)
    lu.assertIsString(profile.title)
    lu.assertIsString(profile.provider)
    lu.assertIsTable(profile.explain)
    lu.assertIsTable(profile.limits)
    lu.assertNotNil(profile.endpoint or profile.address or profile.server, name)
    lu.assertEquals(profile.username == false, profile.password == false)
    if profile.password and name ~= "caldav" then lu.assertStrContains(profile.password:lower(), "app") end
    for _, line in ipairs(profile.explain) do lu.assertTrue(#line <= 130, line) end
  end
end

-- An app-specific password, where it is made, and what takes it back.
function TestProfiles.test_icloud_explains_its_password()
  local text = table.concat(find "apple".explain, "\n")
  for _, part in ipairs { "app-specific password", "https://account.apple.com", "two-factor authentication", "xxxx-xxxx-xxxx-xxxx",
    "Changing the password of the Apple account takes all app-specific passwords back" } do
    lu.assertStrContains(text, part)
  end
end

function TestProfiles.test_nextcloud_needs_only_the_name_of_the_server()
  local url = find "nextcloud".server.url
  for given, expected in pairs {
    ["cloud.example.org"] = "https://cloud.example.org/remote.php/dav/",
    ["https://example.org/cloud/"] = "https://example.org/cloud/remote.php/dav/",
    ["https://cloud.example.org/remote.php/dav"] = "https://cloud.example.org/remote.php/dav/",
    ["http://127.0.0.1:8080"] = "http://127.0.0.1:8080/remote.php/dav/",
  } do
    lu.assertEquals(url(given), expected)
  end
end

function TestProfiles.test_a_service_that_is_not_there()
  local profile, sentence = profiles.find "fastmial"
  lu.assertNil(profile)
  lu.assertStrContains(sentence, 'there is no provider "fastmial" (did you mean "fastmail"?)')
  lu.assertStrContains(sentence, table.concat(profiles.names(), ", "))
end

-- A board says less than connect.lua knew: the nearest service is taken.
function TestProfiles.test_the_service_of_a_target()
  local function name_of(spec) return (profiles.of_target(spec) or {}).name end
  lu.assertEquals(name_of { name = "apple", provider = "apple" }, "apple")
  lu.assertEquals(name_of { name = "work", provider = "caldav", endpoint = "https://caldav.fastmail.com/" }, "fastmail")
  lu.assertEquals(name_of { name = "nextcloud", provider = "caldav" }, "nextcloud")
  lu.assertEquals(name_of { name = "work", provider = "caldav" }, "caldav")
  lu.assertNil(name_of { name = "x", provider = "y" })
end

os.exit(lu.LuaUnit.run())
