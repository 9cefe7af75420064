local board = require "fmcal.board"
local calendar_sync = require "fmcal.model.calendar_sync"
local json = require "fmcal.json"
local lu = require "luaunit"

local FIRST = { name = "apple", is_first = true }
local OTHER = { name = "google", is_first = false }

local function opened(text)
  return assert(board.parse(([[{ "team": "t", "items": [ { "id": "A-1", "title": "One" %s } ],
    "epics": [ { "id": "E-1", "title": "E", "metadata": { "courtDate": "2027-03-20" } } ] }]]):format(text or "")))
end

local function written(b, key)
  return calendar_sync.read(assert(b:entry(key)))
end

local MEMBERS = { { "externalEventId", "u" }, { "provider", "apple" }, { "syncStatus", "synced" }, { "deletedAt", nil } }

TestReading = {}

function TestReading.test_what_is_of_a_wrong_type_is_absent()
  local b <close> = opened [[, "calendarSync": { "syncStatus": "synced", "retryCount": "x", "more": 1,
    "others": { "google": { "provider": 7, "syncStatus": "error" }, "x": 3 } }]]
  lu.assertEquals(written(b, "A-1"), { syncStatus = "synced", others = { google = { syncStatus = "error" } } })
end

function TestReading.test_none()
  for _, text in ipairs { "", ', "calendarSync": null', ', "calendarSync": "x"' } do
    local b <close> = opened(text)
    lu.assertNil(written(b, "A-1"), text)
  end
end

function TestReading.test_each_calendar_has_its_part()
  local sync = { syncStatus = "synced", others = { google = { syncStatus = "error" } } }
  lu.assertEquals(calendar_sync.own(sync, FIRST).syncStatus, "synced")
  lu.assertEquals(calendar_sync.own(sync, OTHER).syncStatus, "error")
  lu.assertNil(calendar_sync.own(sync, { name = "x" }))
  lu.assertNil(calendar_sync.own(nil, OTHER))
end

function TestReading.test_an_event_is_found_in_every_part()
  local sync = { externalEventId = "a", others = { google = { externalEventId = "b" } } }
  lu.assertTrue(calendar_sync.names_event(sync, "a"))
  lu.assertTrue(calendar_sync.names_event(sync, "b"))
  lu.assertFalse(calendar_sync.names_event(sync, "c"))
  lu.assertFalse(calendar_sync.names_event(nil, "a"))
end

function TestReading.test_conflicts_of_all_calendars()
  local list = calendar_sync.conflicts { syncStatus = "conflict",
    others = { z = { syncStatus = "conflict" }, a = { syncStatus = "conflict" }, m = { syncStatus = "synced" } } }
  lu.assertEquals(#list, 3)
  lu.assertEquals({ list[1].target == nil, list[2].target, list[3].target }, { true, "a", "z" })
  lu.assertEquals(calendar_sync.conflicts(nil), {})
end

TestWriting = {}

function TestWriting.test_every_place()
  local b <close> = opened()
  for _, key in ipairs { "A-1", "E-1.court-date" } do
    local entry = b:entry(key)
    calendar_sync.write(b, entry, FIRST, MEMBERS, {})
    calendar_sync.write(b, entry, OTHER, MEMBERS, {})
    local sync = written(b, key)
    lu.assertEquals({ sync.provider, sync.others.google.provider, sync.deletedAt }, { "apple", "apple", nil })
  end
  lu.assertNotNil(json.decode(b:text()).epics[1].metadata.courtDateSync.others.google)
end

function TestWriting.test_members_that_are_no_more_go()
  local b <close> = opened [[, "calendarSync": { "syncStatus": "deleted", "deletedAt": "t", "more": 1 }]]
  calendar_sync.write(b, b:entry "A-1", FIRST, MEMBERS, written(b, "A-1"))
  local sync = json.decode(b:text()).items[1].calendarSync
  lu.assertEquals({ sync.syncStatus, sync.deletedAt, sync.more }, { "synced", nil, 1 })
end

function TestWriting.test_room_for_other_calendars()
  local b <close> = opened [[, "calendarSync": { "syncStatus": "synced", "others": [1] }]]
  calendar_sync.make_room(b, b:entry "A-1")
  calendar_sync.write(b, b:entry "A-1", OTHER, MEMBERS, {})
  lu.assertEquals(written(b, "A-1").others.google.syncStatus, "synced")
end

function TestWriting.test_one_calendar_is_forgotten()
  local text = [[, "calendarSync": { "syncStatus": "synced", "others": { "google": { "syncStatus": "synced" } } }]]
  local first <close> = opened(text)
  calendar_sync.forget(first, first:entry "A-1", FIRST)
  lu.assertEquals(written(first, "A-1"), { others = { google = { syncStatus = "synced" } } })
  local other <close> = opened(text)
  calendar_sync.forget(other, other:entry "A-1", OTHER)
  lu.assertEquals(written(other, "A-1"), { syncStatus = "synced", others = {} })
  local alone <close> = opened [[, "calendarSync": { "syncStatus": "synced" }]]
  calendar_sync.forget(alone, alone:entry "A-1", FIRST)
  lu.assertNil(json.decode(alone:text()).items[1].calendarSync)
end

function TestWriting.test_news_are_what_a_person_should_see()
  local before = { externalEventId = "u", provider = "apple", syncStatus = "conflict",
    conflictData = { localVersion = { title = "a", modifiedAt = "1" } } }
  local function members(status, data)
    return { { "externalEventId", "u" }, { "provider", "apple" }, { "lastSyncedAt", "later" }, { "syncStatus", status },
      { "conflictData", data } }
  end
  local same = { localVersion = { title = "a", modifiedAt = "2" } }
  lu.assertFalse(calendar_sync.is_news(members("conflict", same), before))
  lu.assertTrue(calendar_sync.is_news(members("synced", same), before))
  lu.assertTrue(calendar_sync.is_news(members("conflict", { localVersion = { title = "b" } }), before))
  lu.assertTrue(calendar_sync.is_news(members("conflict", nil), before))
end

function TestWriting.test_metadata_that_is_no_object_has_no_room()
  lu.assertTrue(calendar_sync.fits { kind = "item", value = { metadata = "x" } })
  lu.assertTrue(calendar_sync.fits { kind = "court-date", value = {} })
  lu.assertFalse(calendar_sync.fits { kind = "court-date", value = { metadata = "x" } })
end

os.exit(lu.LuaUnit.run())
