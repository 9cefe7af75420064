-- Calendar objects to events and back.
-- fmcal-lua ical.lua [EVENTS [RUNS]]: medians of the CPU clock in events a second, to Lua tables.
local ical = require "fmcal.ical"

local count, runs = tonumber(arg[1] or 5000), tonumber(arg[2] or 9)

local function median(values)
  table.sort(values)
  return values[(#values + 1) // 2]
end

-- What a board makes: text with a footer, tags, metadata, a reminder.
local function event(i, timed)
  return {
    uid = ("X-%05d@fleetmonitor"):format(i), kanbanId = ("X-%05d"):format(i), title = "File initial motion, part " .. i,
    description = "Prepare the motion; collect exhibits, have them signed.\nSecond line.", eventType = "item",
    footer = "Status: in-progress\nPriority: high\nTags: legal, filing", priority = "high", status = "in-progress",
    team = "academy", epicId = "EACA-0001", tags = { "filing", "legal" }, reminders = { "-P1D" },
    dueDate = timed and ("2026-%02d-15T10:00:00"):format(i % 12 + 1) or ("2026-%02d-15"):format(i % 12 + 1),
    timeZone = timed and "America/Los_Angeles" or nil,
  }
end

local function rate(f, list)
  local times = {}
  for run = 1, runs do
    collectgarbage()
    local start = os.clock()
    for i = 1, #list do assert(f(list[i], i)) end
    times[run] = os.clock() - start
  end
  return #list / median(times)
end

local function measure(name, timed)
  local events, texts, changed = {}, {}, {}
  for i = 1, count do
    events[i] = event(i, timed)
    texts[i] = assert(ical.encode(events[i]))
    changed[i] = event(i, timed)
    changed[i].title = "Changed"
  end
  local function create(new)
    return ical.encode(new)
  end
  local function update(new, i)
    return ical.encode(new, texts[i])
  end
  local function tree(text)
    return ical.parse(text)
  end
  print(("%-14s %5d bytes  read %7.0f/s  tree %7.0f/s  uid %8.0f/s  write %7.0f/s  update %7.0f/s  nothing to do %7.0f/s")
    :format(name, #texts[1], rate(ical.event, texts), rate(tree, texts), rate(ical.uid, texts),
      rate(create, events), rate(update, changed), rate(update, events)))
end

measure("all-day", false)
measure("with VTIMEZONE", true)
