-- What fmcal knows about a board without asking a calendar: status, external events and orphans, conflicts, history.
-- Nothing is written, and no credentials are needed.

local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local change = require "fmcal.model.change"
local config = require "fmcal.config"
local conflicts = require "fmcal.sync.conflicts"
local deliveries = require "fmcal.place.deliveries"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local naming = require "fmcal.place.naming"
local provider = require "fmcal.provider"
local runs = require "fmcal.place.runs"
local Target = require "fmcal.place.target"
local time = require "fmcal.time"

local overview = {}

local Overview = {}
Overview.__index = Overview

local STATUSES = { "synced", "pending", "conflict", "error", "delete_error", "deleted", "skipped" }

local function make_targets(self, providers)
  self.targets = {}
  for i, spec in ipairs(self.settings.targets) do
    local reader, err = providers and providers[spec.name]
    if not reader then reader, err = provider.codec(spec.provider) end
    if not reader then return nil, err end
    local rows
    rows, err = self.state:target(spec.name)
    if not rows then return nil, err end
    local target
    target, err = Target.new(self.settings, spec, rows, nil, reader)
    if not target then return nil, err end
    target.known = rows:binding()
    self.targets[i] = target
  end
  naming.choose(self.state, self.board, self.targets, false)
  return true
end

--- What a state says about a board.
-- @param opened fmcal.board
-- @param settings of fmcal.config.load
-- @param its_state fmcal.state
-- @param providers {[name] = fmcal.provider}|nil that read the events of the calendars of these names
-- @return overview, or nil and an error
function overview.of(opened, settings, its_state, providers)
  local self = setmetatable({ board = opened, settings = settings, state = its_state }, Overview)
  local ok, err = make_targets(self, providers)
  if not ok then return nil, err end
  return self
end

--- Opens a board and what the state says about it.
-- @param options table { board = path, config, rules, team, state } as for fmcal.sync.run.sync; as_it_stands = true: a board
--   of which nothing is synced is opened too, without targets where its rules cannot be loaded; `settings.off` says why
-- @return overview with a `warning` where the state is damaged, or nil and an error
function overview.open(options)
  local opened, settings, its_state, self, err
  opened, err = board.open(options.board)
  if not opened then return nil, err end
  settings, err = config.load(opened, options)
  if not settings then return nil, err end
  its_state, err = board_state.open(opened:path(), settings.team, options.state, { read_only = true })
  if not its_state then return nil, err end
  local warning = err
  self, err = overview.of(opened, settings, its_state)
  if not self and options.as_it_stands then
    settings.off, settings.targets = settings.off or err, {}
    self, err = overview.of(opened, settings, its_state)
  end
  if not self then return nil, err end
  self.warning = warning
  return self
end

--- Closes what is open.
function Overview:close()
  for _, target in ipairs(self.targets or {}) do target.provider:close() end
  if self.state then self.state:close() end
  self.board:close()
end
Overview.__close = Overview.close

-- ---------------------------------------------------------------- status

local function count_statuses(rows)
  local counts = {}
  for _, status in ipairs(STATUSES) do counts[status] = #rows:bases(status) end
  return counts
end

local function errors_of(target)
  local list = json.array {}
  for _, status in ipairs(base.FAILED) do
    for _, key in ipairs(target.state:bases(status)) do
      local failed = base.failure(target:base(key))
      list[#list + 1] = { id = key, error = failed and failed.message, at = failed and failed.at,
        retries = failed and failed.count }
    end
  end
  return list
end

