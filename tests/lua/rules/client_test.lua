-- Rules in the worker: the same answers as in this process, within limits, and nothing left behind.
local json = require "fmcal.json"
local lu = require "luaunit"
local rules = require "fmcal.rules"
local shell = require "shell"

local FOLDER = shell.lines("mktemp -d")[1]

local function load(text, options, in_process)
  shell.write(FOLDER .. "/rules.lua", text)
  return assert(rules.load(FOLDER .. "/rules.lua",
    { team = "academy", provider = "mock", config = { syncOptions = options or {} }, in_process = in_process }))
end

local function entry(id, members)
  local made = { id = id or "A", eventType = "item", title = "First", dueDate = "2027-01-01" }
  for name, value in pairs(members or {}) do made[name] = value end
  return made
end

-- What a rules file's adopt answers about an event, from both places.
local function both(body, event)
  local text = ("return { adopt = function(event, ctx) return { id = 'x', got = (function() %s end)() } end }"):format(body)
  local answers = {}
  for i, in_process in ipairs { false, true } do
    local loaded = load(text, nil, in_process)
    local item, sentence = loaded:adopt(event)
    answers[i] = sentence
    if item then answers[i] = item.got end
    loaded:close()
  end
  return answers[1], answers[2]
end

TestAnswers = {}

-- Values go there and come back as they are in this process.
function TestAnswers.test_the_same_as_in_this_process()
  local values = { true, false, 0, -1, math.maxinteger, math.mininteger, 1.5, 1e300, 5.0, "", "text", "zero\0byte", "größer",
    json.null, json.array {}, json.array { 1, json.null, "x" }, {}, { a = { b = { c = json.array { {} } } } } }
  for _, value in ipairs(values) do
    local there, here = both("return event.value", { uid = "u", value = value })
    lu.assertEquals(there, here)
    lu.assertEquals(math.type(there), math.type(here))
    lu.assertEquals(getmetatable(there), getmetatable(here))
  end
end

function TestAnswers.test_what_arrives()
  for body, expected in pairs {
    ["return math.type(event.n) .. math.type(event.f)"] = "integerfloat",
    ["return tostring(event.absent) .. type(event.null)"] = "niluserdata",
    ["return #event.bytes"] = 4,
    ["return getmetatable(event.list) == 'fmcal.json.array'"] = true,
    ["return getmetatable(event.object) == nil"] = true,
    ["return rawlen(event.list)"] = 3,
  } do
    local event = { uid = "u", n = 5, f = 5.0, null = json.null, bytes = "\xff\0\x80x", list = json.array { 1, 2, 3 }, object = {} }
    local there, here = both(body, event)
    lu.assertEquals({ there, here }, { expected, expected }, body)
  end
end

function TestAnswers.test_failures_read_the_same()
  for _, body in ipairs { "error('x')", "error({}, 0)", "local x = nil; return x.y", "return function() end", "return '\\xff'",
    "return 0/0", "error(setmetatable({}, { __tostring = function() return 'mine' end }))" } do
    local there, here = both(body, { uid = "u" })
    lu.assertEquals(there:match("^[^\n]*"), here:match("^[^\n]*"), body)
  end
end

-- A zone's file comes over the pipe.
function TestAnswers.test_zones()
  for _, in_process in ipairs { false, true } do
    local loaded = load("return { to_event = function(entry, ctx) return ctx.defaults.to_event(entry, ctx) end }", nil, in_process)
    local event = assert(loaded:to_event("A", entry("A", { dueDate = "2027-03-28T01:30:00", timeZone = "Europe/Rome", durationMinutes = 60 })))
    lu.assertEquals({ event.endDate, event.timeZone }, { "2027-03-28T03:30:00", "Europe/Rome" })
    loaded:close()
  end
end

function TestAnswers.test_local_time_is_that_of_this_process()
  local there, here = both("return os.date('%Y-%m-%d %H:%M', 1800000000)", { uid = "u" })
  lu.assertEquals(there, here)
  lu.assertEquals(there, os.date("%Y-%m-%d %H:%M", 1800000000))
end

TestCalls = {}

-- Not even a local of the file survives a call.
function TestCalls.test_nothing_survives_a_call()
  for _, in_process in ipairs { false, true } do
    local loaded = load([[
      local calls, seen = 0, {}
      return { select = function(entry)
        calls, count = calls + 1, (count or 0) + 1
        local first = calls == 1 and count == 1 and not next(seen)
        seen[entry.id] = true
        return first
      end }]], nil, in_process)
    for i = 1, 5 do lu.assertTrue(loaded:select("A", entry(tostring(i))), tostring(in_process)) end
    loaded:close()
  end
end

function TestCalls.test_random_numbers_are_repeatable()
  local loaded <close> = setmetatable({ load("return { select = function() return math.random() < 0.5 end }") },
    { __close = function(list) list[1]:close() end })
  local first = loaded[1]:select("A", entry())
  for _ = 1, 20 do lu.assertEquals(loaded[1]:select("A", entry()), first) end
