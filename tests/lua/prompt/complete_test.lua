local complete = require "fmcal.prompt.complete"
local lu = require "luaunit"
local shell = require "shell"

local commands = { "board", "help", "item" }

local function names(text, globals)
  local prefix, found = complete.candidates(text, globals or {}, commands)
  return found, prefix
end

TestCandidates = {}

function TestCandidates.test_globals_and_keywords()
  local found, prefix = names("x = pri", { print = 1, private = 2, other = 3 })
  lu.assertEquals(found, { "print", "private" })
  lu.assertEquals(prefix, "pri")
  lu.assertEquals((names("fo", { form = 1 })), { "for", "form" })
end

function TestCandidates.test_members()
  local globals = { a = { b = { cat = 1, car = print, dog = 2, [1] = 3, ["not a name"] = 4, __index = 5 } } }
  lu.assertEquals((names("print(a.b.ca", globals)), { "car", "cat" })
  lu.assertEquals((names("a.b:", globals)), { "car" })
  lu.assertEquals((names("a.none.", globals)), {})
  lu.assertEquals((names("a.b.cat.", globals)), {})
end

function TestCandidates.test_methods_behind_metatables()
  local base = { run = print }
  local class = setmetatable({ walk = print }, { __index = base })
  local object = setmetatable({ name = "x" }, { __index = class })
  lu.assertEquals((names("o.", { o = object })), { "name", "run", "walk" })
  lu.assertEquals((names("o:", { o = object })), { "run", "walk" })
  lu.assertItemsEquals((names("f:se", { f = io.stdout })), { "seek", "setvbuf" })
  lu.assertEquals((names("s:gs", { s = "text" })), { "gsub" })
end

function TestCandidates.test_code_of_others_is_not_run()
  local t = setmetatable({}, { __index = function() error("must not run") end })
  lu.assertEquals((names("t.x", { t = t })), {})
  lu.assertEquals((names("t.x.y", { t = t })), {})
end

function TestCandidates.test_circular_metatables_end()
  local t = {}
  setmetatable(t, { __index = t })
  lu.assertEquals((names("t.x", { t = t })), {})
end

function TestCandidates.test_modules_of_fmcal_load_when_asked_for()
  local globals = { fmcal = require "fmcal" }
  lu.assertItemsEquals((names("fmcal.insp", globals)), { "inspect" })
  lu.assertEquals((names("fmcal.log.enab", globals)), { "enabled" })
end

function TestCandidates.test_commands()
  lu.assertEquals((names(".")), commands)
  lu.assertEquals((names(".he")), { "help" })
  lu.assertEquals((names("1 .")), {})
end

TestTab = {}

function TestTab.test_one_name_is_finished()
  lu.assertEquals({ complete.tab("pri", { print = 1 }, commands, 80) }, { "nt" })
end

function TestTab.test_what_names_share_is_inserted()
  lu.assertEquals({ complete.tab("p", { print = 1, private = 2 }, commands, 80) }, { "ri" })
end

function TestTab.test_several_names_are_shown()
  local insert, lines = complete.tab("t.a", { t = { a1 = 1, a2 = 2, a3 = 3 } }, commands, 8)
  lu.assertNil(insert)
  lu.assertEquals(lines, "a1  a3\na2")
end

function TestTab.test_nothing_fits()
  lu.assertNil(complete.tab("nothing_like_it", {}, commands, 80))
  lu.assertNil(complete.tab("", {}, commands, 80))
end

-- ---------------------------------------------------------------- arguments of dot commands

TestArguments = {}

local function completed(text, session)
  return { complete.tab(text, {}, commands, 80, function(name, argument)
    return require("fmcal.prompt.commands").complete(session or {}, name, argument)
  end) }
end

function TestArguments.test_ids_and_rules()
  local session = { board = { keys = function() return { "XACA-1", "XACA-1-001", "E-9" } end } }
  lu.assertEquals(completed(".item E", session), { "-9" })
  lu.assertEquals(completed(".event X", session), { "ACA-1" })
  lu.assertEquals(completed(".rule on_c", session), { "onflict" })
  lu.assertEquals(completed(".rule select E", session), { "-9" })
  lu.assertEquals(completed(".item E"), {})
  lu.assertEquals(completed(".trace of"), { "f" })
end

function TestArguments.test_names_of_the_manual_and_breakpoints()
  lu.assertEquals(completed(".help json.dec"), { "ode" })
  lu.assertEquals(completed(".break on_c"), { "onflict" })
  lu.assertEquals(completed(".try to_ev"), { "ent" })
  lu.assertEquals(completed(".sync "), { "--dry-run" })
end

function TestArguments.test_folders_end_in_a_slash()
  local folder <close> = shell.folder()
  lu.assertTrue(os.execute("mkdir " .. folder.path .. "/inner"))
  lu.assertEquals(completed(".load " .. folder.path .. "/in"), { "ner/" })
end

function TestArguments.test_files()
  local path = os.tmpname()
  lu.assertEquals(completed(".board " .. path:sub(1, -2)), { path:sub(-1) })
  os.remove(path)
end

os.exit(lu.LuaUnit.run())
