-- The contract of a provider (fmcal/provider.h), as tests that run against any of them.
--
-- A provider takes part with a file of a few lines that describes a world:
--   name              kind of provider: core.new(name, options, server)
--   options           what core.new gets, with a calendar that is there and empty
--   server            third argument of core.new, or nil
--   foreign(name, text)   puts an iCalendar object as another program would, under a name of its own choosing; or nil
--                         where objects are no iCalendar, or only the provider names them
--   tokens            true: it has sync tokens
--   missing           options for a calendar that is not there
--   wrong_password    options with which signing in fails, or nil
--   read_only         options for a calendar that cannot be written, or nil
--   damages           function(event): the server itself does not give such texts back as they went; or nil
--   verbatim          true: the server gives a text back as it went, byte for byte
--   untold            true: that such a calendar cannot be written is only learnt from refusals
--   paged             function(size): listings come in pages from now on, 0: in one; or nil
--   close             function, or nil
-- and ends with os.exit(suite.run(world)).
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local events = require "conformance_events"
local state = require "fmcal.state"

local suite = {}
local world

-- ------------------------------------------------------------------ helpers

local function merged(extra)
  local options = {}
  for name, value in pairs(world.options) do options[name] = value end
  for name, value in pairs(extra or {}) do options[name] = value end
  return options
end

local function new(extra)
  return assert(core.new(world.name, merged(extra), world.server))
end

local function opened(extra)
  local p = new(extra)
  assert(p:open())
  return p
end

local function target()
  return assert(assert(state.open(":memory:")):target("conformance"))
end

local function text_of(p, uid, title)
  return assert(p:encode { uid = uid, title = title or uid, dueDate = "2026-02-15", kanbanId = uid })
end

-- One write; it must have an outcome.
local function write(p, job)
  local results, err = p:apply { job }
  lu.assertNil(err)
  return results[1]
end

local function create(p, uid, title)
  local result = write(p, { kind = "create", uid = uid, text = text_of(p, uid, title) })
  lu.assertEquals(result.outcome, "done", result.error and result.error.message)
  lu.assertIsString(result.href)
  local row = p:fetch({ result.href })[1]
  if result.text then lu.assertEquals(result.text, row.text) end
  return row
end

local function update(p, row, title, etag)
  return write(p, { kind = "update", uid = row.uid, href = row.href, etag = etag,
    text = assert(p:encode({ uid = row.uid, title = title, dueDate = "2026-02-15" }, row.text)) })
end

local function delete(p, row, etag)
  return write(p, { kind = "delete", uid = row.uid, href = row.href, etag = etag })
end

