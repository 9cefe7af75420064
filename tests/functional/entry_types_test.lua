-- Members of entries that are of a wrong type: the entry is named, with the member; the others are synced.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local UNFORESEEN = { "should not have happened", "traceback", "attempt to" }

local function assert_foreseen(text)
  for _, words in ipairs(UNFORESEEN) do lu.assertNotStrContains(text, words) end
end

-- Every member with every type of JSON; `true` where that is what it may be.
local VALUES = { number = 7, text = "x", list = json.array { 1 }, object = { a = 1 }, yes = true, zero = "a\0b" }
local FINE = {
  title = { number = true, text = true, zero = true }, description = { number = true, text = true, zero = true },
  priority = { number = true, text = true, zero = true }, status = { number = true, text = true, zero = true },
  parentTitle = { number = true, text = true, zero = true }, epicId = { text = true }, type = { text = true },
  tags = { list = true }, metadata = { object = true }, dueDate = {}, timeZone = {}, durationMinutes = { number = true },
}

local function one_of_each()
  local items, wrong = { { id = "GOOD", title = "Good", dueDate = "2027-03-10" } }, {}
  for member, fine in pairs(FINE) do
    for kind, value in pairs(VALUES) do
      local item = { id = ("%s-%s"):format(member, kind), title = "T", dueDate = "2027-03-10T10:00:00" }
      item[member] = value
      if not fine[kind] then wrong[item.id] = member end
      items[#items + 1] = item
    end
  end
  for kind, value in pairs(VALUES) do
    local item = { id = "case-" .. kind, title = "T", dueDate = "2027-03-10", metadata = { caseNumber = value } }
    if kind ~= "number" and kind ~= "text" and kind ~= "zero" then wrong[item.id] = "metadata.caseNumber" end
    items[#items + 1] = item
  end
  return items, wrong
end

local function count(list)
  local n = 0
  for _ in pairs(list) do n = n + 1 end
  return n
end

TestMembers = {}

function TestMembers.test_every_member_with_every_type()
  local items, wrong = one_of_each()
  local place <close> = commands.place(commands.board(items))
  for run = 1, 2 do
    local out, errors = place:expect(1, "sync.lua board.json --json")
    assert_foreseen(out .. errors)
    local outbound = json.decode(out).result.outbound
    local told = table.concat(outbound.error_messages, "\n")
    for id, member in pairs(wrong) do
      lu.assertNotNil(told:find(id:gsub("%-", "%%-") .. " [^\n]*" .. member), id)
    end
    lu.assertEquals(outbound.errors, count(wrong), told)
    lu.assertEquals(run == 1 and outbound.created or outbound.unchanged, #items - count(wrong))
  end
  for _, words in ipairs { "status.lua board.json", "conflicts.lua board.json", "events.lua board.json", "history.lua board.json",
    "explain.lua board.json status-list", "sync.lua board.json --dry-run", "export.lua board.json" } do
    local out, errors = place:run(words)
    assert_foreseen(out .. errors)
  end
end

function TestMembers.test_a_number_goes_out_as_its_digits()
  local place <close> = commands.place(commands.board {
    { id = "A", title = 2027, dueDate = "2027-03-10", status = 3, metadata = { caseNumber = 12 },
      subitems = json.array { { id = "S", title = 5, dueDate = "2027-03-10" } } } })
  place:expect(0, "sync.lua board.json")
  local _, text = place:event("A")
  lu.assertStrContains(text, "SUMMARY:2027\r\n")
  lu.assertStrContains(text, "X-STATUS:3\r\n")
  lu.assertStrContains(text, "X-CASE-NUMBER:12\r\n")
  lu.assertStrContains(select(2, place:event("S")), "SUMMARY:2027 > 5\r\n")
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "2 unchanged")
end

function TestMembers.test_a_parents_title_that_is_none()
  local place <close> = commands.place(commands.board {
    { id = "P", title = "Parent", subitems = json.array { { id = "S", title = "Sub", dueDate = "2027-03-10" } } } })
  place:expect(0, "sync.lua board.json")
  place:edit(function(board) board.items[1].title = json.array { "Parent" } end)
  local _, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "its parent's title must be a text, not a list")
  lu.assertStrContains(select(2, place:event("S")), "SUMMARY:Parent > Sub\r\n")
end

-- What cannot be read is not absent.
TestUnreadable = {}

local function epic(metadata)
  return { id = "E", type = "epic", title = "Epic", dueDate = "2027-03-15", metadata = metadata }
end

function TestUnreadable.test_a_court_date_in_what_is_no_object()
  local place <close> = commands.place(commands.board { epic { courtDate = "2027-03-20" } })
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:count_events(), 2)
  for _, value in ipairs { 5, "2027-03-20", true, json.array { 1 } } do
    place:edit(function(board) board.items[1].metadata = value end)
    local _, errors = place:expect(1, "sync.lua board.json")
    assert_foreseen(errors)
    lu.assertStrContains(errors, "metadata must be an object")
    lu.assertEquals(place:count_events(), 2)
  end
  place:edit(function(board) board.items[1] = epic { courtDate = 5 } end)
  local _, errors = place:expect(1, "sync.lua board.json --json --retry-failed")
  lu.assertStrContains(errors, "E.court-date (line ")
  lu.assertStrContains(errors, "metadata.courtDate must be a text, not a number")
  lu.assertEquals(place:count_events(), 2)
  lu.assertEquals(place:item("E").calendarSync.syncStatus, "synced")
  place:edit(function(board) board.items[1] = epic {} end)
  place:expect(0, "sync.lua board.json --allow-mass-delete")
  lu.assertEquals(place:count_events(), 1)
