-- A round trip: an event is written to a calendar, read back, compared and removed again. It is removed whatever
-- happens in between; should even that fail, it has our UID domain and our team, so that disconnect.lua finds it.

local crypto = require "fmcal.crypto"
local names = require "fmcal.names"
local state = require "fmcal.state"
local time = require "fmcal.time"

local probe = {}

--- How long a busy server is asked again where a person waits for the answer.
probe.RETRY_FOR_MS = 10000

local DAYS_AHEAD = 400
local FOREIGN_LINE = "X-FMCAL-CHECK:kept as it is"
local COMPARED = {
  "title", "description", "footer", "dueDate", "endDate", "timeZone", "priority", "status", "epicId", "team",
  "eventType", "caseNumber", "kanbanId",
}

-- What the comparison calls a member.
local NAMES = {
  dueDate = "the date", endDate = "the end", timeZone = "the time zone", title = "the title (emoji, special characters)",
  description = "the description (long lines, line breaks)", footer = "the footer", tags = "the tags",
  priority = "the priority",
}

local function sample(uid, team)
  local day = time.add_days(time.now():sub(1, 10), DAYS_AHEAD)
  return {
    uid = uid, kanbanId = names.of_uid(uid), team = team, eventType = "item", source = "fleet-monitor",
    title = "fmcal check 📊 (removed again): a, b; c \\ d", dueDate = day,
    description = ("A long line with umlauts äöü and emoji 👩‍⚖️. "):rep(8) .. "\nA second line, with a comma; and more.",
    footer = "Status: in-progress", priority = "high", status = "in-progress", epicId = "E-1", caseNumber = "2025-CV-1234",
    tags = { "legal", "filing" }, reminders = { "-P1D" },
  }
end

-- A property that is not fmcal's, where the text is iCalendar.
local function with_foreign_line(text)
  return (text:gsub("(BEGIN:VEVENT\r?\n)", "%1" .. FOREIGN_LINE .. "\r\n", 1))
end

local function same_list(a, b)
  local left, right = table.move(a or {}, 1, #(a or {}), 1, {}), table.move(b or {}, 1, #(b or {}), 1, {})
  table.sort(left)
  table.sort(right)
  return table.concat(left, "\0") == table.concat(right, "\0")
end

-- What of the event did not come back as it was sent: sentences.
local function differences(sent, back, sent_text, back_text)
  local lost, is_json = {}, sent_text:sub(1, 1) == "{"
  for _, name in ipairs(COMPARED) do
    if sent[name] ~= back[name] then
      lost[#lost + 1] = NAMES[name] or ("the %s property for %s"):format(is_json and "private" or "X-", name)
    end
  end
  if is_json and not same_list(sent.reminders, back.reminders) then lost[#lost + 1] = "the reminder" end
  if not same_list(sent.tags, back.tags) then lost[#lost + 1] = NAMES.tags end
  if sent_text:find("BEGIN:VALARM", 1, true) and not back_text:find("BEGIN:VALARM", 1, true) then
    lost[#lost + 1] = "the reminder"
  end
  if sent_text:find(FOREIGN_LINE, 1, true) and not back_text:find(FOREIGN_LINE, 1, true) then
    lost[#lost + 1] = "X- properties of other programs"
  end
  return lost
end

-- Carries one write out. @return its result, or nil and an error
local function write(provider, job)
  local results, err = provider:apply { job }
  local result = results and results[1]
  if not result or result.outcome == "none" then return nil, err end
  if result.outcome == "refused" or result.outcome == "failed" then return nil, result.error end
  return result
end

-- Where the event of an unknown outcome lies.
local function find(provider, uid)
  local memory <close> = assert(state.open(":memory:"))
  local rows = assert(memory:target("check"))
  if not provider:changes(rows) then return nil end
  local row = rows:remote_by_uid(uid)[1]
  return row and row.href
end

local function remove(provider, uid, href)
  href = href or find(provider, uid)
  if not href then return true end
  local rows, err = provider:fetch { href }
  if not rows then return nil, err end
  if rows[1].deleted then return true end
  local result
  result, err = write(provider, { kind = "delete", uid = uid, href = href, etag = rows[1].etag })
  return result and true or nil, err
end

local function read_back(provider, sent, text, href)
  local rows, err = provider:fetch { href }
  if not rows then return nil, err end
  if rows[1].deleted then return { "the event itself: it was not there any more" } end
  local back
  back, err = provider:decode(rows[1].text)
  if not back then return nil, err end
  return differences(sent, back, text, rows[1].text)
end

--- Writes, reads, compares and removes a test event.
-- @param provider fmcal.provider that is open, its calendar writable
-- @param team string
-- @return list of what did not come back as it was (sentences' parts, empty: all did); or nil, an error and what failed:
--   "write", "read" or "remove"
function probe.round_trip(provider, team)
  local uid = names.uid("fmcal-check-" .. crypto.encode("hex", crypto.random(8)))
  local event = sample(uid, team)
  local text = with_foreign_line(assert(provider:encode(event)))
  local sent = assert(provider:decode(text))
  local made, err = write(provider, { kind = "create", uid = uid, text = text })
  local lost, unread
  if made then lost, unread = read_back(provider, sent, text, made.href) end
  local removed, left = remove(provider, uid, made and made.href)
  if not made then return nil, err, "write" end
  if not lost then return nil, unread, "read" end
  if not removed then return nil, left, "remove" end
  return lost
end

return probe
