-- Tests of units and of Lua mirror the sources: a test stands in the folder of its source and bears the name of the source
-- file, header or folder that it tests, or that name with an aspect behind it.
local lu = require "luaunit"
local shell = require "shell"

-- Where the tests are, what theirs end in, and which sources they mirror.
local MIRRORS = {
  { tests = "tests/unit", ending = "_test.c", sources = { "src" } },
  { tests = "tests/lua", ending = "_test.lua", sources = { "lua/fmcal/_meta", "lua/fmcal" } },
}

-- What holds for all C modules alike, which is nothing that one file does.
local OF_ALL_MODULES = "tests/lua/bind"

local function split(path)
  local folder, name = path:match("^(.*)/([^/]+)$")
  return folder, name
end

-- The path below a folder, or nil where it is elsewhere.
local function below(folder, path)
  return path:sub(1, #folder + 1) == folder .. "/" and path:sub(#folder + 2) or nil
end

-- What can be tested in each folder of the tests: { [folder] = { [name] = true } }, for files and folders of the sources.
local function names_to_test(mirror, paths)
  local names = {}
  local function add(path)
    local folder, name = split(path)
    names[folder] = names[folder] or {}
    names[folder][name] = true
    if folder ~= mirror.tests then add(folder) end
  end
  for _, path in ipairs(paths) do
    for _, root in ipairs(mirror.sources) do
      local inside = below(root, path)
      if inside then
        add(mirror.tests .. "/" .. inside:gsub("%.[^.]*$", ""))
        break
      end
    end
  end
  return names
end

-- Whether some name, or one with an aspect behind it, is `stem`.
local function is_named_after(names, stem)
  while stem do
    if names[stem] then return true end
    stem = stem:match("^(.+)_[^_]*$")
  end
  return false
end

-- What is wrong with the place and the name of a test, or nil.
local function complaint(mirror, names, path)
  local folder, name = split(path)
  local stem = name:sub(-#mirror.ending) == mirror.ending and name:sub(1, -#mirror.ending - 1)
  if not stem then return ("%s does not end in %s: nobody runs it"):format(path, mirror.ending) end
  if folder == OF_ALL_MODULES or is_named_after(names[folder] or {}, stem) then return nil end
  local mirrored = mirror.sources[#mirror.sources] .. folder:sub(#mirror.tests + 1)
  return ("%s bears the name of no source in %s"):format(path, mirrored)
end

local function complaints(mirror, tests, sources)
  local names, found = names_to_test(mirror, sources), {}
  for _, path in ipairs(tests) do found[#found + 1] = complaint(mirror, names, path) end
  return found
end

local function all_sources(mirror)
  local paths = {}
  for _, root in ipairs(mirror.sources) do
    for _, path in ipairs(shell.sources(root, "c", "h", "lua")) do paths[#paths + 1] = path end
  end
  return paths
end

TestMirror = {}

function TestMirror.test_tests_mirror_the_sources()
  local all = {}
  for _, mirror in ipairs(MIRRORS) do
    local tests = shell.sources(mirror.tests, "c", "h", "lua")
    lu.assertTrue(#tests > 0, mirror.tests)
    for _, line in ipairs(complaints(mirror, tests, all_sources(mirror))) do all[#all + 1] = line end
  end
  lu.assertEquals(all, {})
end

function TestMirror.test_the_check_sees_a_wrong_name()
  local function count(mirror, test, ...) return #complaints(mirror, { test }, { ... }) end
  local unit, lua = table.unpack(MIRRORS)
  lu.assertEquals(count(unit, "tests/unit/core/json/edit_test.c", "src/core/json/edit.c"), 0)
  lu.assertEquals(count(unit, "tests/unit/core/json/edit_random_test.c", "src/core/json/edit.c"), 0)
  lu.assertEquals(count(unit, "tests/unit/ics/codec_test.c", "src/ics/codec.h"), 0)
  lu.assertEquals(count(unit, "tests/unit/state/sqlite_test.c", "src/state/sqlite/open.c"), 0)
  lu.assertEquals(count(unit, "tests/unit/core/json/random_test.c", "src/core/json/edit.c"), 1)
  lu.assertEquals(count(unit, "tests/unit/core/json/editor_test.c", "src/core/json/edit.c"), 1)
  lu.assertEquals(count(unit, "tests/unit/core/edit_test.c", "src/core/json/edit.c"), 1)
  lu.assertEquals(count(unit, "tests/unit/core/json/edit.c", "src/core/json/edit.c"), 1)
  lu.assertEquals(count(lua, "tests/lua/sync/run_slices_test.lua", "lua/fmcal/sync/run.lua"), 0)
  lu.assertEquals(count(lua, "tests/lua/sync/slices_test.lua", "lua/fmcal/sync/run.lua"), 1)
  lu.assertEquals(count(lua, "tests/lua/provider/core_google_test.lua", "lua/fmcal/_meta/provider/core.lua"), 0)
  lu.assertEquals(count(lua, "tests/lua/provider/google_test.lua", "lua/fmcal/_meta/provider/core.lua"), 1)
  lu.assertEquals(count(lua, "tests/lua/misuse_test.lua", "lua/fmcal/_meta/json.lua"), 1)
  lu.assertEquals(count(lua, "tests/lua/bind/misuse_test.lua", "lua/fmcal/_meta/json.lua"), 0)
end

os.exit(lu.LuaUnit.run())