-- Entries that the next run will look at: edited on the board, changed in the calendar.
local function pending_of(self, target)
  local compared = self.board:compare(target.state, target.context, time.now():sub(1, 10))
  return { board = #compared.changed + #compared.gone, calendar = #target.state:pending() }
end

local function target_status(self, target)
  local known = target.known or {}
  return {
    name = target.name, provider = target.spec.provider, account = known.account,
    calendar_id = known.calendar_id or target.spec.calendar_id, calendar = known.name, bound = target.known ~= nil,
    counts = count_statuses(target.state), pending = pending_of(self, target), errors = errors_of(target),
  }
end

--- How each calendar stands.
-- @return { team, board, state, status ("idle", or "error": the last run failed, as last_error = { message, at } says),
--   last_run, runs, entries, problems, conflicts, webhook = its last posts (fmcal.place.deliveries) or nil,
--   targets = { { name, provider, account, calendar_id, calendar, bound, counts = {[status] = n},
--   pending = { board, calendar }, errors }, … } }
function Overview:status()
  local targets, problems = json.array {}, json.array {}
  for i, target in ipairs(self.targets) do targets[i] = target_status(self, target) end
  for i, problem in ipairs(self.board:problems()) do problems[i] = problem.message end
  local said = self.state:get("last_error")
  local failed = said and json.decode(said)
  return {
    team = self.settings.team, board = self.board:path(), state = self.state:path(), last_run = self.state:get("last_run"),
    runs = tonumber(self.state:get("run") or "0"), entries = #self.board:keys(), problems = problems,
    status = failed and "error" or "idle", last_error = failed or nil,
    conflicts = #conflicts.list(self.board), webhook = self.settings.options.webhook and deliveries.of(self.state),
    targets = targets, warnings = json.array(self.settings.warnings),
  }
end

-- ---------------------------------------------------------------- events that are not an entry's

local function is_orphan(self, target, key)
  local row = target:base(key)
  if row and base.agreed(row.base) then return false end
  local entry = self.board:entry(key)
  return not entry or (row ~= nil and row.status == "skipped")
end

local function event_of(target, row, kind)
  local full = target.state:remote(row.href)
  local event, err = nil, { message = row.unread }
  if not row.unread then event, err = target.provider:decode(full.text) end
  local shown = event or { error = err.message }
  shown.raw = nil
  shown.eventId, shown.uid, shown.etag, shown.calendar, shown.kind = row.href, row.uid, row.etag, target.name, kind
  return shown
end

local function kind_of(self, target, row)
  if target:is_external(row) or (row.unread and not target:key(row.uid)) then return "external" end
  return is_orphan(self, target, target:key(row.uid)) and "orphan" or nil
end

local function by_date(a, b)
  local left, right = a.dueDate or "", b.dueDate or ""
  if left ~= right then return left < right end
  return a.eventId < b.eventId
end

--- The events in the calendars that belong to no entry, as of the last run: "external" ones, which are none of this
-- team's, and "orphan" ones, whose entry is gone.
-- @return list of event tables with `calendar` and `kind` beside them, by date
function Overview:events()
  local list = json.array {}
  for _, target in ipairs(self.targets) do
    for _, row in ipairs(target.state:remotes()) do
      local kind = not row.gone and kind_of(self, target, row)
      if kind then list[#list + 1] = event_of(target, row, kind) end
    end
  end
  table.sort(list, by_date)
  return list
end

-- ---------------------------------------------------------------- conflicts and history

--- The entries that wait for a person; see fmcal.sync.conflicts.list.
function Overview:conflicts()
  return conflicts.list(self.board)
end

-- A value as people read it, and the board takes it.
local function readable(field, value)
  if value == nil then return json.null end
  if field == "date" and math.type(value) == "integer" then return time.format(value) end
  return value
end

-- What an entry is called now, nil where that is no text.
local function title_of(self, key)
  local entry = attempt.found(self.board:entry(key))
  local title = entry and entry.value.title
  return type(title) == "string" and title or nil
end

-- A change of a run, for programs.
local function shown_change(self, row)
  local doc, list = change.decode(row.doc), json.array {}
  for _, field in ipairs(fields.in_order(doc.fields)) do
    local here, here_now, there, there_now = change.values(doc.fields[field])
    if fields.equal(field, here, here_now) then here, here_now = there, there_now end
    list[#list + 1] = { field = fields.MEMBER[field], before = readable(field, here), after = readable(field, here_now) }
  end
  return { key = row.key, title = doc.title or title_of(self, row.key), calendar = row.target, did = doc.did, reason = row.reason,
    decided_by = row.decided_by, fields = list }
end

-- All runs, newest first, with what they did of what a filter lets through.
local function all_runs(self, filter)
  local kept, found = assert(self.state:runs()), {}
  local back = runs.taken_back(kept)
  local function add(run)
    run.changes, run.overwritten, run.taken_back = json.array {}, json.array {}, back[run.number]
    found[run.number] = run
  end
  for _, run in ipairs(kept) do add(run) end
  for _, row in ipairs(self:history { key = filter.key, run = filter.run }) do
    if not found[row.run] then
      kept[#kept + 1] = { number = row.run, time = row.time or "" }
      add(kept[#kept])
    end
    table.insert(found[row.run].overwritten, row)
  end
  for _, row in ipairs(assert(self.state:changes { key = filter.key, run = filter.run })) do
    if found[row.run] then table.insert(found[row.run].changes, shown_change(self, row)) end
  end
  table.sort(kept, function(a, b) return a.number > b.number end)
  return kept
end

--- The runs that changed something or failed, newest first. Values that were overwritten before runs were kept have one with
-- but its number and time.
-- @param filter { key, run, since = RFC 3339 UTC, limit }
-- @return list of { number, time, kind, undoes, who, command, version, rules, status, message, taken_back, changes =
--   {{ key, title, calendar, did, reason, decided_by, fields = {{ field, before, after }} }}, overwritten = see history() }
function Overview:runs(filter)
  filter = filter or {}
  local kept, list = all_runs(self, filter), json.array {}
  for _, run in ipairs(kept) do
    local is_of_key = not filter.key or #run.changes + #run.overwritten > 0
    local is_of_run = not filter.run or run.number == filter.run
    local is_since = not filter.since or run.time >= filter.since
    if is_of_key and is_of_run and is_since and #list < (filter.limit or math.huge) then list[#list + 1] = run end
  end
  return list
end

--- What was overwritten, newest first.
-- @param filter { key, run, limit }
-- @return list of { time, target, key, field, side, action, reason, value, run, cause, decided_by }
function Overview:history(filter)
  local list = json.array {}
  for i, row in ipairs(assert(self.state:history(filter))) do
    if row.value then row.value = json.decode(row.value) end
    row.field = row.field and fields.MEMBER[row.field] or row.field
    list[i] = row
  end
  return list
end

return overview
