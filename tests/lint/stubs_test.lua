-- Each Lua module in C has a stub in lua/fmcal/_meta that names exactly the functions and methods there are.
local lu = require "luaunit"
local shell = require "shell"

local function c_modules()
  local names = {}
  for name in shell.source("src/bind/modules_table.c"):gmatch('{"([%w_%.]+)",') do names[#names + 1] = name end
  return names
end

-- What a stub names: functions of the module, and methods of its types, as sets.
local function stub_of(module)
  local text = shell.source("lua/fmcal/_meta/" .. module:gsub("^fmcal%.", ""):gsub("%.", "/") .. ".lua")
  local functions, methods = {}, {}
  for owner, separator, name in text:gmatch("function ([%w_]+)([%.:])([%w_]+)%(") do
    if separator == "." then functions[name] = owner else methods[name] = owner end
  end
  return functions, methods, text
end

-- The names of the methods of all userdata types whose metatables are there.
local function known_methods()
  local names = {}
  for type_name, metatable in pairs(debug.getregistry()) do
    if type(type_name) == "string" and type_name:find("^fmcal%.") and type(metatable) == "table" then
      local index = rawget(metatable, "__index")
      for name, method in pairs(type(index) == "table" and index or {}) do
        if type(method) == "function" then names[name] = type_name end
      end
    end
  end
  return names
end

-- Methods of types that only exist once an object does: their names stand in the sources.
local function registered_in_source(name)
  local found = {}
  for _, path in ipairs(shell.sources("src/bind", "c")) do
    if shell.source(path):find('{"' .. name .. '",', 1, true) then found[#found + 1] = path end
  end
  return #found > 0
end

TestStubs = {}

function TestStubs.test_each_module_has_a_stub()
  for _, module in ipairs(c_modules()) do
    local _, _, text = stub_of(module)
    lu.assertStrMatches(text, "^%-%-%-@meta.*", nil, nil, module)
    lu.assertStrContains(text, "---@class " .. module, false, false, module)
  end
end

function TestStubs.test_each_function_is_in_the_stub()
  for _, module in ipairs(c_modules()) do
    local functions = stub_of(module)
    for name, value in pairs(require(module)) do
      if type(value) == "function" then lu.assertNotNil(functions[name], ("%s.%s has no stub"):format(module, name)) end
    end
  end
end

function TestStubs.test_each_function_in_a_stub_exists()
  for _, module in ipairs(c_modules()) do
    local functions, methods = stub_of(module)
    local loaded = require(module)
    for name in pairs(functions) do
      lu.assertEquals(type(loaded[name]), "function", ("the stub of %s names %s"):format(module, name))
    end
    for name in pairs(methods) do
      lu.assertTrue(registered_in_source(name), ("the stub of %s names a method %s"):format(module, name))
    end
  end
end

function TestStubs.test_each_method_is_in_a_stub()
  local documented = { close = true } -- said once for all types, by Lua's own `<close>`
  for _, module in ipairs(c_modules()) do
    require(module)
    local _, methods = stub_of(module)
    for name in pairs(methods) do documented[name] = true end
  end
  for name, type_name in pairs(known_methods()) do
    lu.assertTrue(documented[name], ("the method %s of %s has no stub"):format(name, type_name))
  end
end

function TestStubs.test_stubs_cannot_be_loaded_by_mistake()
  for _, module in ipairs(c_modules()) do
    lu.assertNil(package.preload["fmcal._meta." .. module:gsub("^fmcal%.", "")])
  end
end

function TestStubs.test_each_stub_belongs_to_a_module()
  local modules = {}
  for _, module in ipairs(c_modules()) do modules[module:gsub("^fmcal%.", ""):gsub("%.", "/")] = true end
  for _, path in ipairs(shell.sources("lua/fmcal/_meta", "lua")) do
    lu.assertTrue(modules[path:match("_meta/(.+)%.lua$")], path .. " describes no module in C")
  end
end

os.exit(lu.LuaUnit.run())
