-- khal set up for one calendar folder, as a person has it.
local lu = require "luaunit"
local shell = require "shell"

local khal = {}

local CONFIG = [==[
[calendars]
[[work]]
path = %s
[locale]
local_timezone = Europe/Rome
default_timezone = Europe/Rome
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
[sqlite]
path = %s/khal.db
]==]

-- Writes khal.conf into `dir` for the calendar folder `calendar`.
function khal.configure(dir, calendar)
  shell.write(dir .. "/khal.conf", CONFIG:format(calendar, dir))
end

-- What khal prints; `input` answers its questions.
function khal.run(dir, arguments, input)
  local out, err, status = shell.run(("LC_ALL=C.UTF-8 khal -c %s/khal.conf %s"):format(dir, arguments), { input = input })
  lu.assertEquals(status, 0, err)
  return out
end

-- The events of these days as "START|END|TITLE", sorted.
function khal.events(dir, from, to)
  local shown = khal.run(dir, ("list --day-format '' --format '{start}|{end}|{title}' --once %s %s"):format(from, to))
  local lines = {}
  for line in shown:gmatch("[^\n]+") do lines[#lines + 1] = line end
  table.sort(lines)
  return lines
end

return khal
