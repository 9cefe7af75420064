-- Events of other programs through the codec: an edit of the title touches the title and the stamps, and nothing else.
local fixtures = require "fixtures"
local lu = require "luaunit"
local shell = require "shell"
local core = require "fmcal.provider.core"
local json = require "fmcal.json"

local TITLE = "Another title, from the board"

TestObjects = {}

local codec = assert(core.new("mock", {}))

function TestObjects.test_no_edit_is_the_object_byte_for_byte()
  for _, one in ipairs(fixtures.list("ics", "ics")) do
    local event, err = codec:decode(one.text)
    lu.assertNotNil(event, one.name .. ": " .. (err and err.message or ""))
    lu.assertEquals(assert(codec:encode(event, one.text)), one.text, one.name)
  end
end

function TestObjects.test_a_title_edit_touches_the_title_and_the_stamps()
  for _, one in ipairs(fixtures.list("ics", "ics")) do
    local event = assert(codec:decode(one.text))
    event.title = TITLE
    local text = assert(codec:encode(event, one.text))
    lu.assertEquals(fixtures.rest(text), fixtures.rest(one.text), one.name)
    lu.assertEquals(assert(codec:decode(text)).title, TITLE, one.name)
    lu.assertEquals(assert(codec:encode(event, text)), text, one.name)
  end
end

-- What some of them mean.
function TestObjects.test_titles()
  local titles = { ["quoted-printable"] = "Café", ["quoted-printable-latin"] = "Café",
    ["quoted-printable-folded"] = "A title that is too long for one line and goes on in the next",
    ["folded-title"] = "A title that was folded by another program, at a place of its own, and goes on",
    ["names-lower-case"] = "Foreign names", escapes = 'Foreign, with; bare; escapes \\and "quotes"', ["no-title"] = false }
  for _, one in ipairs(fixtures.list("ics", "ics")) do
    local title = titles[one.name]
    if title ~= nil then lu.assertEquals(assert(codec:decode(one.text)).title or false, title, one.name) end
  end
end

-- What was encoded is plain once the board wrote it.
function TestObjects.test_a_title_loses_its_encoding()
  for _, name in ipairs { "quoted-printable", "quoted-printable-folded", "quoted-printable-latin" } do
    local text = shell.source("tests/fixtures/ics/" .. name .. ".ics")
    local event = assert(codec:decode(text))
    event.title = "50=3D plain text"
    local written = assert(codec:encode(event, text))
    lu.assertStrContains(written, "\r\nSUMMARY:50=3D plain text\r\nDT")
    lu.assertNil(written:find("goes on", 1, true))
  end
end

-- ------------------------------------------------------------------ Google

TestGoogle = {}

local google = assert(core.new("google", {}))

-- An event without the member that an edit of the title touches.
local function untitled(text)
  return (text:gsub('"summary"%s*:%s*"[^\n]*', '"summary"', 1))
end

function TestGoogle.test_no_edit_is_the_event_byte_for_byte()
  for _, one in ipairs(fixtures.list("google", "json")) do
    local event = assert(google:decode(one.text))
    lu.assertEquals(assert(google:encode(event, one.text)), one.text, one.name)
  end
end

function TestGoogle.test_a_title_edit_touches_the_title()
  for _, one in ipairs(fixtures.list("google", "json")) do
    local event = assert(google:decode(one.text))
    event.title = TITLE
    local text = assert(google:encode(event, one.text))
    lu.assertEquals(assert(google:decode(text)).title, TITLE, one.name)
    lu.assertEquals(json.decode(text).summary, TITLE)
    if one.name ~= "no-title" then lu.assertEquals(untitled(text), untitled(one.text), one.name) end
    lu.assertEquals(assert(google:encode(event, text)), text, one.name)
  end
end

os.exit(lu.LuaUnit.run())
