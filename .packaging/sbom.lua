-- Writes what a program of fmcal consists of besides itself, as CycloneDX (https://cyclonedx.org): the libraries it is linked
-- with, those it opens while it runs, and what is compiled in, with the versions of their Debian packages.
--   fmcal-lua .packaging/sbom.lua PROGRAM > fmcal.cdx.json
local json = require "fmcal.json"

local program = assert(arg[1], "usage: sbom.lua PROGRAM")

-- Opened by name (src/util/library.h), so that no linker knows of them.
local OPENED = { "libical.so.3", "libmicrohttpd.so.12", "libsecret-1.so.0" }
-- Packages whose files the build takes over.
local COMPILED_IN = { "lua-argparse" }

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function lines_of(command)
  local lines, pipe = {}, assert(io.popen(command))
  for line in pipe:lines() do lines[#lines + 1] = line end
  assert(pipe:close(), command .. " failed")
  return lines
end

local function component(package, how, scope)
  local about = lines_of("dpkg-query -W -f '${Version} ${Architecture}' " .. quoted(package))[1]
  local version, architecture = about:match("^(%S+) (%S+)$")
  local name = package:match("^[^:]+")
  local purl = ("pkg:deb/debian/%s@%s?arch=%s"):format(name, version:gsub("[+:]", { ["+"] = "%2B", [":"] = "%3A" }), architecture)
  return { type = "library", name = name, version = version, scope = scope, purl = purl, ["bom-ref"] = purl,
    properties = json.array { { name = "fmcal:how", value = how } } }
end

-- The package that a library came with; links such as /lib are not known to dpkg by every name.
local function package_of(path)
  local real = lines_of("readlink -f " .. quoted(path))[1]
  for _, candidate in ipairs { path, real, (real:gsub("^/usr", "")) } do
    local found = lines_of(("dpkg -S %s 2>/dev/null || true"):format(quoted(candidate)))[1]
    if found then return found:match("^(%S+):%s") end
  end
  error("no package has " .. path)
end

local function linked()
  local needed = {}
  for _, line in ipairs(lines_of("objdump -p " .. quoted(program))) do
    local soname = line:match("NEEDED%s+(%S+)")
    if soname then needed[soname] = true end
  end
  local paths = {}
  for _, line in ipairs(lines_of("ldd " .. quoted(program))) do
    local soname, path = line:match("^%s*(%S+) => (%S+)")
    if needed[soname] then paths[#paths + 1] = path end
  end
  return paths
end

local function opened()
  local paths, known = {}, lines_of("/sbin/ldconfig -p")
  for _, soname in ipairs(OPENED) do
    for _, line in ipairs(known) do
      if line:find(soname, 1, true) then
        paths[#paths + 1] = line:match("=> (%S+)$")
        break
      end
    end
  end
  return paths
end

local components, is_in = {}, {}

local function add(package, how, scope)
  if is_in[package] then return end
  is_in[package] = true
  components[#components + 1] = component(package, how, scope)
end

for _, path in ipairs(linked()) do add(package_of(path), "linked", "required") end
for _, path in ipairs(opened()) do add(package_of(path), "opened at run time", "optional") end
for _, package in ipairs(COMPILED_IN) do add(package, "compiled in", "required") end
components[#components + 1] = { type = "data", name = "unicode-cldr", version = "41", scope = "required",
  ["bom-ref"] = "unicode-cldr@41", licenses = json.array { { license = { id = "Unicode-DFS-2016" } } },
  properties = json.array { { name = "fmcal:how", value = "compiled in: src/core/zone/windows.c" } } }
table.sort(components, function(a, b) return a["bom-ref"] < b["bom-ref"] end)

print((json.encode({
  bomFormat = "CycloneDX", specVersion = "1.5", version = 1,
  metadata = { component = { type = "application", name = "fmcal", version = require("fmcal.version"):match("%S+$"),
    licenses = json.array { { license = { id = "MIT" } } }, ["bom-ref"] = "fmcal" } },
  components = components,
}, { sort = true })))
