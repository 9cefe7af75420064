local answer = require "fmcal.mcp.answer"
local json = require "fmcal.json"
local lu = require "luaunit"

local FOLDERS = { "/srv/boards", "/home/kim/my boards" }

local function cleaned(data)
  return answer.of(data, FOLDERS).structuredContent.data
end

TestAnswer = {}

function TestAnswer.test_paths_in_sentences()
  for sentence, expected in pairs {
    ["board /srv/boards/a.json: no team"] = "board a.json: no team",
    ["the folder /srv/boards is empty"] = "the folder . is empty",
    ["/srv/boards/rules.lua:3: title"] = "rules.lua:3: title",
    ["cannot read /home/kim/my boards/x.json"] = "cannot read x.json",
    ["cannot read '/etc/fmcal/rules.lua'"] = "cannot read '(a path elsewhere)'",
    ["/var/lib/x.db: no such file"] = "(a path elsewhere): no such file",
    ["rule:on_conflict (/srv/other/rules.lua:12)"] = "rule:on_conflict ((a path elsewhere):12)",
    ["sync.lua --state=/var/lib/x /srv/boards/a.json"] = "sync.lua --state=(a path elsewhere) a.json",
    ["https://dav.example.org/cal answered 404, 1/2 and / or 3"] = "https://dav.example.org/cal answered 404, 1/2 and / or 3",
  } do
    lu.assertEquals(cleaned { error = sentence }.error, expected)
    lu.assertEquals(cleaned { warnings = json.array { sentence } }.warnings[1], expected)
  end
end

-- What people wrote may be given back to the board: it stays as it is, whatever it is called there.
function TestAnswer.test_texts_of_people_stay()
  local data = { title = "/etc/hosts", entry = { error = "/srv/boards/x", list = { "/a" } },
    board = { reason = "see /srv/boards/y\nand more" } }
  lu.assertEquals(cleaned(data), data)
end

function TestAnswer.test_secrets_are_masked()
  local text = json.encode(cleaned { title = "Authorization: Basic a2ltOnNlY3JldA==", error = "https://kim:pw@dav.example.org/" })
  lu.assertNotStrContains(text, "a2ltOnNlY3JldA")
  lu.assertNotStrContains(text, "kim:pw")
end

function TestAnswer.test_the_text_says_the_same()
  local result = answer.failure("no", FOLDERS)
  lu.assertTrue(result.isError)
  lu.assertEquals(json.decode(result.content[1].text), result.structuredContent)
end

os.exit(lu.LuaUnit.run())
