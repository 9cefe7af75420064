local lu = require "luaunit"
local served = require "served"

local function conflict_of(place)
  return place:see("conflicts").conflicts[1]
end

local function title_there(place)
  return select(2, place:event "A"):match("SUMMARY:([^\r]*)")
end

TestResolve = {}

function TestResolve.test_one_side_wins()
  for resolution, title in pairs { keep_local = "Board", keep_external = "Calendar" } do
    local place <close> = served.in_conflict()
    local run = place:done("resolve", { id = "A", resolution = resolution, etag = conflict_of(place).etag, who = "kim@desk" })
    lu.assertEquals({ run.success, run.exit, run.number }, { true, 0, 3 })
    lu.assertEquals({ place:item("A").title, title_there(place) }, { title, title })
    lu.assertEquals(#place:see("conflicts").conflicts, 0)
    lu.assertEquals(place:see("history").runs[1].who, "kim@desk")
  end
end

function TestResolve.test_merge()
  local place <close> = served.in_conflict()
  place:done("resolve", { id = "A", resolution = "merge", merge = { title = "Both" } })
  lu.assertEquals({ place:item("A").title, title_there(place) }, { "Both", "Both" })
end

function TestResolve.test_field_by_field()
  for given, title in pairs { ["local"] = "Board", external = "Calendar", own = "Mine" } do
    local place <close> = served.in_conflict()
    place:done("resolve", { id = "A", fields = { title = given == "own" and { value = "Mine" } or given } })
    lu.assertEquals({ place:item("A").title, title_there(place) }, { title, title })
  end
end

function TestResolve.test_what_was_shown_is_what_is_decided()
  local place <close> = served.in_conflict()
  local shown = conflict_of(place)
  place:edit(function(board) board.items[1].title = "Board again" end)
  lu.assertEquals(place:not_done("resolve", { id = "A", resolution = "keep_local", etag = shown.etag }).code, "precondition")
  lu.assertEquals(title_there(place), "Calendar")
end

-- What was edited in the calendar since nobody has seen: it is not overwritten, and not taken.
function TestResolve.test_an_edit_in_the_calendar_that_nobody_has_seen()
  for _, resolution in ipairs { "keep_local", "keep_external" } do
    local place <close> = served.in_conflict()
    place:edit_event("A", "SUMMARY:Calendar", "SUMMARY:Calendar again")
    local before = place:board_and_events()
    local err = place:not_done("resolve", { id = "A", resolution = resolution, etag = conflict_of(place).etag })
    lu.assertEquals(err.code, "precondition")
    lu.assertEquals(place:board_and_events(), before)
    place:sync(4)
    place:done("resolve", { id = "A", resolution = resolution, etag = conflict_of(place).etag })
  end
end

function TestResolve.test_what_is_asked_wrongly()
  local place <close> = served.in_conflict()
  local before = place:board_and_events()
  for member, asked in pairs { id = { resolution = "keep_local" }, resolution = { id = "A", resolution = "keep" },
    merge = { id = "A", resolution = "merge" }, fields = { id = "A", fields = { title = "mine" } },
    titel = { id = "A", titel = "x" } } do
    lu.assertEquals(place:not_done("resolve", asked).member, member)
  end
  lu.assertEquals(place:not_done("resolve", { id = "A", fields = { title = "local", priority = "local" } }).member, "fields")
  lu.assertEquals(place:not_done("resolve", { id = "A", fields = {} }).member, "fields")
  lu.assertEquals(place:not_done("resolve", { id = "B", resolution = "keep_local" }).code, "notfound")
  lu.assertEquals(place:board_and_events(), before)
end

os.exit(lu.LuaUnit.run())
