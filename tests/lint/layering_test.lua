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
  bind = { "util", "core", "board", "provider", "state" },
  host = { "util", "core", "board", "provider", "state", "bind" },
}
local lua_headers = { ["lua.h"] = true, ["lauxlib.h"] = true, ["lualib.h"] = true, ["luaconf.h"] = true }
local lua_layers = { bind = true, host = true }
-- Public headers that only these layers may include.
local public_above = { host = { host = true } }

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

function TestLayering.test_no_folder_is_a_drawer()
  local most = 20
  local counts = {}
  for _, path in ipairs(shell.sources("src", "c")) do
    local folder = path:match("^(.*)/")
    counts[folder] = (counts[folder] or 0) + 1
  end
  for folder, count in pairs(counts) do
    lu.assertTrue(count <= most, ("%s has %d .c files, more than %d: it wants folders"):format(folder, count, most))
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

os.exit(lu.LuaUnit.run())
