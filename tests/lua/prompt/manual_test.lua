local lu = require "luaunit"
local manual = require "fmcal.prompt.manual"
local shell = require "shell"

local function titles(name)
  local list = {}
  for i, topic in ipairs(manual.find(name)) do list[i] = topic.title end
  return list
end

TestFind = {}

function TestFind.test_functions_by_any_end_of_their_names()
  for _, name in ipairs { "json.decode", "fmcal.json.decode", "fmcal.json.decode(text)" } do
    lu.assertEquals(titles(name), { "json.decode(text, options)" }, name)
  end
  local topic = manual.find("json.decode")[1]
  lu.assertStrContains(topic.lines[1], "Reads a text, strictly")
  lu.assertItemsEquals(titles("decode"),
    { "json.decode(text, options)", "crypto.decode(encoding, text)", "handle:decode(text)", "url.decode(text)" })
end

function TestFind.test_methods_by_their_object_or_module()
  lu.assertEquals(titles("board:save"), { "b:save(options)" })
  lu.assertEquals(titles("b.save"), { "b:save(options)" })
  lu.assertEquals(titles("Provider:create_event"), { "Provider:create_event(event)" })
end

function TestFind.test_modules_and_what_is_in_them()
  lu.assertEquals(titles("fmcal.url"), { "fmcal.url" })
  local functions = manual.functions_of("fmcal.time")
  lu.assertEquals(functions[1].title, "time.now()")
  lu.assertTrue(#functions > 8)
end

function TestFind.test_members_of_records()
  lu.assertEquals(titles("http.response.url"), { "fmcal.http.response.url" })
  lu.assertStrContains(manual.find("http.options.proxy")[1].lines[1], "proxy URL")
end

function TestFind.test_what_rules_see()
  lu.assertEquals(manual.find("event.dueDate")[1].title, "event.dueDate")
  lu.assertEquals(manual.find("entry.parentId")[1].lines, { "of a subitem" })
  lu.assertEquals(manual.find("ctx.now")[1].lines, { "seconds since 1970" })
  lu.assertStrContains(titles("to_event")[1], "to_event(entry, ctx)")
  lu.assertStrContains(table.concat(titles("dueDate"), " "), "entry.dueDate event.dueDate")
end

function TestFind.test_lib_and_what_tests_of_rules_have()
  lu.assertEquals(titles("lib.slug"), { "lib.slug(text)" })
  lu.assertStrContains(manual.find("workday")[1].lines[1], "-th workday after it")
  lu.assertEquals(titles("t.reason"), { "t.reason(KEY, REASON, BY)" })
  lu.assertEquals(titles("s:epic"), { "s:epic { … }" })
end

-- Every function of lib is in the manual.
function TestFind.test_every_function_of_lib()
  for name in pairs(require("fmcal.rules.lib")) do lu.assertEquals(#manual.find("lib." .. name), 1, name) end
end

function TestFind.test_nothing()
  lu.assertEquals(manual.find("nonsense"), {})
end

local MODULES = { "fmcal", "fmcal.sync", "fmcal.sync.service", "fmcal.event", "fmcal.provider", "fmcal.rules", "fmcal.config" }

-- Every function that a module has is in the manual.
function TestFind.test_every_function_of_every_module()
  local modules = { table.unpack(MODULES) }
  for name in shell.source("src/bind/modules_table.c"):gmatch('{"(fmcal[%w_%.]+)",') do modules[#modules + 1] = name end
  for _, name in ipairs(modules) do
    local functions = {}
    for member, value in next, (require(name)) do
      if type(value) == "function" then functions[#functions + 1] = name .. "." .. member end
    end
    lu.assertTrue(#functions > 0, name)
    for _, path in ipairs(functions) do lu.assertTrue(#manual.find(path) > 0, path) end
  end
end

-- Every member of an event that the stub of its type names, and of entries what is mapped.
function TestFind.test_every_member_of_events_and_entries()
  for _, name in ipairs { "id", "title", "description", "dueDate", "timeZone", "durationMinutes", "tags", "priority" } do
    lu.assertTrue(#manual.find("entry." .. name) > 0, "entry." .. name)
  end
  local fields = shell.source("lua/fmcal/_meta/provider/core.lua"):match("@class fmcal%.event\n(.-)\n\n")
  for member in fields:gmatch("@field ([%w_]+)") do lu.assertTrue(#manual.find("event." .. member) > 0, "event." .. member) end
end

function TestFind.test_names_are_for_completion()
  local names = {}
  for _, name in ipairs(manual.names()) do names[name] = true end
  lu.assertTrue(names["json.decode"] and names.dueDate and names["fmcal.http"])
end

os.exit(lu.LuaUnit.run())
