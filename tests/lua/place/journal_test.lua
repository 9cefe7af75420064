-- Notes of writes, as this fmcal makes them and as an older one has left them.
local crypto = require "fmcal.crypto"
local journal = require "fmcal.place.journal"
local json = require "fmcal.json"
local lu = require "luaunit"

TestJournal = {}

local function hash(text)
  return crypto.encode("base64", crypto.sha256(text))
end

-- A text as events are read: what is no UTF-8 is replaced.
local function readable(text)
  return (text:gsub("[\x80-\xFF]", "?"))
end

-- A target with one note of "X-1". An event's text is its title here.
local function target_with(note)
  note.l, note.r, note.held, note.pulled = { title = "Sent" }, { title = "Sent" }, {}, {}
  note.push = { title = true }
  return {
    intents = { ["X-1"] = { { kind = "create", doc = assert(json.encode(note)) } } },
    provider = { decode = function(_, text) return { title = readable(text) } end },
    content_hash = function(_, event) return "content of " .. event.title end,
  }
end

local VIEW = { key = "X-1", fields = { "title" }, version = { title = "Sent" } }

local function base_where(note, text)
  return journal.base(target_with(note), VIEW, nil, { row = { text = text, etag = "2" }, version = { title = text }, event = { title = text } })
end

local NOTES = {
  ours = function() return { written = "Sent" } end,
  older = function() return { text = hash("Sent"), seen = "content of Sent" } end,
}

function TestJournal:testAnEventThatIsAsItWasWrittenIsWhatBothSidesAgreedOn()
  for name, note in pairs(NOTES) do
    lu.assertEquals(base_where(note(), "Sent").seen, "content of Sent", name)
    lu.assertNil(base_where(note(), "Edited").seen, name)
  end
end

function TestJournal:testAnAnswerNamesTheVersionThatWasWritten()
  for name, make in pairs(NOTES) do
    local note = make()
    note.answered = "2"
    lu.assertEquals(base_where(note, "Rewritten by the server").seen, "content of Rewritten by the server", name)
  end
end

function TestJournal:testTheEventOfAnEntryThatIsGoneIsKnownByWhatItSays()
  for name, note in pairs(NOTES) do
    local base = journal.base_of_gone(target_with(note()), "X-1", nil, { text = "Sent" }, "content of Sent")
    lu.assertEquals(base and base.l.title, "Sent", name)
    lu.assertNil(journal.base_of_gone(target_with(note()), "X-1", nil, { text = "Edited" }, "content of Edited"), name)
  end
end

function TestJournal:testTheEventOfAnEntryThatIsGoneWasTouchedWhereItsTextIsNeitherOfBeforeNorOurs()
  local before = { l = { title = "Old" }, r = { title = "Old" }, seen = "content of Old" }
  for name, make in pairs(NOTES) do
    local note = make()
    note.before = hash("Old")
    local function touched(text)
      return journal.base_of_gone(target_with(note), "X-1", before, { text = text }, "content of " .. text:match("%w+")).touched
    end
    lu.assertNil(touched("Old"), name)
    lu.assertNil(touched("Sent"), name)
    lu.assertTrue(touched("Old, in another version"), name)
    lu.assertNil(before.touched)
  end
end

local function noted(text)
  local target = target_with {}
  target.intents = {}
  target.state = { add_intent = function() return 1 end }
  local version = { title = "Sent" }
  local action = { version = version, push = { "title" }, step = { open = {}, waits = {} } }
  journal.write { decision = { key = "X-1", view = VIEW, plan = { cur = { version = version }, pulled = {} } }, action = action,
    side = { target = target }, write = { kind = "create", text = text } }
  return target
end

-- Programs write events in other encodings; such a text is no part of a note.
function TestJournal:testATextThatIsNoUtf8IsNotedByHashes()
  for _, text in ipairs { "Sent", "Caf\xE9" } do
    local target = noted(text)
    local note = json.decode(target.intents["X-1"][1].doc)
    lu.assertEquals(note.written, utf8.len(text) and text or nil)
    local remote = { row = { text = text, etag = "2" }, version = { title = "Sent" }, event = { title = readable(text) } }
    lu.assertEquals(journal.base(target, VIEW, nil, remote).seen, "content of " .. readable(text))
    lu.assertNotNil(journal.base_of_gone(target, "X-1", nil, { text = text }, "content of " .. readable(text)))
  end
end

os.exit(lu.LuaUnit.run())
