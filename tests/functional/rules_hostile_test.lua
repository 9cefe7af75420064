-- Rules that loop, eat memory, tamper, forge and try to get out, in each function: a run ends, names the rule, fails that
-- entry alone, and leaves its item and its event as they were.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

-- What a call does instead of answering. All that gets through comes to an answer that is none.
local ACTS = {
  loop = "while true do end",
  ["loop-in-pcall"] = "while true do pcall(function() while true do end end) end",
  ["loop-in-handler"] = "xpcall(error, function() while true do end end)",
  ["loop-in-tostring"] = "error(setmetatable({}, { __tostring = function() while true do end end }))",
  ["pattern-bomb"] = "string.find(('a'):rep(30000), ('.-'):rep(20) .. 'b')",
  ["gsub-bomb"] = "(('a'):rep(30000)):gsub(('.-'):rep(20) .. 'b', '')",
  ["move-bomb"] = "table.move({}, 1, math.maxinteger - 1, 2)",
  ["sort-bomb"] = "local t = {} for i = 1, 100000 do t[i] = i % 7 end while true do table.sort(t) t[1] = 9 end",
  ["rep-bomb"] = "return (''):rep(1 << 50)",
  ["memory-rep"] = "return ('x'):rep(1 << 40)",
  ["memory-text"] = "local s = 'x' while true do s = s .. s end",
  ["memory-tables"] = "local t = {} while true do t[#t + 1] = { t } end",
  ["memory-caught"] = "local ok = pcall(function() local t = {} while true do t[#t + 1] = {} end end) return ok or 5",
  recursion = "local function f() return 1 + f() end return f()",
  ["nested-pcall"] = "local function f() return pcall(f) and 1 end f() error('through')",
  finaliser = "setmetatable({}, { __gc = function() while true do end end })",
  ["weak-table"] = "setmetatable({}, { __mode = 'k' })",
  ["metatable-answer"] = "return setmetatable({ 5 }, { __index = error, __pairs = error, __len = error, __tostring = error })",
  ["string-metatable"] = "getmetatable('').__index = nil",
  ["string-library"] = "string.format = nil",
  ["raw-library"] = "rawset(table, 'concat', print)",
  ["context"] = "ctx.now = 5",
  ["code"] = "load('return 1')()",
  ["bytecode"] = "load('\\27Lua', 'x', 'b')()",
  ["dump"] = "string.dump(error)",
  ["file"] = "io.open('/etc/passwd')",
  ["lines"] = "for line in io.lines('/etc/passwd') do error(line) end",
  ["environment"] = "error(os.getenv('HOME'))",
  ["process"] = "os.execute('true')",
  ["exit"] = "os.exit(0)",
  ["remove"] = "os.remove('board.json')",
  ["require-path"] = "require('../../etc/passwd')",
  ["require-module"] = "require('fmcal.http')",
  ["package"] = "package.loadlib('x', 'y')",
  ["registry"] = "debug.getregistry()",
  ["coroutine"] = "coroutine.wrap(function() while true do end end)()",
  ["collector"] = "collectgarbage('stop')",
  ["cyclic-answer"] = "local t = {} t.title = t t.tags = t t.id = t return t",
  ["cyclic-keys"] = "local t = {} t[t] = t return t",
  ["huge-answer"] = "return { title = ('x'):rep(9 << 20), id = 'x', dueDate = '2027-01-01' }",
  ["canceled"] = "error({ code = 'canceled' })",
  ["nothing-raised"] = "error(nil)",
  ["number-raised"] = "error(5)",
}

local LIMITS = { seconds = 0.1, mebibytes = 16 }

