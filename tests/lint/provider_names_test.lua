-- Only a provider's folder, the registry and the profiles of services name a provider: everybody else asks for what
-- sets it apart (fmcal.provider.core.traits, fm_provider_class).
local core = require "fmcal.provider.core"
local lu = require "luaunit"
local shell = require "shell"

local NAMES = {}
for _, name in ipairs(core.names()) do NAMES[name] = true end

-- What compares a text with a name: patterns whose capture is the name, and which are looked for in Lua and in C.
local COMPARISONS = {
  lua = { '[=~]=%s*"([%w_]+)"', '"([%w_]+)"%s*[=~]=', "[=~]=%s*'([%w_]+)'", "%f[%w_]([%w_]+)%s*=%s*true%f[^%w_]" },
  c = { 'strn?cmp%b()' },
}

local function names_in(text, patterns)
  local found = {}
  for _, pattern in ipairs(patterns) do
    for match in text:gmatch(pattern) do
      for name in match:gmatch("[%w_]+") do
        if NAMES[name] and (match == name or match:find('"' .. name .. '"', 1, true)) then found[#found + 1] = name end
      end
    end
  end
  return found
end

local function may_name(path, name)
  return path:find("/" .. name .. "/", 1, true) ~= nil or path == "lua/fmcal/accounts/profiles.lua"
end

local function comparisons(path, text, patterns)
  local found = {}
  for _, name in ipairs(names_in(text, patterns)) do
    if not may_name(path, name) then
      found[#found + 1] = ("%s compares with the provider %q: ask its traits"):format(path, name)
    end
  end
  return found
end

TestProviderNames = {}

function TestProviderNames.test_nobody_compares_with_a_provider_s_name()
  local all = {}
  for _, where in ipairs { { "lua", "lua" }, { "scripts", "lua" }, { "src", "c" } } do
    for _, path in ipairs(shell.sources(where[1], where[2])) do
      table.move(comparisons(path, shell.source(path), COMPARISONS[where[2]]), 1, 99, #all + 1, all)
    end
  end
  lu.assertEquals(all, {})
end

function TestProviderNames.test_the_check_sees_a_comparison()
  local function count(path, text, language) return #comparisons(path, text, COMPARISONS[language]) end
  lu.assertEquals(count("lua/x.lua", 'if spec.provider == "google" then', "lua"), 1)
  lu.assertEquals(count("lua/x.lua", 'if "vdir" ~= name then', "lua"), 1)
  lu.assertEquals(count("lua/x.lua", "local IN_A_FOLDER = { vdir = true, mock = true }", "lua"), 2)
  lu.assertEquals(count("src/bind/x.c", 'if (strcmp(klass->name, "apple") == 0)', "c"), 1)
  lu.assertEquals(count("src/provider/google/x.c", 'if (strcmp(name, "google") == 0)', "c"), 0)
  lu.assertEquals(count("lua/x.lua", 'local DOMAIN = "google"', "lua"), 0)
end

os.exit(lu.LuaUnit.run())
