local board = require "fmcal.board"
local conflicts = require "fmcal.sync.conflicts"
local lu = require "luaunit"

local BOARD = [[{ "team": "academy",
  "items": [
    { "id": "A-1", "title": "One", "calendarSync": { "syncStatus": "conflict", "provider": "apple", "lastSyncedAt": "t",
      "conflictData": { "localVersion": { "title": "a" }, "externalVersion": { "title": "b" } } } },
    { "id": "A-2", "title": "Two", "calendarSync": { "syncStatus": "synced",
      "others": { "google": { "syncStatus": "conflict", "provider": "google" } } } },
    { "id": "A-3", "title": "Three" },
    { "id": "A-4", "title": "Four", "calendarSync": null } ],
  "epics": [ { "id": "E-1", "title": "Epic", "type": "epic", "metadata": { "courtDate": "2027-03-20",
    "courtDateSync": { "syncStatus": "conflict", "provider": "apple", "conflictData": null } } } ] }]]

TestConflicts = {}

function TestConflicts.test_list()
  local opened <close> = assert(board.parse(BOARD))
  local list = conflicts.list(opened)
  local ids = {}
  for i, conflict in ipairs(list) do ids[i] = conflict.id end
  lu.assertEquals(ids, { "A-1", "A-2", "E-1.court-date" })
  lu.assertEquals(list[1].conflictData.localVersion.title, "a")
  lu.assertEquals(list[1].since, "t")
  lu.assertEquals(list[2].target, "google")
  lu.assertNil(list[3].conflictData)
end

function TestConflicts.test_answers()
  lu.assertEquals(conflicts.answer("keep_local"), "local")
  lu.assertEquals(conflicts.answer("keep_external"), "external")
  lu.assertEquals(conflicts.answer("merge", { title = "x" }), { title = "x" })
  lu.assertNil(conflicts.answer("merge"))
  lu.assertNil(conflicts.answer("both"))
end

os.exit(lu.LuaUnit.run())