local function names()
  local list = {}
  for name in pairs(ACTS) do list[#list + 1] = name end
  table.sort(list)
  return list
end

-- A rules file whose function does to an entry what its id says, and else what is sound.
local function rules_text(fn, id, sound)
  local lines = { "local ACTS = {}" }
  for _, name in ipairs(names()) do
    lines[#lines + 1] = ("ACTS[%q] = function(ctx) %s end"):format(name, ACTS[name])
  end
  lines[#lines + 1] = ("return { %s = function(...)"):format(fn)
  lines[#lines + 1] = ("  local first, second, third = ... local act = ACTS[%s] local ctx = third or second"):format(id)
  lines[#lines + 1] = ("  if act then return act(ctx), nil end\n  %s\nend }"):format(sound)
  return table.concat(lines, "\n")
end

local function place_of_entries()
  local items = { { id = "sound", title = "First", dueDate = "2027-01-01" } }
  for _, name in ipairs(names()) do items[#items + 1] = { id = name, title = "First", dueDate = "2027-01-02" } end
  local board = commands.board(items, { ruleLimits = LIMITS, massDeleteLimit = 1 })
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", "return {}")
  place:expect(0, "sync.lua -q board.json")
  return place
end

local function members(place, id)
  local item = place:item(id)
  local sync = item.calendarSync
  item.calendarSync = nil
  return item, sync
end

local function state_of(place)
  local state = {}
  for _, name in ipairs(names()) do state[name] = { (members(place, name)), select(2, place:event(name)) } end
  return state
end

-- Each entry that the hostile function is asked about failed, for that reason, and is as it was before.
local function assert_failed_alone(place, fn, before, errors)
  local problems = {}
  for _, name in ipairs(names()) do
    local item, sync = members(place, name)
    lu.assertEquals({ item, select(2, place:event(name)) }, before[name], fn .. " " .. name)
    if sync.syncStatus ~= "error" and sync.syncStatus ~= "deleted" or not tostring(sync.syncError):find(fn, 1, true) then
      problems[#problems + 1] = ("%s: %s %s"):format(name, sync.syncStatus, sync.syncError)
    end
  end
  lu.assertEquals(problems, {}, fn)
  lu.assertNil(errors:find("should not have happened", 1, true), errors)
  lu.assertNil(errors:find("fmcal/rules/inside", 1, true), errors)
end

TestHostile = {}

local function edit_all(place)
  place:edit(function(board)
    for _, item in ipairs(board.items) do item.title = "Edited" end
  end)
end

local MAPPING = {
  select = { "first.id", "return true" },
  to_event = { "first.id", "return ctx.defaults.to_event(first, ctx)" },
  to_entry = { "second.id", "return ctx.defaults.to_entry(first, second, ctx)" },
}

local function check_mapping(fn)
  local place <close> = place_of_entries()
  place:write("rules.lua", rules_text(fn, table.unpack(MAPPING[fn])))
  edit_all(place)
  local before = state_of(place)
  local _, errors = place:expect(1, "sync.lua board.json")
  assert_failed_alone(place, fn, before, errors)
  lu.assertStrContains(select(2, place:event("sound")), "SUMMARY:Edited")
end

function TestHostile.test_select() check_mapping("select") end
function TestHostile.test_to_event() check_mapping("to_event") end
function TestHostile.test_to_entry() check_mapping("to_entry") end

function TestHostile.test_on_conflict()
  local place <close> = place_of_entries()
  place:write("rules.lua", rules_text("on_conflict", "first.entry.id", "return 'external'"))
  os.execute(("sed -i s/SUMMARY:First/SUMMARY:Moved/ %s/calendars/academy/*.ics"):format(shell.quote(place.path)))
  edit_all(place)
  local before = state_of(place)
  local _, errors = place:expect(1, "sync.lua board.json")
  assert_failed_alone(place, "on_conflict", before, errors)
  lu.assertEquals(place:item("sound").title, "Moved")
end

function TestHostile.test_on_deleted()
  local place <close> = place_of_entries()
  place:write("rules.lua", rules_text("on_deleted", "first.id", "return 'clear-due-date'"))
  os.execute(("rm %s/calendars/academy/*.ics"):format(shell.quote(place.path)))
  local before = state_of(place)
  local _, errors = place:expect(1, "sync.lua board.json --allow-mass-delete")
  assert_failed_alone(place, "on_deleted", before, errors)
  lu.assertEquals(place:item("sound").dueDate, json.null)
end

local ICS = table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x", "BEGIN:VEVENT", "UID:%s", "DTSTAMP:20261101T000000Z",
  "DTSTART;VALUE=DATE:20270301", "SUMMARY:Adopt me", "END:VEVENT", "END:VCALENDAR", "" }, "\r\n")

function TestHostile.test_adopt()
  local board = commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" } }, { ruleLimits = LIMITS })
  board.calendarConfig.rules = "rules.lua"
  local place <close> = commands.place(board)
  place:write("rules.lua", rules_text("adopt", "first.uid", "return { id = 'N-' .. first.uid }"))
  local all = names()
  all[#all + 1] = "sound"
  for _, name in ipairs(all) do place:write(("calendars/academy/%s.ics"):format(name), ICS:format(name)) end
  local _, errors = place:expect(1, "sync.lua board.json")
  for _, name in ipairs(all) do
    lu.assertEquals(place:read(("calendars/academy/%s.ics"):format(name)), ICS:format(name))
    lu.assertEquals(place:item("N-" .. name) ~= nil, name == "sound", name)
  end
  lu.assertStrContains(errors, "adopt")
  lu.assertEquals(#place:board().items, 2)
end

-- Ids that an answer gives belong to others: nothing of theirs changes.
function TestHostile.test_stolen_identities()
  for _, theft in ipairs { "event.uid = 'B@fleetmonitor'", "event.kanbanId = 'B'", "event.eventId = 'B@fleetmonitor.ics'",
    "event.team = 'others'", "event.etag = 'x'" } do
    local place <close> = commands.place(commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" },
      { id = "B", title = "b", dueDate = "2027-01-02" } }))
    place:expect(0, "sync.lua -q board.json")
    local b, event = members(place, "B"), select(2, place:event("B"))
    place:write("rules.lua", ([[return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      if entry.id == "A" then %s end
      return event
    end }]]):format(theft))
    place:edit(function(board) board.items[1].title, board.calendarConfig.rules = "Edited", "rules.lua" end)
    for _ = 1, 2 do place:run("sync.lua board.json") end
    lu.assertEquals({ members(place, "B"), select(2, place:event("B")) }, { b, event }, theft)
    lu.assertEquals(place:count_events(), 2, theft)
  end
end

function TestHostile.test_adopted_items_steal_no_id()
  local board = commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" } })
  board.calendarConfig.rules = "rules.lua"
  local place <close> = commands.place(board)
  place:write("rules.lua", "return { adopt = function() return { id = 'A', title = 'stolen' } end }")
  place:write("calendars/academy/x.ics", ICS:format("x"))
  local _, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "adopt of x: id: the board has another entry A")
  lu.assertEquals(place:item("A").title, "a")
end

-- An item that the board could not hold, or not tell apart from others, is refused before anything of it is written.
function TestHostile.test_adopted_items_that_no_board_can_hold()
  for item, sentence in pairs {
    ["{ id = 'N', subitems = { { id = 'S', subitems = { { id = 'A' } } } } }"] = "id: the board has another entry A",
    ["{ id = 'N', subitems = { { id = 'N' } } }"] = "adopt of x: more than one entry has the id N",
    ["{ id = 'N', subitems = { { id = 'S' }, { id = 'S' } } }"] = "adopt of x: more than one entry has the id S",
    ["{ id = 'N', subitems = 'none' }"] = "the subitems of the entry must be a list of objects",
    ["{ id = 'N', subitems = { { id = 'S', dueDate = 5 } } }"] = "S: dueDate must be a text, not a number",
    ["{ id = 'N', calendarSync = { externalEventId = 'A@fleetmonitor' } }"] = "calendarSync of N: fmcal writes it",
    ["{ id = 'N', m = 'text' }"] = "N: m must be an object, for the rules declare m.a",
    ["{ id = 'D', title = 'third' }"] = "id: the board has another entry D",
  } do
    local board = commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" }, { id = "D" }, { id = "D" } })
    board.calendarConfig.rules = "rules.lua"
    local place <close> = commands.place(board)
    place:write("rules.lua", ('return { fields = { ["m.a"] = "x:A" }, adopt = function() return %s end }'):format(item))
    place:write("calendars/academy/x.ics", (ICS:format("x"):gsub("SUMMARY", "X-A:v\r\n%0")))
    local _, errors = place:expect(1, "sync.lua -q board.json")
    lu.assertStrContains(errors, sentence, nil, nil, item)
    lu.assertEquals(#place:board().items, 3, item)
    lu.assertNotNil(place:event("A"), item)
  end
end

-- Whose an event is and whether it is there, fmcal says itself: what a rule says otherwise makes no event.
function TestHostile.test_an_identity_of_a_rules_own_makes_no_event()
  for member, value in pairs { team = "'others'", kanbanId = "'B'", deleted = "true" } do
    local board = commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" }, { id = "B", title = "b", dueDate = "2027-01-02" } })
    board.calendarConfig.rules = "rules.lua"
    local place <close> = commands.place(board)
    place:write("rules.lua", ([[return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      if entry.id == "A" then event.%s = %s end
      return event
    end }]]):format(member, value))
    local _, errors = place:expect(1, "sync.lua -q board.json")
    lu.assertStrMatches(errors, "sync.lua: [^\n]*rules.lua:1: to_event of A: " .. member .. ": fmcal itself says that it is [^\n]*\n")
    lu.assertNil(place:event("A"))
    lu.assertNotNil(place:event("B"))
  end
end

-- A file that never loads ends the run before anything is touched.
function TestHostile.test_files_that_never_load()
  for text, part in pairs { ["while true do end"] = "processor time", ["local s = 'x' while true do s = s .. s end"] = "memory",
    ["string.find(('a'):rep(30000), ('.-'):rep(20) .. 'b')"] = "processor time", ["io.open('x')"] = "rules cannot read",
    ["return setmetatable({}, { __index = error, __pairs = function() while true do end end })"] = "" } do
    local board = commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" } }, { ruleLimits = LIMITS })
    board.calendarConfig.rules = "rules.lua"
    local place <close> = commands.place(board)
    place:write("rules.lua", text)
    if part == "" then
      place:expect(0, "sync.lua board.json")
    else
      local _, errors = place:expect(2, "sync.lua board.json")
      lu.assertStrContains(errors, "rules.lua")
      lu.assertStrContains(errors, part)
      lu.assertEquals(place:count_events(), 0)
    end
  end
end

-- ---------------------------------------------------------------- without the Lua sandbox

-- A module that gives rules all of Lua: whoever gets out of the sandbox stands there.
local OPEN = [[
local sandbox = {}
function sandbox.shared() return { globals = {}, string = string } end
function sandbox.environment(_, _) return setmetatable({}, { __index = _G }) end
return sandbox]]

local ESCAPES = {
  file = "return io.open('/etc/passwd') ~= nil",
  secret = "return io.open('/proc/self/environ') ~= nil",
  parent = "return io.open('/proc/1/cmdline') ~= nil",
  made = "return io.open('/tmp/fmcal-escaped', 'w') ~= nil",
  board = "return io.open('board.json') ~= nil",
  folder = "return require('fmcal.sys').list('/') ~= nil",
  process = "return os.execute('true') == true",
  piped = "local ok, pipe = pcall(io.popen, 'true') return ok and pipe ~= nil",
  spawned = "local ok, p = pcall(require('fmcal.sys').start, { '/bin/true' }) return ok and p ~= nil",
  removed = "return os.remove('board.json') ~= nil",
  renamed = "return os.rename('board.json', 'x') ~= nil",
  variable = "return os.getenv('STOLEN') ~= nil or os.getenv('HOME') ~= nil",
  network = "local ok, r = pcall(function() return require('fmcal.http').get('http://127.0.0.1:1/') end) "
    .. "return ok and type(r) == 'table' and r.status ~= nil",
  listener = "return require('fmcal.loopback').listen() ~= nil",
  library = "return package.loadlib('libBrokenLocale.so.1', '*') ~= nil",
  worker = "return require('fmcal.worker').start() ~= nil",
}

-- The fence behind the sandbox: nothing gets out of the process.
function TestHostile.test_nothing_gets_out_where_the_sandbox_is_open()
  local items, lines = {}, { "local ESCAPES = {}" }
  for name, code in pairs(ESCAPES) do
    items[#items + 1] = { id = name, title = "x", dueDate = "2027-01-01" }
    lines[#lines + 1] = ("ESCAPES[%q] = function() %s end"):format(name, code)
  end
  lines[#lines + 1] = [[return { to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = tostring(ESCAPES[entry.id]())
    return event
  end }]]
  local board = commands.board(items)
  board.calendarConfig.rules = "rules.lua"
  local place <close> = commands.place(board)
  place:write("rules.lua", table.concat(lines, "\n"))
  os.execute("mkdir -p " .. place:file("open/fmcal/rules"))
  place:write("open/fmcal/rules/sandbox.lua", OPEN)
  local out = place:run("sync.lua board.json --json", { env = "STOLEN=secret FMCAL_LUA_PATH=" .. place:file("open") })
  lu.assertNotNil(json.decode(out), out)
  for name in pairs(ESCAPES) do
    local _, text = place:event(name)
    lu.assertStrContains(tostring(text or place:item(name).calendarSync.syncError), text and "SUMMARY:false" or "to_event", false, name)
  end
  lu.assertNotNil(place:item("file"))
  lu.assertNil(io.open("/tmp/fmcal-escaped"))
end

os.exit(lu.LuaUnit.run())