end

function TestCalls.test_whether_the_clock_was_read()
  for body, reads in pairs { ["return os.time() > 0"] = true, ["return ctx.now > 0"] = true, ["return true"] = false } do
    local loaded = load(("return { select = function(entry, ctx) %s end }"):format(body))
    local _, _, read = loaded:watching_clock(function() return loaded:select("A", entry()) end)
    lu.assertEquals(read, reads, body)
    loaded:close()
  end
end

-- What was foreseen is answered as if it had not been, also where it is asked with something else.
function TestCalls.test_foreseeing_changes_no_answer()
  local loaded = load([[return {
    to_event = function(entry, ctx)
      if entry.title == "fails" then error("no luck", 0) end
      local event = ctx.defaults.to_event(entry, ctx)
      event.title = "> " .. event.title
      return event
    end,
    to_entry = function(event, entry, ctx)
      event.title = event.title:sub(3) .. (event.uid or "")
      return ctx.defaults.to_entry(event, entry, ctx)
    end }]])
  local function answers(hinted)
    local list, hints = {}, {}
    for i, title in ipairs { "one", "fails", "two", "three" } do
      hints[i] = { name = "to_event", id = tostring(i), uid = "u" .. i, entry(tostring(i), { title = title }) }
    end
    if hinted then loaded:foresee(hints) end
    for i, hint in ipairs(hints) do
      local given = i == 4 and entry("4", { title = "another" }) or hint[1]
      local event, sentence = loaded:to_event(hint.id, given)
      list[#list + 1] = event and event.title or sentence:match("^[^\n]*")
      if event then
        event.uid = i == 3 and "other" or hint.uid
        list[#list + 1] = loaded:to_entry(hint.id, event, given).title
      end
    end
    return list
  end
  local plain = answers(false)
  local failure = ("2: rule to_event failed: %s: no luck"):format(loaded:place "to_event")
  lu.assertEquals(plain, { "> one", "oneu1", failure, "> two", "twoother", "> another", "anotheru4" })
  for _ = 1, 3 do lu.assertEquals(answers(true), plain) end
  loaded:close()
end

-- Of many that were foreseen one that never ends costs itself.
function TestCalls.test_a_bomb_among_the_foreseen()
  local loaded = load([[return { to_event = function(entry, ctx)
    if entry.title == "loop" then while true do end end
    if entry.title == "bomb" then string.find(("a"):rep(30000), (".-"):rep(20) .. "b") end
    return ctx.defaults.to_event(entry, ctx)
  end }]], { ruleLimits = { seconds = 0.05 } })
  local hints = {}
  for i = 1, 60 do
    hints[i] = { name = "to_event", id = tostring(i), uid = "u",
      entry(tostring(i), { title = i == 20 and "loop" or i == 40 and "bomb" or "sound" }) }
  end
  loaded:foresee(hints)
  for i, hint in ipairs(hints) do
    local event, sentence = loaded:to_event(hint.id, hint[1])
    lu.assertEquals(event ~= nil, i ~= 20 and i ~= 40, sentence)
    if not event then lu.assertStrContains(sentence, "it takes more than 0.05") end
  end
  loaded:close()
end

-- More than pipes hold, both ways.
function TestCalls.test_many_large_questions()
  local loaded = load("return { to_event = function(entry, ctx) return ctx.defaults.to_event(entry, ctx) end }")
  local hints, text = {}, ("0123456789abcdef"):rep(8192)
  for i = 1, 40 do hints[i] = { name = "to_event", id = tostring(i), uid = "u", entry(tostring(i), { description = text .. i }) } end
  loaded:foresee(hints)
  for i, hint in ipairs(hints) do lu.assertEquals(loaded:to_event(hint.id, hint[1]).description, text .. i) end
  loaded:close()
end

TestLimits = {}

function TestLimits.test_messages()
  local loaded = load([[return { select = function(entry)
    if entry.id == "loop" then while true do end end
    if entry.id == "bomb" then string.find(("a"):rep(30000), (".-"):rep(20) .. "b") end
    if entry.id == "rep" then return ("x"):rep(1 << 40) end
    local t = {} while true do t[#t + 1] = {} end
  end }]], { ruleLimits = { seconds = 0.1, mebibytes = 2.5 } })
  local _, sentence = loaded:select("loop", entry("loop"))
  lu.assertStrMatches(sentence, "loop: rule select failed: .*rules%.lua:2: it takes more than 0%.1 seconds of processor time, "
    .. "the limit of syncOptions%.ruleLimits\nstack traceback:\n.*rules%.lua:2: in .*")
  _, sentence = loaded:select("rep", entry("rep"))
  lu.assertStrMatches(sentence, "rep: rule select failed: .*rules%.lua:1: string%.rep would make a text of more than 2 MiB, "
    .. "the limit of memory.*")
  lu.assertNotStrContains(sentence, "inside.lua")
  _, sentence = loaded:select("bomb", entry("bomb"))
  lu.assertStrMatches(sentence, "bomb: rule select failed: .*rules%.lua:1: it takes more than 0%.1 seconds of processor time, "
    .. "the limit of syncOptions%.ruleLimits")
  _, sentence = loaded:select("memory", entry("memory"))
  lu.assertStrMatches(sentence, "memory: rule select failed: .*rules%.lua:1: it needs more than 2%.5 MiB of memory, "
    .. "the limit of syncOptions%.ruleLimits")
  loaded:close()
end

-- A run of many entries has an end: what took too long so often is not called again, what else there is is.
function TestLimits.test_a_function_that_is_given_up()
  local loaded = load([[return {
    select = function() return true end,
    to_event = function(entry, ctx) while entry.title == "loop" do end return ctx.defaults.to_event(entry, ctx) end,
  }]], { ruleLimits = { seconds = 0.05 } })
  local hints = {}
  for i = 1, 50 do hints[i] = { name = "to_event", id = tostring(i), uid = "u", entry(tostring(i), { title = "loop" }) } end
  loaded:foresee(hints)
  for i, hint in ipairs(hints) do
    local _, sentence = loaded:to_event(hint.id, hint[1])
    lu.assertStrContains(sentence, i <= 30 and "it takes more than 0.05" or "it is called no more in this run, for it took too long 30 times")
  end
  lu.assertStrContains(select(2, loaded:to_event("A", entry())), "no more in this run")
  lu.assertTrue(loaded:select("A", entry()))
  loaded:close()
end

-- A worker that somebody ends is started again, and asked again.
function TestLimits.test_a_worker_that_is_killed()
  local loaded = load("return { select = function(entry) return entry.id == 'A' end }")
  lu.assertTrue(loaded:select("A", entry("A")))
  lu.assertTrue(os.execute("pkill -KILL -P $PPID --exact fmcal-worker"))
  lu.assertTrue(loaded:select("A", entry("A")))
  lu.assertFalse(loaded:select("B", entry("B")))
  loaded:close()
end

TestRequire = {}

function TestRequire.test_files_beside_the_rules_file()
  shell.write(FOLDER .. "/holidays.lua", "calls = (calls or 0) + 1\nreturn { ['2027-01-01'] = true, calls = calls }")
  local text = [[
    local holidays = require "holidays"
    assert(holidays == require "holidays")
    return { select = function(entry) return not holidays[entry.dueDate] and holidays.calls == 1 end }]]
  for _, in_process in ipairs { false, true } do
    local loaded = load(text, nil, in_process)
    for _ = 1, 2 do
      lu.assertFalse(loaded:select("A", entry("A")))
      lu.assertTrue(loaded:select("B", entry("B", { dueDate = "2027-01-02" })))
    end
    local source = loaded.source
    loaded:close()
    shell.write(FOLDER .. "/holidays.lua", "return { calls = 1 }")
    loaded = load(text, nil, in_process)
    lu.assertNotEquals(loaded.source, source)
    loaded:close()
    shell.write(FOLDER .. "/holidays.lua", "calls = (calls or 0) + 1\nreturn { ['2027-01-01'] = true, calls = calls }")
  end
end

function TestRequire.test_what_cannot_be_required()
  for text, part in pairs { ["require 'absent'"] = "absent.lua", ["require '../x'"] = "by a bare name",
    ["require 'fmcal.json'"] = "by a bare name", ["require(5)"] = "the name of a file" } do
    shell.write(FOLDER .. "/rules.lua", text .. " return {}")
    local loaded, err = rules.load(FOLDER .. "/rules.lua", { team = "t", provider = "mock", config = {} })
    lu.assertNil(loaded)
    lu.assertStrContains(err.message, part)
    lu.assertStrContains(err.message, "rules.lua")
  end
  local loaded = load("return { select = function() return require('holidays') and true end }")
  lu.assertStrContains(select(2, loaded:select("A", entry())), 'require "holidays" belongs at the top of the rules file')
  loaded:close()
end

TestSandbox = {}

function TestSandbox.test_methods_of_strings_are_those_of_the_library()
  lu.assertEquals({ both("return ('x'):upper() .. ('%d'):format(5) .. ('ab'):rep(2, '-')", { uid = "u" }) }, { "X5ab-ab", "X5ab-ab" })
  lu.assertEquals(both("return (pcall(('x').rep, 'x', 1 << 60))", { uid = "u" }), false)
end

function TestSandbox.test_libraries_can_be_walked()
  local there, here = both("local n = 0 for name in pairs(string) do n = n + 1 end return n > 10", { uid = "u" })
  lu.assertEquals({ there, here }, { true, true })
end

local outcome = lu.LuaUnit.run()
os.execute("rm -rf " .. shell.quote(FOLDER))
os.exit(outcome)