local function read(p, href)
  local rows = assert(p:fetch { href })
  lu.assertEquals(#rows, 1)
  return rows[1]
end

local function title_at(p, href)
  return assert(p:decode(read(p, href).text)).title
end

local function settle_all(t)
  for _, row in ipairs(t:pending()) do t:settle(row.href) end
end

-- The rows that wait, as "uid" or "-uid" for one that is gone, sorted.
local function pending(t)
  local found = {}
  for _, row in ipairs(t:pending()) do found[#found + 1] = (row.gone and "-" or "") .. row.uid end
  table.sort(found)
  return found
end

local function empty_the_calendar()
  local p, t = opened(), target()
  assert(p:changes(t))
  local jobs = {}
  for _, row in ipairs(t:remotes()) do
    jobs[#jobs + 1] = { kind = "delete", uid = row.uid or row.href, href = row.href }
  end
  for _, result in ipairs(assert(p:apply(jobs))) do lu.assertEquals(result.outcome, "done") end
end

-- ------------------------------------------------------------------ connection

TestOpen = { setUp = empty_the_calendar }

function TestOpen.test_the_binding_is_lasting()
  local one, two = opened(), opened()
  local binding = one:binding()
  lu.assertIsString(binding.account)
  lu.assertIsString(binding.calendar_id)
  lu.assertIsString(binding.name)
  lu.assertTrue(binding.writable)
  lu.assertEquals(two:binding().calendar_id, binding.calendar_id)
  lu.assertEquals(two:binding().account, binding.account)
  lu.assertEquals(one:name(), world.name)
end

function TestOpen.test_what_was_discovered_is_enough()
  local first = opened():binding()
  local p = opened { discovery = first.discovery }
  lu.assertEquals(p:binding().calendar_id, first.calendar_id)
  create(p, "a@fleetmonitor")
end

function TestOpen.test_the_calendar_by_its_id()
  local id = opened():binding().calendar_id
  lu.assertEquals(opened({ calendar_id = id }):binding().calendar_id, id)
end

function TestOpen.test_the_list_names_it_so_that_it_can_be_chosen()
  local id, found = opened():binding().calendar_id, nil
  for _, calendar in ipairs(assert(new():list())) do
    lu.assertIsString(calendar.name)
    local p = new { calendar_id = calendar.id }
    if calendar.events and assert(p:open()).calendar_id == id then found = calendar end
  end
  lu.assertNotNil(found)
  lu.assertTrue(found.writable)
end

function TestOpen.test_a_calendar_that_is_not_there()
  local _, err = new(world.missing):open()
  lu.assertEquals(err.code, "notfound")
end

local function test_a_wrong_password()
  local p = new(world.wrong_password)
  local _, err = p:open()
  lu.assertEquals(err.code, "auth")
  lu.assertNil(p:binding())
  lu.assertNil(err.message:find(world.wrong_password.password, 1, true))
end

-- ------------------------------------------------------------------ create

TestCreate = { setUp = empty_the_calendar }

function TestCreate.test_it_is_there_as_asked()
  local p = opened()
  local row = create(p, "a@fleetmonitor", "Title")
  lu.assertEquals(row.uid, "a@fleetmonitor")
  lu.assertEquals(p:decode(row.text).title, "Title")
  lu.assertEquals(title_at(opened(), row.href), "Title")
end

function TestCreate.test_it_never_overwrites()
  local p, other = opened(), opened()
  local row = create(other, "a@fleetmonitor", "Theirs")
  local result = write(p, { kind = "create", uid = "a@fleetmonitor", text = text_of(p, "a@fleetmonitor", "Ours") })
  lu.assertEquals(result.outcome, "changed")
  lu.assertEquals(result.href, row.href)
  lu.assertEquals(p:decode(result.text).title, "Theirs")
  lu.assertEquals(read(p, row.href).etag, row.etag)
end

function TestCreate.test_a_uid_under_another_name_is_found()
  local p, t = opened(), target()
  world.foreign("their-own-name", text_of(p, "a@fleetmonitor", "Theirs"))
  local result = write(p, { kind = "create", uid = "a@fleetmonitor", text = text_of(p, "a@fleetmonitor", "Ours") })
  lu.assertEquals(result.outcome, "changed")
  lu.assertStrContains(result.href, "their-own-name")
  lu.assertEquals(p:decode(result.text).title, "Theirs")
  lu.assertEquals(p:changes(t).changed, 1)
  lu.assertEquals(t:remotes()[1].href, result.href)
end

function TestCreate.test_a_deleted_uid_may_come_back()
  local p = opened()
  local row = create(p, "a@fleetmonitor", "First")
  lu.assertEquals(delete(p, row, row.etag).outcome, "done")
  lu.assertEquals(p:decode(create(p, "a@fleetmonitor", "Second").text).title, "Second")
end

function TestCreate.test_uids_of_all_sorts()
  local p, t = opened(), target()
  local uids = { "XACA-0040@fleetmonitor", "EACA-0001.court-date@fleetmonitor", "a b/c?d#e%2F@fleetmonitor",
    "ÄÖ-📊@fleetmonitor", "..@fleetmonitor", ("long"):rep(40) .. "@fleetmonitor", "xaca-0040@fleetmonitor" }
  for _, uid in ipairs(uids) do lu.assertEquals(create(p, uid).uid, uid) end
  assert(p:changes(t))
  local found = {}
  for _, row in ipairs(t:remotes()) do found[#found + 1] = row.uid end
  lu.assertItemsEquals(found, uids)
end

-- ------------------------------------------------------------------ update

TestUpdate = { setUp = empty_the_calendar }

function TestUpdate.test_the_version_that_was_read()
  local p = opened()
  local row = create(p, "a@fleetmonitor", "Old")
  local result = update(p, row, "New", row.etag)
  lu.assertEquals(result.outcome, "done")
  local now = read(p, row.href)
  if result.text then lu.assertEquals(result.text, now.text) end
  lu.assertEquals(p:decode(now.text).title, "New")
  lu.assertNotEquals(now.etag, row.etag)
  lu.assertEquals(update(p, now, "Newer", result.etag or now.etag).outcome, "done")
  lu.assertEquals(update(p, now, "Too late", result.etag or now.etag).outcome, "changed")
end

function TestUpdate.test_whatever_is_there()
  local p = opened()
  local row = create(p, "a@fleetmonitor", "Old")
  update(opened(), row, "Theirs", row.etag)
  lu.assertEquals(update(p, row, "Ours", nil).outcome, "done")
  lu.assertEquals(title_at(p, row.href), "Ours")
end

function TestUpdate.test_another_version_is_left_and_shown()
  local p = opened()
  local row = create(p, "a@fleetmonitor", "Old")
  update(opened(), row, "Theirs", row.etag)
  local result = update(p, row, "Ours", row.etag)
  lu.assertEquals(result.outcome, "changed")
  lu.assertEquals(p:decode(result.text).title, "Theirs")
  lu.assertEquals(title_at(p, row.href), "Theirs")
  lu.assertNotNil(result.etag)
  lu.assertEquals(update(p, row, "Ours", result.etag).outcome, "done")
end

function TestUpdate.test_what_is_gone_is_not_made_again()
  local p, t = opened(), target()
  local row = create(p, "a@fleetmonitor", "Old")
  delete(opened(), row, row.etag)
  local result = update(p, row, "New", row.etag)
  lu.assertEquals(result.outcome, "changed")
  lu.assertTrue(result.gone)
  assert(p:changes(t))
  lu.assertEquals(#t:remotes(), 0)
end

function TestUpdate.test_lines_of_others_survive()
  local p = opened()
  world.foreign("rich", events.foreign_text)
  local t = target()
  assert(p:changes(t))
  local row = t:remote(t:remotes()[1].href)
  local before = events.lines(row.text)
  for _, line in ipairs(events.foreign_lines) do lu.assertNotNil(before[line], line) end
  local event = assert(p:decode(row.text))
  lu.assertTrue(event.hasAttendees)
  lu.assertTrue(event.recurring)
  event.title, event.tags = "New title", { "one", "two" }
  local result = write(p, { kind = "update", uid = row.uid, href = row.href, etag = row.etag,
    text = assert(p:encode(event, row.text)) })
  lu.assertEquals(result.outcome, "done", result.error and result.error.message)
  local after = events.lines(read(p, row.href).text)
  for _, line in ipairs(events.foreign_lines) do lu.assertNotNil(after[line], line) end
  lu.assertNotNil(after["SUMMARY:New title"])
  lu.assertNil(after["SUMMARY:Their title"])
end

-- ------------------------------------------------------------------ delete

TestDelete = { setUp = empty_the_calendar }

function TestDelete.test_the_version_that_was_read()
  local p = opened()
  local row = create(p, "a@fleetmonitor")
  lu.assertEquals(delete(p, row, row.etag).outcome, "done")
  lu.assertTrue(read(p, row.href).deleted)
end

function TestDelete.test_whatever_is_there()
  local p = opened()
  local row = create(p, "a@fleetmonitor")
  update(opened(), row, "Theirs", row.etag)
  lu.assertEquals(delete(p, row, nil).outcome, "done")
  lu.assertTrue(read(p, row.href).deleted)
end

function TestDelete.test_another_version_is_left_and_shown()
  local p = opened()
  local row = create(p, "a@fleetmonitor")
  update(opened(), row, "Theirs", row.etag)
  local result = delete(p, row, row.etag)
  lu.assertEquals(result.outcome, "changed")
  lu.assertEquals(p:decode(result.text).title, "Theirs")
  lu.assertEquals(title_at(p, row.href), "Theirs")
end

function TestDelete.test_what_is_gone_is_done()
  local p = opened()
  local row = create(p, "a@fleetmonitor")
  delete(opened(), row, nil)
  lu.assertEquals(delete(p, row, row.etag).outcome, "done")
  lu.assertEquals(delete(p, row, nil).outcome, "done")
end

-- ------------------------------------------------------------------ changes

TestChanges = { setUp = empty_the_calendar }

function TestChanges.test_an_empty_calendar()
  local p, t = opened(), target()
  lu.assertEquals(p:changes(t), { changed = 0, deleted = 0, seen = 0, full = true })
end

function TestChanges.test_the_first_listing_is_complete()
  local p, t = opened(), target()
  local one, two = create(p, "1@fleetmonitor"), create(p, "2@fleetmonitor")
  lu.assertEquals(p:changes(t), { changed = 2, deleted = 0, seen = 0, full = true })
  lu.assertEquals(pending(t), { "1@fleetmonitor", "2@fleetmonitor" })
  for _, row in ipairs { one, two } do
    local known = t:remote(row.href)
    lu.assertEquals({ known.uid, known.etag, known.text }, { row.uid, row.etag, row.text })
  end
  if world.tokens then lu.assertIsString(t:token()) end
end

function TestChanges.test_nothing_new()
  local p, t = opened(), target()
  create(p, "1@fleetmonitor")
  assert(p:changes(t))
  settle_all(t)
  for _ = 1, 2 do
    local summary = assert(p:changes(t))
    lu.assertEquals({ summary.changed, summary.deleted }, { 0, 0 })
    lu.assertEquals(pending(t), {})
    if world.tokens then lu.assertFalse(summary.full) end
  end
end

function TestChanges.test_what_others_did()
  local p, other, t = opened(), opened(), target()
  local kept, edited, gone = create(p, "1@fleetmonitor"), create(p, "2@fleetmonitor"), create(p, "3@fleetmonitor")
  assert(p:changes(t))
  settle_all(t)
  update(other, edited, "Theirs", edited.etag)
  delete(other, gone, gone.etag)
  create(other, "4@fleetmonitor")
  local summary = assert(p:changes(t))
  lu.assertEquals({ summary.changed, summary.deleted }, { 2, 1 })
  lu.assertEquals(pending(t), { "-3@fleetmonitor", "2@fleetmonitor", "4@fleetmonitor" })
  lu.assertEquals(p:decode(t:remote(edited.href).text).title, "Theirs")
  lu.assertEquals(t:remote(kept.href).etag, kept.etag)
  settle_all(t)
  lu.assertNil(t:remote(gone.href))
  summary = assert(p:changes(t))
  lu.assertEquals({ summary.changed, summary.deleted }, { 0, 0 })
end

function TestChanges.test_made_and_gone_between_two_looks()
  local p, other, t = opened(), opened(), target()
  assert(p:changes(t))
  delete(other, create(other, "1@fleetmonitor"), nil)
  local row = create(other, "2@fleetmonitor")
  delete(other, row, nil)
  create(other, "2@fleetmonitor", "Again")
  assert(p:changes(t))
  lu.assertEquals(pending(t), { "2@fleetmonitor" })
end

function TestChanges.test_a_token_that_is_not_accepted_lists_everything()
  local p, other, t = opened(), opened(), target()
  local gone, edited = create(p, "1@fleetmonitor"), create(p, "2@fleetmonitor")
  create(p, "3@fleetmonitor")
  assert(p:changes(t))
  settle_all(t)
  delete(other, gone, nil)
  update(other, edited, "Theirs", nil)
  t:set_token("no token of yours")
  lu.assertEquals(p:changes(t), { changed = 1, deleted = 1, seen = 1, full = true })
  lu.assertEquals(pending(t), { "-1@fleetmonitor", "2@fleetmonitor" })
  settle_all(t)
  local summary = assert(p:changes(t))
  lu.assertEquals({ summary.changed, summary.deleted }, { 0, 0 })
end

function TestChanges.test_objects_that_are_no_events_do_not_stop_it()
  local p, t = opened(), target()
  create(p, "1@fleetmonitor")
  world.foreign("task", events.task_text)
  assert(p:changes(t))
  local uids = {}
  for _, row in ipairs(t:remotes()) do uids[row.uid or ""] = true end
  lu.assertTrue(uids["1@fleetmonitor"])
end

local function test_pages()
  local p, t = opened(), target()
  local rows = {}
  for i = 1, 7 do rows[i] = create(p, i .. "@fleetmonitor") end
  world.paged(3)
  local ok, err = pcall(function()
    lu.assertEquals(p:changes(t), { changed = 7, deleted = 0, seen = 0, full = true })
    settle_all(t)
    for i = 1, 4 do update(p, rows[i], "New", nil) end
    delete(p, rows[5], nil)
    local summary = assert(p:changes(t))
    lu.assertEquals({ summary.changed, summary.deleted }, { 4, 1 })
    t:set_token("no token of yours")
    lu.assertEquals(p:changes(t), { changed = 0, deleted = 0, seen = 6, full = true })
  end)
  world.paged(0)
  if not ok then error(err, 0) end
end

-- ------------------------------------------------------------------ fetch

TestFetch = { setUp = empty_the_calendar }

function TestFetch.test_what_is_there_and_what_is_not()
  local p = opened()
  local one, two, gone = create(p, "1@fleetmonitor"), create(p, "2@fleetmonitor"), create(p, "3@fleetmonitor")
  delete(p, gone, nil)
  local rows = {}
  for _, row in ipairs(assert(p:fetch { one.href, gone.href, two.href })) do
    lu.assertNil(rows[row.href])
    rows[row.href] = row
  end
  lu.assertEquals(rows, { [one.href] = one, [two.href] = two, [gone.href] = { href = gone.href, deleted = true } })
  lu.assertEquals(p:fetch {}, {})
end

function TestFetch.test_with_a_target_the_rows_are_settled()
  local p, other, t = opened(), opened(), target()
  local one, two = create(p, "1@fleetmonitor"), create(p, "2@fleetmonitor")
  assert(p:changes(t))
  update(other, one, "Theirs", nil)
  delete(other, two, nil)
  assert(p:changes(t))
  assert(p:fetch({ one.href, two.href }, t))
  lu.assertEquals(pending(t), {})
  lu.assertEquals(p:decode(t:remote(one.href).text).title, "Theirs")
  lu.assertNil(t:remote(two.href))
  local summary = assert(p:changes(t))
  lu.assertEquals({ summary.changed, summary.deleted }, { 0, 0 })
end

-- ------------------------------------------------------------------ many at once

TestBatch = { setUp = empty_the_calendar }

function TestBatch.test_three_hundred()
  local p, t = opened(), target()
  local jobs, last = {}, 0
  for i = 1, 300 do
    local uid = ("X-%03d@fleetmonitor"):format(i)
    jobs[i] = { kind = "create", uid = uid, text = text_of(p, uid) }
  end
  local results = assert(p:apply(jobs, function(done, total)
    lu.assertTrue(done > last and done <= total)
    last = done
  end))
  lu.assertEquals({ last, #results }, { 300, 300 })
  for i, result in ipairs(results) do lu.assertEquals(result.outcome, "done", jobs[i].uid) end
  lu.assertEquals(p:changes(t).changed, 300)
  settle_all(t)
  jobs = {}
  for i, row in ipairs(t:remotes()) do
    if i % 3 == 0 then
      jobs[#jobs + 1] = { kind = "delete", uid = row.uid, href = row.href, etag = row.etag }
    elseif i % 3 == 1 then
      local text = assert(p:encode({ uid = row.uid, title = "New", dueDate = "2026-02-15" }, t:remote(row.href).text))
      jobs[#jobs + 1] = { kind = "update", uid = row.uid, href = row.href, etag = row.etag, text = text }
    end
  end
  for _, result in ipairs(assert(p:apply(jobs))) do lu.assertEquals(result.outcome, "done") end
  local summary = assert(p:changes(t))
  lu.assertEquals({ summary.changed, summary.deleted }, { 100, 100 })
  local hrefs = {}
  for _, row in ipairs(t:remotes()) do hrefs[#hrefs + 1] = row.href end
  local deleted = 0
  for _, row in ipairs(assert(p:fetch(hrefs))) do deleted = deleted + (row.deleted and 1 or 0) end
  lu.assertEquals({ #hrefs, deleted }, { 300, 100 })
end

function TestBatch.test_one_bad_write_does_not_stop_the_others()
  local p = opened()
  local there = create(p, "2@fleetmonitor", "Theirs")
  local jobs = {}
  for i = 1, 3 do
    jobs[i] = { kind = "create", uid = i .. "@fleetmonitor", text = text_of(p, i .. "@fleetmonitor") }
  end
  jobs[4] = { kind = "update", uid = there.uid, href = there.href, etag = '"stale"', text = text_of(p, there.uid, "Ours") }
  local outcomes = {}
  for i, result in ipairs(assert(p:apply(jobs))) do outcomes[i] = result.outcome end
  lu.assertEquals(outcomes, { "done", "changed", "done", "changed" })
end

-- ------------------------------------------------------------------ texts

TestTexts = { setUp = empty_the_calendar }

local function odd_events()
  local list = {}
  for _, event in ipairs(events.odd()) do
    if not (world.damages and world.damages(event)) then list[#list + 1] = event end
  end
  return list
end

local function assert_same_event(made, back)
  for _, name in ipairs(events.compared) do
    lu.assertEquals(back[name], made[name], ("%s of %q"):format(name, tostring(made.title)))
  end
end

function TestTexts.test_odd_events_come_back_as_they_went()
  local p, jobs, list = opened(), {}, odd_events()
  for i, event in ipairs(list) do
    jobs[i] = { kind = "create", uid = event.uid, text = assert(p:encode(event)) }
  end
  local hrefs = {}
  for i, result in ipairs(assert(p:apply(jobs))) do
    lu.assertEquals(result.outcome, "done", list[i].title .. ": " .. tostring(result.error))
    hrefs[i] = result.href
  end
  local rows = {}
  for _, row in ipairs(assert(p:fetch(hrefs))) do rows[row.href] = row end
  for i, event in ipairs(list) do assert_same_event(event, assert(p:decode(rows[hrefs[i]].text))) end
end

local function test_what_was_written_comes_back_as_the_very_text()
  local p = opened()
  local text = text_of(p, "a@fleetmonitor")
  local created = write(p, { kind = "create", uid = "a@fleetmonitor", text = text })
  lu.assertEquals(read(p, created.href).text, text)
  local lost = write(p, { kind = "create", uid = "a@fleetmonitor", text = text_of(p, "a@fleetmonitor", "Another") })
  lu.assertEquals({ lost.outcome, lost.text }, { "changed", text })
end

function TestTexts.test_encoding_what_was_decoded_changes_nothing()
  local p = opened()
  for i, event in ipairs(odd_events()) do
    if i % 4 == 1 then
      local result = write(p, { kind = "create", uid = event.uid, text = assert(p:encode(event)) })
      local row = read(p, result.href)
      lu.assertEquals(p:encode(assert(p:decode(row.text)), row.text), row.text)
    end
  end
end

-- ------------------------------------------------------------------ read only

local function test_a_calendar_that_cannot_be_written()
  local p = new(world.read_only)
  lu.assertEquals(assert(p:open()).writable, world.untold == true)
  local result = write(p, { kind = "create", uid = "a@fleetmonitor", text = text_of(p, "a@fleetmonitor") })
  lu.assertEquals({ result.outcome, result.error.code }, { "refused", "access" })
  assert(p:changes(target()))
end

-- ------------------------------------------------------------------ running

--- Runs the suite. @return lua-unit's exit status
function suite.run(description)
  world = description
  if not world.foreign then
    TestCreate.test_a_uid_under_another_name_is_found = nil
    TestUpdate.test_lines_of_others_survive = nil
    TestChanges.test_objects_that_are_no_events_do_not_stop_it = nil
  end
  TestOpen.test_a_wrong_password = world.wrong_password and test_a_wrong_password or nil
  TestOpen.test_a_calendar_that_cannot_be_written = world.read_only and test_a_calendar_that_cannot_be_written or nil
  TestTexts.test_what_was_written_comes_back_as_the_very_text = world.verbatim
    and test_what_was_written_comes_back_as_the_very_text or nil
  TestChanges.test_pages = world.paged and test_pages or nil
  local status = lu.LuaUnit.run()
  if world.close then world.close() end
  return status
end

return suite
