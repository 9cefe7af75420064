-- The bindings read alike (docs/adding-a-binding.md): types, boxes, texts and rows come from bind/base, and the same
-- things have the same names everywhere.
local lu = require "luaunit"
local shell = require "shell"

-- Calls that have a home in bind/base, and the files that may make them.
local homes = {
  { call = "luaL_newmetatable", home = "^src/bind/base/", but = { ["src/bind/value/json_read.c"] = true } },
  { call = "luaL_setmetatable", home = "^src/bind/base/", but = { ["src/bind/value/state.c"] = true } },
  { call = "lua_toclose", home = "^src/bind/base/", but = {} },
}
-- How the tables of functions are called: NAME_functions, NAME_methods, NAME_meta.
local table_names = { "_functions$", "_methods$", "_meta$", "^fm_bind_modules$" }

local function has_any(name, patterns)
  for _, pattern in ipairs(patterns) do
    if name:find(pattern) then return true end
  end
  return false
end

-- What is wrong with one file of bind/, as sentences.
local function faults(path, text)
  local found = {}
  local function add(...) found[#found + 1] = path .. ": " .. string.format(...) end
  for _, rule in ipairs(homes) do
    if text:find("%f[%w_]" .. rule.call .. "%(") and not path:find(rule.home) and not rule.but[path] then
      add("%s() belongs to bind/base", rule.call)
    end
  end
  for name in text:gmatch("const luaL_Reg ([%w_]+)%[%]") do
    if not has_any(name, table_names) then add("the table %s is no NAME_functions, NAME_methods or NAME_meta", name) end
  end
  for name, body in text:gmatch("\n[%w_ ]+%*([%w_]+)%(lua_State %*L[^\n]*%)\n{\n    return (fm_bind_%w+)%(") do
    local wanted = ({ fm_bind_open = "open_", fm_bind_hold = "hold_" })[body]
    if wanted and not ("_" .. name):find("_" .. wanted, 1, true) then add("%s() should be called %s…, as it is elsewhere", name, wanted) end
  end
  if text:find("static [^\n]*%f[%w_]check_text%(lua_State %*L, int ") then
    add("arguments that are texts are read by bind/base/row.h")
  end
  return found
end

TestBindings = {}

function TestBindings.test_they_are_alike()
  local all = {}
  for _, path in ipairs(shell.sources("src/bind", "c", "h")) do
    for _, fault in ipairs(faults(path, shell.source(path))) do all[#all + 1] = fault end
  end
  lu.assertEquals(all, {})
end

function TestBindings.test_every_error_starts_empty()
  for _, path in ipairs(shell.sources("src", "c")) do
    lu.assertNil(shell.source(path):match("%f[%w_]fm_error err;"), path .. " has an error that does not start empty")
  end
end

function TestBindings.test_the_check_sees_what_is_not_alike()
  local function count(text) return #faults("src/bind/l_x.c", text) end
  lu.assertEquals(count("luaL_newmetatable(L, name);"), 1)
  lu.assertEquals(count("static const luaL_Reg x_metamethods[] = {"), 1)
  lu.assertEquals(count("\nstatic x *check_x(lua_State *L)\n{\n    return fm_bind_open(L, 1, &x_type);\n}\n"), 1)
  lu.assertEquals(count("\nstatic x *open_x(lua_State *L)\n{\n    return fm_bind_open(L, 1, &x_type);\n}\n"), 0)
  lu.assertEquals(count("static const char *check_text(lua_State *L, int index)\n"), 1)
end

os.exit(lu.LuaUnit.run())
