-- Events as other programs spell them: tests/fixtures/ics and tests/fixtures/google, one kind of spelling a file.
local shell = require "shell"

local fixtures = {}

--- @return list of { name, text }, by name
function fixtures.list(folder, extension)
  local list = {}
  for _, path in ipairs(shell.sources("tests/fixtures/" .. folder, extension)) do
    list[#list + 1] = { name = path:match("([^/]+)%." .. extension .. "$"), text = shell.source(path) }
  end
  assert(#list > 0, "no fixtures in " .. folder)
  return list
end

local function content_lines(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    -- A line that was folded is one; that it goes on is said by its blank, or in quoted-printable by its "=".
    local last = lines[#lines]
    if last and (line:find("^[ \t]") or last:find("QUOTED%-PRINTABLE.*=\r$")) then
      lines[#lines] = last .. "\n" .. line
    else
      lines[#lines + 1] = line
    end
  end
  return lines
end

-- What a title edit may touch: the title of the event, and the stamps.
local FREE = { SUMMARY = true, DTSTAMP = true, ["LAST-MODIFIED"] = true, SEQUENCE = true }

--- The lines of an object but for those that an edit of its title may touch.
function fixtures.rest(text)
  local rest, in_alarm = {}, false
  for _, line in ipairs(content_lines(text)) do
    local name = line:match("^[%a%-]+") or ""
    if line:find("^BEGIN:VALARM") then in_alarm = true end
    if in_alarm or not FREE[name:upper()] then rest[#rest + 1] = line end
    if line:find("^END:VALARM") then in_alarm = false end
  end
  return rest
end

return fixtures