end

function TestUnreadable.test_subitems_that_are_no_list()
  local sub = { id = "S", title = "Sub", dueDate = "2027-03-10" }
  local function item(subitems) return { id = "P", title = "Parent", dueDate = "2027-03-10", subitems = subitems } end
  local place <close> = commands.place(commands.board { item(json.array { sub }), { id = "Q", title = "Q", dueDate = "2027-03-11" } })
  place:expect(0, "sync.lua board.json")
  for _, value in ipairs { 5, "S", true, { a = 1 }, json.array { 5 }, json.array { sub, "x" }, json.array { json.null } } do
    place:edit(function(board)
      board.items[1].subitems = value
      board.items[2].title = "Edited " .. tostring(value)
    end)
    local out, errors = place:expect(1, "sync.lua board.json")
    assert_foreseen(out .. errors)
    lu.assertStrContains(errors, "the subitems of the entry must be a list of objects")
    lu.assertEquals(place:count_events(), 3)
    lu.assertStrContains(select(2, place:event("Q")), "SUMMARY:Edited")
  end
  for _, value in ipairs { json.null, json.array {}, {} } do
    place:edit(function(board) board.items[1] = item(json.array { sub }) end)
    place:expect(0, "sync.lua board.json")
    place:edit(function(board) board.items[1].subitems = value end)
    place:expect(0, "sync.lua board.json")
    lu.assertEquals(place:count_events(), 2)
  end
end

-- calendarSync is fmcal's own: what somebody made of it is written anew.
function TestUnreadable.test_calendar_sync()
  local place <close> = commands.place(commands.board { { id = "A", title = "A", dueDate = "2027-03-10" } })
  place:edit(function(board)
    board.calendarConfig = { a = { provider = "vdir", endpoint = "calendars", calendarId = "academy" },
      b = { provider = "vdir", endpoint = "calendars", calendarId = "other" } }
  end)
  os.execute("mkdir " .. place:file("calendars/other"))
  local wrong = { 5, "x", true, json.array { 1 }, json.array {}, { others = 5 }, { others = json.array {} }, { others = { b = 7 } } }
  for _, member in ipairs { "externalEventId", "provider", "lastSyncedAt", "syncStatus", "lastModifiedLocal",
    "lastModifiedExternal", "syncError", "retryCount", "conflictData" } do
    for _, value in ipairs { 5, true, json.null, json.array { 1 }, "x\0y" } do
      local part = { syncStatus = "conflict", provider = "vdir", externalEventId = #wrong .. "@example.org", [member] = value }
      wrong[#wrong + 1] = { syncStatus = part.syncStatus, [member] = value, others = { b = part } }
    end
  end
  local function spoil(board)
    for i, sync in ipairs(wrong) do
      board.items[i] = { id = "A-" .. i, title = "A", dueDate = "2027-03-10", calendarSync = sync }
    end
  end
  for run = 1, 3 do -- into an empty calendar, with the state, without it
    if run == 3 then os.execute("rm -rf " .. place:file(".fmcal")) end
    place:edit(spoil)
    for _, words in ipairs { "conflicts.lua board.json", "status.lua board.json" } do
      assert_foreseen(table.concat({ place:expect(0, words) }))
    end
    place:expect(0, "sync.lua board.json")
    for _, item in ipairs(place:board().items) do
      lu.assertEquals(item.calendarSync.syncStatus, "synced")
      lu.assertEquals(item.calendarSync.others.b.syncStatus, "synced")
    end
  end
end

os.exit(lu.LuaUnit.run())
