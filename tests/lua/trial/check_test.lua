-- What is said of a rules file without a calendar.
local board = require "fmcal.board"
local check = require "fmcal.trial.check"
local lu = require "luaunit"
local samples = require "fmcal.trial.samples"
local shell = require "shell"

local function report_of(text, opened)
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/rules.lua", text)
  return check.board(opened or samples.board(), { rules = folder.path .. "/rules.lua" })
end

-- The findings of a kind, in one word each: "EPIC-1.title", "EPIC-1.on_conflict" or ".to_event".
local function found(report, kind)
  local list = {}
  for _, finding in ipairs(report.findings) do
    if finding.kind == kind then
      list[#list + 1] = ("%s.%s"):format(finding.entry or "", finding.member or finding["function"])
    end
  end
  return list
end

local function one_item(members)
  return assert(board.parse(('{"team":"a","items":[{"id":"A-1","title":"One","dueDate":"2027-02-15"%s}]}'):format(members or "")))
end

TestCheck = {}

function TestCheck.test_rules_without_a_fault()
  local report = report_of "return { select = function(entry) return entry.priority ~= 'low' end }"
  lu.assertEquals({ report.entries, report.functions, report.findings, report.warnings }, { 6, { "select" }, {}, {} })
end

function TestCheck.test_what_does_not_come_back()
  local report = report_of([[return { to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = "> " .. event.title
    return event
  end }]], one_item())
  lu.assertEquals(found(report, "lost"), { "A-1.title" })
  lu.assertEquals({ report.findings[1].before, report.findings[1].after }, { "One", "> One" })
  lu.assertStrContains(report.findings[1].sentence, "rules.lua:1: to_event of A-1: title does not come back")
end

function TestCheck.test_what_fails()
  local report = report_of([[return {
    on_conflict = function() return "mine" end,
    on_deleted = function(entry) return entry.no.such end,
    adopt = function(event) return { id = 1 } end,
  }]], one_item())
  lu.assertEquals(found(report, "failed"), { "A-1.adopt", "A-1.on_conflict", "A-1.on_deleted" })
end

-- What is wrong is said once, whatever the number of calendars; what one of them calls is called.
function TestCheck.test_several_calendars()
  local report = report_of([[return {
    route = function() return { "two" } end,
    to_event = function(entry, ctx) return { title = 1 } end,
    adopt = function(event) return { id = 1 } end,
  }]], assert(board.parse([[{"team":"a","calendarConfig":{"one":{"provider":"mock"},"two":{"provider":"mock"}},
    "items":[{"id":"A-1","title":"One","dueDate":"2027-02-15"}]}]])))
  lu.assertEquals({ found(report, "failed"), found(report, "uncalled") }, { { "A-1.to_event" }, { ".adopt" } })
end

function TestCheck.test_what_is_never_called()
  local report = report_of([[return {
    select = function() return false end,
    to_event = function(entry, ctx) return ctx.defaults.to_event(entry, ctx) end,
  }]])
  lu.assertEquals(found(report, "uncalled"), { ".to_event" })
end

-- Another process has other addresses, and so has a call that comes at another time.
function TestCheck.test_what_is_not_repeatable()
  local report = report_of([[return { to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.footer = tostring({})
    return event
  end }]], one_item('},{"id":"A-2","title":"Two","dueDate":"2027-02-16"'))
  lu.assertEquals(found(report, "unrepeatable"), { "A-2.to_event", "A-1.to_event" })
  lu.assertEquals(found(report_of("return { select = function(_, ctx) return ctx.now > os.time() - 1 end }", one_item()),
    "unrepeatable"), {})
end

function TestCheck.test_what_is_slow()
  local report = report_of([[return { select = function()
    local n = 0
    for i = 1, 8000000 do n = n + i % 7 end
    return n > 0
  end }]], one_item())
  lu.assertEquals(#report.findings, 0)
  lu.assertStrMatches(report.warnings[1], ".*rules.lua:1: select of A%-1: it takes %d+ ms.*")
end

function TestCheck.test_an_entry_that_cannot_be_read_is_a_warning()
  local report = report_of("return {}", one_item(',"tags":7'))
  lu.assertEquals({ report.entries, #report.warnings }, { 0, 1 })
  lu.assertStrContains(report.warnings[1], "tags must be a list of texts")
end

function TestCheck.test_rules_that_do_not_load()
  local report, err = report_of "return { to_evnt = function() end }"
  lu.assertNil(report)
  lu.assertStrContains(err.message, "did you mean 'to_event'")
end

os.exit(lu.LuaUnit.run())
