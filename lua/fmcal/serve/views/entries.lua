-- The entries of a board as the sync sees them: `GET /api/calendar/entries`.
--
-- A board may have ten thousand of them: they are found and put in order by the texts of their dates, and only those that are
-- answered are read as a whole.

local asked = require "fmcal.serve.asked"
local calendar_sync = require "fmcal.model.calendar_sync"
local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local sides = require "fmcal.serve.views.sides"
local time = require "fmcal.time"

local ASKED = { from = "name", to = "name", status = "name", q = "text", after = "name", limit = "number" }
local MOST, USUAL = 2000, 200
local UNDATED = "~" -- behind all days

-- ---------------------------------------------------------------- finding

local function text_of(entry, member)
  local value = entries.member(entry, member)
  return type(value) == "string" and value or nil
end

-- Days that a date in another zone may lie away from what its text says.
local function may_be_in(window, first, last)
  local from, to = window.from, window.to
  if from and last < time.add_days(from.day, -1) then return false end
  return not to or first <= time.add_days(to.day, 1)
end

-- The instants that a text of a date may mean: its day in the window's zone, or its moment.
local function epoch_of(text, zone, default_zone)
  local ok, date = pcall(fields.date, text, zone, default_zone)
  if not ok or date == nil then return nil end
  return math.type(date) == "integer" and date or nil
end

local function is_in(window, text, zone)
  local day = text:sub(1, 10)
  if not may_be_in(window, day, day) then return false end
  local epoch = #text > 10 and epoch_of(text, zone, window.zone)
  local from, to = window.from, window.to
  if epoch then return (not from or epoch >= from.epoch) and (not to or epoch < to.epoch) end
  return (not from or day >= from.day) and (not to or day < to.day or day == to.day and to.within)
end

-- Whether any day of a span is in the window.
local function overlaps(window, first, last)
  local from, to = window.from, window.to
  return (not from or last:sub(1, 10) >= from.day) and (not to or first:sub(1, 10) < to.day or to.within)
end

-- The other date of an entry whose date is in conflict.
local function date_there(entry)
  for _, found in ipairs(calendar_sync.conflicts(calendar_sync.read(entry))) do
    local _, there = calendar_sync.versions(found.sync.conflictData)
    if type(there.dueDate) == "string" then return there.dueDate end
  end
  return nil
end

local function is_wanted(window, entry, due)
  if not window.from and not window.to then return true end
  local zone, start = text_of(entry, "timeZone"), entry.kind ~= "court-date" and text_of(entry, "startDate") or nil
  if due and is_in(window, due, zone) then return true end
  if due and start and start < due and overlaps(window, start, due) then return true end
  local other = date_there(entry)
  return other ~= nil and is_in(window, other, zone)
end

local function matches(entry, wanted)
  if not wanted then return true end
  for _, text in ipairs { entry.key, entry.value.title } do
    if type(text) == "string" and text:lower():find(wanted, 1, true) then return true end
  end
  return false
end

-- What puts entries in order, as one text: the day, the time, the key.
local function rank_of(entry, due)
  return ("%s %s %s"):format(due and due:sub(1, 10) or UNDATED, due and due:sub(11) or "", entry.key)
end

-- The keys of what is asked for, in order: list of { key, rank }.
local function find(opened, window, wanted)
  local list, text = {}, wanted.q and wanted.q:lower()
  for _, key in ipairs(opened.board:keys()) do
    local entry = opened.board:entry(key)
    local due = text_of(entry, "dueDate")
    local is_meant = is_wanted(window, entry, due) and matches(entry, text)
      and (not wanted.status or sides.status(opened, key, due) == wanted.status)
    if is_meant then list[#list + 1] = { key = key, rank = rank_of(entry, due) } end
  end
  table.sort(list, function(a, b) return a.rank < b.rank end)
  return list
end

-- ---------------------------------------------------------------- showing

local function problems_of(opened, wanted)
  local list = json.array {}
  for i, problem in ipairs(opened.board:problems()) do
    list[i] = { id = problem.key, line = problem.line, message = place.sentence(problem.message, wanted),
      title = type(problem.title) == "string" and problem.title or nil }
  end
  return list
end

local function page(opened, found, wanted)
  local list, limit, first = json.array {}, wanted.limit or USUAL, 1
  while wanted.after and found[first] and found[first].rank <= wanted.after do first = first + 1 end
  local last = math.min(#found, first + limit - 1)
  local reader = sides.reader(opened)
  for i = first, last do list[#list + 1] = reader:entry(found[i].key) end
  return list, last < #found and found[last].rank or nil
end

--- The entries of a board, by date; those without a date last.
-- @param params { board, …, from, to (days, or instants; `to` is excluded; an entry whose date is in conflict is in the window
--   with either of its dates, one that spans days with any), status, q = text in the title or the id, after = `next` of the page
--   before, limit = 200 }
-- @return { entries = see fmcal.serve.views.sides, total = how many there are on all pages, next = `after` for the next page,
--   problems = {{ id, title, line, message }} what cannot be an entry }, or nil and an error
return function(params)
  local wanted, err = asked.of(ASKED, params)
  if not wanted then return nil, err end
  wanted.limit, err = asked.whole(wanted, "limit", 1, MOST)
  if err then return nil, err end
  local ok, unknown = asked.one_of(sides.STATUSES, wanted, "status")
  if not ok then return nil, unknown end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local window, wrong = asked.window(wanted, place.zone(opened))
  if not window then return nil, wrong end
  local found = find(opened, window, wanted)
  local list, following = page(opened, found, wanted)
  return { entries = list, total = #found, next = following, problems = problems_of(opened, wanted) }
end
