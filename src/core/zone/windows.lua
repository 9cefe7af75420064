-- Writes windows.c, the table of Windows' names of time zones, out of Unicode CLDR's windowsZones.xml:
--
--   apt-get install unicode-cldr-core
--   lua5.4 src/core/zone/windows.lua > src/core/zone/windows.c
--
-- CLDR keeps the spelling of a zone's name that it had first (Asia/Calcutta): tzdata's links lead to today's.

local CLDR = arg[1] or "/usr/share/unicode/cldr/common/supplemental/windowsZones.xml"
local TZDATA = arg[2] or "/usr/share/zoneinfo"

-- Windows has retired these, and CLDR leaves them out; calendars still have them.
local RETIRED = {
  { "Armenian Standard Time", "", "Asia/Yerevan" },
  { "Kamchatka Standard Time", "Petropavlovsk-Kamchatsky - Old", "Asia/Kamchatka" },
  { "Mexico Standard Time", "", "America/Mexico_City" },
  { "Mexico Standard Time 2", "", "America/Chihuahua" },
  { "Mid-Atlantic Standard Time", "Mid-Atlantic - Old", "Etc/GMT+2" },
}

-- What has changed since the version that Debian 12 has (41): Mexico's reform of 2022, Kazakhstan's of 2024.
local CHANGED = {
  ["Central Asia Standard Time"] = { "Bishkek", "Asia/Bishkek" },
  ["Mountain Standard Time (Mexico)"] = { "La Paz, Mazatlan", "America/Mazatlan" },
}

-- Names that are the places' own stay, though tzdata may link them: Atlantic/Reykjavik.
local function places()
  local found = {}
  for line in io.lines(TZDATA .. "/zone.tab") do
    local name = line:match("^%u%u\t[^\t]+\t([^\t]+)")
    if name then found[name] = true end
  end
  return found
end

local function links()
  local found = {}
  for line in io.lines(TZDATA .. "/tzdata.zi") do
    local target, name = line:match("^L (%S+) (%S+)$")
    if target then found[name] = target end
  end
  return found
end

local function plain(text)
  return (text:gsub("&amp;", "&"))
end

local function rows()
  local place, link, list, shown = places(), links(), { table.unpack(RETIRED) }, ""
  for line in io.lines(CLDR) do
    shown = line:match("<!%-%- %(UTC[^)]*%) (.-) %-%->") or shown
    local windows, iana = line:match('<mapZone other="([^"]+)" territory="001" type="([^"]+)"')
    if windows then
      if not place[iana] then iana = link[iana] or iana end
      local changed = CHANGED[windows] or { shown, iana }
      list[#list + 1] = { plain(windows), plain(changed[1]), changed[2] }
    end
  end
  table.sort(list, function(a, b) return a[1]:lower() < b[1]:lower() end)
  return list
end

io.write([[
/*
 * Windows' names of time zones, as Outlook and Exchange write them in TZID, what Windows shows in their place, and what
 * they mean. Made by windows.lua from Unicode CLDR's windowsZones (territory 001): do not edit.
 */
#include "core/zone/name.h"

const fm_zone_windows fm_zone_windows_list[] = {
]])
local list = rows()
for _, row in ipairs(list) do io.write(("    {%q, %q, %q},\n"):format(table.unpack(row))) end
io.write(("};\nconst size_t fm_zone_windows_count = %d;\n"):format(#list))
