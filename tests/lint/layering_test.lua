-- The arrows between layers (docs/architecture.md): who may include or require whom.
local lu = require "luaunit"
local shell = require "shell"

-- Each layer may include itself, the public headers, and what is listed.
local allowed = {
  util = {},
  core = { "util" },
  board = { "util", "core" },
  provider = { "util", "core" },
  state = { "util", "core" },
  serve = { "util", "core" },
  bind = { "util", "core", "board", "provider", "state", "serve" },
  host = { "util", "core", "board", "provider", "state", "serve", "bind" },
}
local lua_headers = { ["lua.h"] = true, ["lauxlib.h"] = true, ["lualib.h"] = true, ["luaconf.h"] = true }
local lua_layers = { bind = true, host = true }
-- Public headers that only these layers may include.
local public_above = { host = { host = true } }

local MOST_IN_A_FOLDER = 20

local function set(list)
  local members = {}
  for _, name in ipairs(list) do members[name] = true end
  return members
end

local function violations(path, layer, text)
  local found = {}
  local may = set(allowed[layer])
  for header in text:gmatch('#include%s*"([^"]+)"') do
    local folder = header:match("^([^/]+)/")
    if not folder then
      found[#found + 1] = ("%s includes %s: name the folder too"):format(path, header)
    elseif folder == "fmcal" then
      local only = public_above[header:match("^fmcal/(.+)%.h$")]
      if only and not only[layer] then found[#found + 1] = ("%s includes %s"):format(path, header) end
    elseif folder ~= layer and not may[folder] then
      found[#found + 1] = ("%s includes %s: %s may not use %s"):format(path, header, layer, folder)
    end
  end
  for header in text:gmatch("#include%s*<([^>]+)>") do
    if lua_headers[header] and not lua_layers[layer] then
      found[#found + 1] = ("%s includes %s: only bind and host may"):format(path, header)
    end
  end
  return found
end

TestLayering = {}

function TestLayering.test_c_includes()
  local all = {}
  for layer in pairs(allowed) do
    for _, path in ipairs(shell.sources("src/" .. layer, "c", "h")) do
      for _, line in ipairs(violations(path, layer, shell.source(path))) do all[#all + 1] = line end
    end
  end
  lu.assertEquals(all, {})
end

function TestLayering.test_every_folder_is_a_layer()
  for _, path in ipairs(shell.sources("src", "c", "h")) do
    local folder = path:match("^src/([^/]+)/")
    lu.assertTrue(folder == "include" or allowed[folder] ~= nil, path .. " is in no layer")
  end
end

-- Which folders a folder's files include from: { folder = { folder = true } }. registry.c lists every provider.
local function folder_graph()
  local graph = {}
  for _, path in ipairs(shell.sources("src", "c", "h")) do
    local from = path:match("^src/(.*)/")
    graph[from] = graph[from] or {}
    for header in shell.source(path):gmatch('#include%s*"([^"]+)"') do
      local to = header:match("^(.*)/")
      if to and to ~= from and path ~= "src/provider/registry.c" then graph[from][to] = true end
    end
  end
  return graph
end

-- Whether `wanted` can be reached from `folder`.
local function reaches(graph, folder, wanted, seen)
  if seen[folder] then return false end
  seen[folder] = true
  for used in pairs(graph[folder] or {}) do
    if used == wanted or reaches(graph, used, wanted, seen) then return true end
  end
  return false
end

function TestLayering.test_folders_form_no_circles()
  local graph = folder_graph()
  for folder in pairs(graph) do
    lu.assertFalse(reaches(graph, folder, folder, {}), "src/" .. folder .. " uses itself by way of others")
  end
  lu.assertTrue(reaches({ a = { b = true }, b = { c = true }, c = { a = true } }, "a", "a", {}))
  lu.assertFalse(reaches({ a = { b = true }, b = { c = true } }, "a", "a", {}))
end

function TestLayering.test_no_folder_is_a_drawer()
  local counts = {}
  for _, path in ipairs(shell.sources("src", "c")) do
    local folder = path:match("^(.*)/")
    counts[folder] = (counts[folder] or 0) + 1
  end
  for folder, count in pairs(counts) do
    lu.assertTrue(count <= MOST_IN_A_FOLDER, ("%s has %d .c files: it wants folders"):format(folder, count))
  end
end

function TestLayering.test_public_headers_need_no_other_headers()
  for _, path in ipairs(shell.sources("src/include", "h")) do
    for header in shell.source(path):gmatch('#include%s*"([^"]+)"') do
      lu.assertStrContains(header, "fmcal/", false, false, path .. " includes " .. header)
    end
  end
end

function TestLayering.test_only_public_headers_export()
  for _, path in ipairs(shell.sources("src", "c", "h")) do
    if not path:find("^src/include/") and path ~= "src/host/module.c" then
      lu.assertNil(shell.source(path):find("%f[%w]FM_API%f[%W]"), path .. " exports: FM_API is for public headers")
    end
  end
end

function TestLayering.test_library_lua_does_not_require_tests()
  for _, path in ipairs(shell.sources("lua", "lua")) do
    for name in shell.source(path):gmatch('require%s*%(?%s*"([^"]+)"') do
      lu.assertTrue(name == "fmcal" or name:find("^fmcal%.") ~= nil, path .. " requires " .. name)
    end
  end
end

function TestLayering.test_the_check_sees_a_wrong_arrow()
  lu.assertEquals(#violations("src/core/x.c", "core", '#include "board/index.h"\n'), 1)
  lu.assertEquals(#violations("src/util/x.c", "util", "#include <lauxlib.h>\n"), 1)
  lu.assertEquals(#violations("src/core/x.c", "core", '#include "core/json/scan.h"\n#include <locale.h>\n'), 0)
  lu.assertEquals(#violations("src/core/x.c", "core", '#include "fmcal/host.h"\n'), 1)
end

-- ---------------------------------------------------------------- Lua

-- The layers of Lua, each with those that it may use. The stages of the sync use none of each other: fmcal.sync.run passes from
-- one to the next what a run knows.
local below_sync = { "util", "model", "rules", "provider", "config", "place" }
local stages = { "look", "decide", "act", "keep", "tell" }

local function with(list, ...)
  return table.move({ ... }, 1, select("#", ...), #list + 1, { table.unpack(list) })
end

local below_uses = with(with(below_sync, table.unpack(stages)), "run")
local lua_allowed = {
  util = {},
  model = { "util" },
  rules = { "util", "model" },
  provider = { "util", "rules" },
  config = { "util", "rules", "provider" },
  place = { "util", "model", "rules", "provider", "config" },
  look = below_sync, decide = below_sync, act = below_sync, keep = below_sync, tell = below_sync,
  run = with(below_sync, table.unpack(stages)),
  uses = with(below_sync, "run", "tell"),
  accounts = with(below_sync, "run", "uses"),
  children = { "util" },
  cli = with(below_sync, "run", "uses", "accounts", "children"),
  prompt = with(below_sync, "run", "uses", "cli"),
  mcp = with(below_sync, "run", "uses", "cli"),
  serve = with(below_sync, "run", "uses", "accounts", "cli", "children"),
  scripts = with(below_uses, "uses", "accounts", "cli", "serve", "mcp"),
}

-- Which layer a module is of: by its folder, or by its own name where that is the documented one.
local lua_folders = {
  ["fmcal.util"] = "util", ["fmcal.names"] = "util", ["fmcal.exits"] = "util", ["fmcal.inspect"] = "util",
  ["fmcal.version"] = "util",
  ["fmcal.model"] = "model", ["fmcal.rules"] = "rules", ["fmcal.place"] = "place",
  ["fmcal.provider"] = "provider", ["fmcal.event"] = "provider", ["fmcal.script_names"] = "provider",
  ["fmcal.unknown_provider"] = "provider", ["fmcal.config"] = "config", ["fmcal.credentials"] = "config",
  ["fmcal.sync.look"] = "look", ["fmcal.sync.decide"] = "decide", ["fmcal.sync.act"] = "act", ["fmcal.sync.keep"] = "keep",
  ["fmcal.sync.tell"] = "tell", ["fmcal.sync.run"] = "run",
  ["fmcal.sync"] = "uses", ["fmcal.overview"] = "uses", ["fmcal.feed"] = "uses",
  ["fmcal.trial"] = "uses",
  ["fmcal.accounts"] = "accounts", ["fmcal.cli"] = "cli", ["fmcal.prompt"] = "prompt", ["fmcal.mcp"] = "mcp",
  ["fmcal.children"] = "children", ["fmcal.serve"] = "serve", ["fmcal"] = "uses",
}

local function c_modules()
  local names = { ["fmcal.cli.argparse"] = true }
  for name in shell.source("src/bind/modules_table.c"):gmatch('{"([%w_%.]+)",') do names[name] = true end
  return names
end

local function lua_layer(module)
  local prefix = module
  while prefix do
    if lua_folders[prefix] then return lua_folders[prefix] end
    prefix = prefix:match("^(.*)%.[^.]*$")
  end
  return nil
end

local function module_of(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

-- The modules that a text requires, those in C left out.
local function required(text, in_c)
  local names = {}
  text = text:gsub("%-%-[^\n]*", "")
  for name in text:gmatch('require%s*%(?%s*["\'](fmcal[%w_%.]*)["\']') do
    if not in_c[name] then names[#names + 1] = name end
  end
  return names
end

local function lua_violations(path, layer, text, in_c)
  local found, may = {}, set(lua_allowed[layer] or {})
  for _, name in ipairs(required(text, in_c)) do
    local other = lua_layer(name)
    if other ~= layer and not may[other] then
      found[#found + 1] = ("%s requires %s: %s may not use %s"):format(path, name, layer, other)
    end
  end
  return found
end

-- A circle among modules, as a list of their names, or nil. @param graph {[module] = list of modules that it requires}
local function circle_in(graph)
  local state, trail = {}, {}
  local function visit(name)
    if state[name] == "done" then return nil end
    trail[#trail + 1] = name
    if state[name] == "open" then return trail end
    state[name] = "open"
    for _, other in ipairs(graph[name] or {}) do
      if visit(other) then return trail end
    end
    state[name] = "done"
    trail[#trail] = nil
    return nil
  end
  for name in pairs(graph) do
    if visit(name) then return trail end
  end
  return nil
end

local function lua_sources()
  local paths = {}
  for _, path in ipairs(shell.sources("lua", "lua")) do
    if not path:find("^lua/fmcal/_meta/") then paths[#paths + 1] = path end
  end
  return paths
end

TestLuaLayering = {}

function TestLuaLayering.test_requires()
  local all, in_c = {}, c_modules()
  local function check(path, layer)
    for _, line in ipairs(lua_violations(path, layer, shell.source(path), in_c)) do all[#all + 1] = line end
  end
  for _, path in ipairs(lua_sources()) do check(path, lua_layer(module_of(path))) end
  for _, path in ipairs(shell.sources("scripts", "lua")) do check(path, "scripts") end
  lu.assertEquals(all, {})
end

function TestLuaLayering.test_no_circle()
  local graph, in_c = {}, c_modules()
  for _, path in ipairs(lua_sources()) do graph[module_of(path)] = required(shell.source(path), in_c) end
  lu.assertEquals(circle_in(graph), nil)
end

function TestLuaLayering.test_no_folder_is_a_drawer()
  local counts = {}
  for _, path in ipairs(lua_sources()) do
    local folder = path:match("^(.*)/")
    counts[folder] = (counts[folder] or 0) + 1
  end
  for folder, count in pairs(counts) do
    lu.assertTrue(count <= MOST_IN_A_FOLDER, ("%s has %d files: it wants folders"):format(folder, count))
  end
end

function TestLuaLayering.test_the_check_sees_a_wrong_arrow()
  local in_c = { ["fmcal.json"] = true }
  local function count(layer, text) return #lua_violations("x.lua", layer, text, in_c) end
  lu.assertEquals(count("model", 'local t = require "fmcal.place.target"\n'), 1)
  lu.assertEquals(count("decide", "local c = require('fmcal.sync.look.candidates')\n"), 1)
  lu.assertEquals(count("look", 'require("fmcal.sync.tell.report").failure()\n'), 1)
  lu.assertEquals(count("accounts", 'local args = require "fmcal.cli.args"\n'), 1)
  lu.assertEquals(count("decide", 'local fields, plan = require "fmcal.model.fields", require "fmcal.sync.decide.plan"\n'), 0)
  lu.assertEquals(count("util", 'local json = require "fmcal.json"\n'), 0)
end

function TestLuaLayering.test_the_check_sees_a_circle()
  lu.assertNotNil(circle_in { a = { "b" }, b = { "c" }, c = { "a" } })
  lu.assertNil(circle_in { a = { "b", "c" }, b = { "c" }, c = {} })
end

os.exit(lu.LuaUnit.run())
