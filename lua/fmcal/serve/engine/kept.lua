-- The runs that the server keeps, so that an id is answered after a restart: lines of JSON in one file a day. A run has one line
-- when it begins and one when it ends; one without the second was cut off.
--
-- The server writes them (kept.open), readers read them (kept.find, kept.list).

local json = require "fmcal.json"
local log = require "fmcal.log"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local kept = {}

local Kept = {}
Kept.__index = Kept

local DAYS = 30
-- Of each team so many runs that changed something are kept for longer.
local MOST_CHANGED = 200
local OLDER = "changed.jsonl"
local DEFAULT_LIMIT, MOST_LIMIT = 50, 500

-- ---------------------------------------------------------------- the server's side

local function day_of(moment)
  return moment:sub(1, 10)
end

local function append(path, line)
  local file <close>, err = io.open(path, "a")
  if not file then return log.warn("serve", "cannot keep a run: %s", err) end
  file:write(line, "\n")
end

-- Beside what callers see of a run: what changed, and the number that history and undo know it by.
local function row_of(run, boot)
  local result = run.result or {}
  return { id = run.id, boot = boot, team = run.team, kind = run.kind, why = run.why, who = run.who, queued = run.queued,
    begun = run.begun, ended = run.ended, state = run.state, direction = run.options.direction, dryRun = run.options.dry_run,
    exit = result.exit, success = result.success, changes = result.changes, number = result.number, result = result.result,
    message = result.message, error = result.error, conflicts = result.conflicts }
end

-- Most runs are of the schedule and change nothing: what counted nothing takes no room.
local function shorten(row)
  if row.why ~= "schedule" or row.changes ~= 0 or not row.success then return row end
  row.result, row.message, row.queued, row.conflicts = nil, nil, nil, row.conflicts ~= 0 and row.conflicts or nil
  return row
end

--- Keeps a run as it is now: when it begins and when it has ended.
function Kept:put(run)
  local line = json.encode(shorten(row_of(run, self.boot)), { sort = true })
  append(("%s/%s.jsonl"):format(self.folder, day_of(time.now())), line)
end

--- What callers see of a run that has not ended, or has just ended.
kept.row = row_of

local function days(folder)
  local names = {}
  for _, name in ipairs(sys.list(folder) or {}) do
    if name:find("^%d%d%d%d%-%d%d%-%d%d%.jsonl$") then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- ---------------------------------------------------------------- reading

-- The rows of a file, in the order in which they were written.
-- @param member, value of the rows that are wanted; nil: all. What cannot be one of them is not even decoded
local function each_row(path, member, value)
  local file = io.open(path)
  local wanted = member and ('"%s":%s'):format(member, json.encode(value)) or ""
  return coroutine.wrap(function()
    for line in file and file:lines() or function() end do
      local row = line:find(wanted, 1, true) and json.decode(line)
      if row and (not member or row[member] == value) then coroutine.yield(row) end
    end
    if file then file:close() end
  end)
end

-- One that has begun and not ended, at another start of the server than this one, was cut off.
local function told(row, boot)
  if row.ended or row.boot == boot then
    row.boot = nil
    return row
  end
  row.boot, row.state, row.success = nil, "cut-off", false
  row.error = "the server was stopped while this run was under way; the next one puts right what it left behind"
  return row
end

-- Files from the newest to the oldest.
local function files(folder)
  local list = {}
  for i, name in ipairs(days(folder)) do list[i] = folder .. "/" .. name end
  table.insert(list, 1, folder .. "/" .. OLDER)
  return list
end

--- A run by its id.
-- @param params { folder, boot, id }
-- @return { row = the run or nil }
function kept.find(params)
  local list = files(params.folder)
  for i = #list, 1, -1 do
    local found
    for row in each_row(list[i], "id", params.id) do found = row end
    if found then return { row = told(found, params.boot) } end
  end
  return {}
end

-- The runs of a team in a file, in the order in which they began, the last word of each.
local function of_team(path, team)
  local order, rows = {}, {}
  for row in each_row(path, "team", team) do
    if not rows[row.id] then order[#order + 1] = row.id end
    rows[row.id] = row
  end
  for i, id in ipairs(order) do order[i] = rows[id] end
  return order
end

local function is_changed(row)
  return (row.changes or 0) > 0 or row.success == false or not row.ended
end

--- Runs of a team, newest first.
-- @param params { folder, boot, team, changed = only those that changed something or failed, limit, before = id }
-- @return { runs = list, each with `unchangedBefore`: how many between it and the next one that were left out; next = id for
--   `before`, nil at the end }
function kept.list(params)
  local list, seen, runs, skipping = files(params.folder), {}, json.array {}, params.before
  local limit = math.min(params.limit or DEFAULT_LIMIT, MOST_LIMIT)
  for i = #list, 1, -1 do
    local rows = of_team(list[i], params.team)
    for k = #rows, 1, -1 do
      local row = rows[k]
      if seen[row.id] then goto continue end
      seen[row.id] = true
      if skipping then
        if row.id == skipping then skipping = nil end
      elseif params.changed and not is_changed(row) then
        local last = runs[#runs]
        if last then last.unchangedBefore = (last.unchangedBefore or 0) + 1 end
      elseif #runs == limit then
        return { runs = runs, next = runs[#runs].id }
      else
        runs[#runs + 1] = told(row, params.boot)
      end
      ::continue::
    end
  end
  return { runs = runs }
end

-- ---------------------------------------------------------------- what is old

-- The last of each team, in order.
local function last_of_each(rows)
  local left, list = {}, {}
  for i = #rows, 1, -1 do
    local team = rows[i].team
    left[team] = (left[team] or MOST_CHANGED) - 1
    if left[team] >= 0 then table.insert(list, 1, rows[i]) end
  end
  return list
end

-- Takes what a day has changed over into the file of what is older, and removes the day.
local function fold(folder, name)
  local rows = {}
  for row in each_row(folder .. "/" .. OLDER) do rows[#rows + 1] = row end
  for row in each_row(folder .. "/" .. name) do
    if row.ended and is_changed(row) then rows[#rows + 1] = row end
  end
  local part = folder .. "/" .. OLDER .. ".new"
  local file <close>, err = io.open(part, "w")
  if not file then return log.warn("serve", "cannot keep old runs: %s", err) end
  for _, row in ipairs(last_of_each(rows)) do file:write(json.encode(row, { sort = true }), "\n") end
  file:close()
  if os.rename(part, folder .. "/" .. OLDER) then os.remove(folder .. "/" .. name) end
end

--- Folds the days that are older than 30 days. Takes its time: for a reader, or before anything is served.
-- @param params { folder }
function kept.prune(params)
  local first = day_of(time.format(time.epoch() - DAYS * 86400)) .. ".jsonl"
  for _, name in ipairs(days(params.folder)) do
    if name < first then fold(params.folder, name) end
  end
  return true
end

--- @param folder where the runs are kept, which exists
-- @param boot what no other start of the server has
function kept.open(folder, boot)
  return setmetatable({ folder = folder, boot = boot }, Kept)
end

return kept
