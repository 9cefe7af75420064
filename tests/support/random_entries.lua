-- Random entries of a board, of the sorts that break mappings: marks of calendar formats, prefixes, emoji, long texts.
local json = require "fmcal.json"

local PARTS = { "\\", "\\n", "\\,", "[X] a > b: c", " > ", ": ", ",", ";", "\"", "'", "=", "%41", "&amp;", "<b>", "</b>", "📊", "👩‍👩‍👧",
  "⚖️ COURT: ", "📊 [EPIC] ", "é", "e\u{301}", "日本語", "\u{202E}", "\u{A0}", "plain words", "BEGIN:VEVENT", "— Fleet Monitor —",
  "Status: open", "http://example.org/?a=b&c=d", "0", "X" }

local DATES = { "2026-02-15", "2024-02-29", "2026-12-31", "2026-02-15T10:00:00", "2026-03-29T02:30:00", "2026-10-25T02:30:00",
  "2026-02-15T10:00:00Z", "2026-07-15T23:30:00+05:45", "2026-02-15T00:00:00" }

local ZONES = { "Europe/Rome", "America/Los_Angeles", "Asia/Kathmandu", "UTC" }

local function any(list)
  return list[math.random(#list)]
end

-- The parts in use: PARTS, or fewer.
local parts

local function parts_without(left_out)
  local list = {}
  for _, part in ipairs(PARTS) do
    if not (left_out and part:find(left_out, 1, true)) then list[#list + 1] = part end
  end
  return list
end

local function text(most, separator)
  local chosen = {}
  for i = 1, math.random(most) do chosen[i] = any(parts) end
  return table.concat(chosen, separator)
end

local function description()
  local kind = math.random(5)
  if kind == 1 then return nil end
  if kind == 2 then return (text(8, " ") .. "\n"):rep(400):sub(1, 10000):gsub("[\x80-\xFF]*$", "") .. "." end
  return text(20, any { " ", "\n", "\n\n" })
end

-- Runs of blanks in a tag are no part of it.
local function one_blank(tag)
  return (tag:gsub(" +", " "))
end

local function tags()
  local list = {}
  for i = 1, math.random(0, 3) do list[i] = one_blank(("%d%s."):format(i, text(2, ""))) end
  return json.array(list)
end

local function entry(id)
  local date = any(DATES)
  local local_time = date:match("T%d%d:%d%d:%d%d$")
  return {
    id = id, title = "t" .. text(4, " ") .. ".", description = description(), dueDate = date,
    timeZone = local_time and any(ZONES) or nil, durationMinutes = date:find("T", 1, true) and any { 15, 60, 1440 } or nil,
    status = any { "todo", "in-progress", "a, b; c" }, priority = any { "high", "medium", "low" }, tags = tags(),
    updatedAt = "2026-01-01T00:00:00Z",
  }
end

--- A board's items and epics; the same for the same seed.
-- @param seed integer
-- @param count number of items, each of which may have a subitem, and of epics, each with a court date
-- @param left_out string|nil no text holds it
-- @return { items, epics }
return function(seed, count, left_out)
  math.randomseed(seed)
  parts = parts_without(left_out)
  local items, epics = {}, {}
  for i = 1, count do
    local made = entry("X-" .. i)
    if math.random(2) == 1 then
      made.subitems = json.array { { id = "X-" .. i .. "-1", title = text(3, " ") .. ".", dueDate = "2026-05-01", status = "todo" } }
    end
    items[i] = made
  end
  for i = 1, count // 4 do
    local made = entry("E-" .. i)
    made.type, made.metadata = "epic", { caseNumber = text(2, ""), courtDate = "2026-06-01" }
    epics[i] = made
  end
  return { items = items, epics = epics }
end
