-- The result of a run, in the shapes that programs rely on (docs/http-api.md, calendarConfig of the board).

local actions = require "fmcal.sync.actions"
local credentials = require "fmcal.credentials"
local json = require "fmcal.json"
local log = require "fmcal.log"
local quantity = require "fmcal.quantity"

local report = {}

report.EXIT_OK = 0
report.EXIT_SOME_FAILED = 1
report.EXIT_CONFIG = 2
report.EXIT_UNREACHABLE = 3
report.EXIT_CONFLICTS = 4
report.EXIT_GUARD = 5
report.EXIT_LOCKED = 6
report.EXIT_INTERRUPTED = 130

-- ---------------------------------------------------------------- counting

local STATUS_RANK = { skipped = 1, deleted = 2, synced = 3, pending = 4, conflict = 5, error = 6, delete_error = 6 }

-- One status for an entry that lies in several calendars: the one that needs a person most.
local function worst(outcomes)
  local status = "skipped"
  for _, outcome in ipairs(outcomes) do
    local own = outcome.row_status or (outcome.failed and "error") or outcome.status
    if (STATUS_RANK[own] or 0) > STATUS_RANK[status] then status = own end
  end
  return status == "delete_error" and "error" or status
end

local BUCKET = {
  synced = "unchanged", pending = "unchanged", deleted = "skipped", skipped = "skipped", error = "errors",
  delete_error = "errors", conflict = "conflicts",
}

local function add(tally, status, n)
  local bucket = BUCKET[status] or "unchanged"
  tally[bucket] = tally[bucket] + n
end

-- Entries that this run did not look at count as what they were.
local function tally_untouched(self, tally)
  local first = self.targets[1]
  if not first or not first.compared then return end
  for status, n in pairs(first.compared.counts) do add(tally, status, n) end
  local looked_at_anew = {}
  for _, key in ipairs(first.compared.changed) do looked_at_anew[key] = true end
  for _, key in ipairs(self.order) do
    local row = self.decisions[key].sides[1] and self.decisions[key].sides[1].row
    if row and not looked_at_anew[key] and self.decisions[key].view then add(tally, row.status, -1) end
  end
end

-- Where an entry that this run did not look at lies in several calendars, its worst status counts; the first calendar's
-- has been counted.
local function tally_other_calendars(self, tally)
  local counted = {}
  for i = 2, #self.targets do
    for _, status in ipairs { "conflict", "error" } do
      for _, key in ipairs(self.targets[i].state:bases(status)) do
        local first = not self.decisions[key] and self.board:entry(key) and self.targets[1].state:base(key)
        local before = counted[key] or (first and first.status)
        if before and STATUS_RANK[status] > (STATUS_RANK[before] or 0) then
          add(tally, before, -1)
          add(tally, status, 1)
          counted[key] = status
        end
      end
    end
  end
end

local function message_of(decision, outcome)
  local sentence = outcome.error
  if sentence:find(decision.key, 1, true) then return sentence end
  return decision.key .. ": " .. sentence
end

local function tally_decision(self, tally, decision)
  local acts = self.acts[decision.key] or {}
  if acts.deleted then tally.deleted = tally.deleted + 1 end
  for _, outcome in ipairs(decision.outcomes) do
    if outcome.failed then tally.messages[#tally.messages + 1] = message_of(decision, outcome) end
    if not (decision.view or decision.entry) and outcome.failed then tally.gone_errors = tally.gone_errors + 1 end
  end
  if not (decision.view or decision.entry) then return end
  local status = worst(decision.outcomes)
  local in_step = status == "synced" or status == "pending"
  if in_step and acts.created then
    tally.created = tally.created + 1
  elseif in_step and acts.updated then
    tally.updated = tally.updated + 1
  else
    add(tally, status, 1)
  end
end

local function tally_run(self)
  local tally = { unchanged = 0, skipped = 0, errors = 0, conflicts = 0, created = 0, updated = 0, deleted = 0,
    pulled = 0, cleared = 0, gone_errors = 0, messages = {} }
  tally_untouched(self, tally)
  tally_other_calendars(self, tally)
  for _, key in ipairs(self.order) do
    local decision = self.decisions[key]
    tally_decision(self, tally, decision)
    if decision.patched then tally.pulled = tally.pulled + 1 end
    for _, action in ipairs(decision.plan and decision.plan.actions or {}) do
      if action.step.presence == "cleared" then tally.cleared = tally.cleared + 1 end
    end
  end
  for _, problem in ipairs(self.board:problems()) do
    tally.errors = tally.errors + 1
    tally.messages[#tally.messages + 1] = problem.message
  end
  for _, sentence in ipairs(self.messages) do tally.messages[#tally.messages + 1] = sentence end
  for _, target in ipairs(self.failed_targets) do
    tally.messages[#tally.messages + 1] = target.name .. ": " .. target.error.message
  end
  return tally
end

--- The number of events that are not fmcal's; counted again only where the calendar changed.
local function external_events(self)
  local total = 0
  for _, target in ipairs(self.targets) do
    local name = "external." .. target.name
    local known = tonumber(self.state:get(name) or "")
    local summary = target.summary or {}
    if not known or (summary.changed or 0) > 0 or (summary.deleted or 0) > 0 then
      known = 0
      for _, row in ipairs(target.state:remotes()) do
        if target:is_external(row) then known = known + 1 end
      end
      if not self.dry_run then self.state:set(name, tostring(known)) end
    end
    total = total + known
  end
  return total
end

-- ---------------------------------------------------------------- shapes

local function outbound(tally, ok)
  local synced = tally.created + tally.updated + tally.unchanged
  return {
    success = ok, total_items = synced + tally.skipped + tally.errors + tally.conflicts, synced = synced,
    created = tally.created, updated = tally.updated, deleted = tally.deleted, unchanged = tally.unchanged,
    skipped = tally.skipped, errors = tally.errors + tally.gone_errors, error_messages = json.array(tally.messages),
  }
end

local function inbound(self, tally, ok)
  return {
    success = ok, syncedAt = self.now,
    stats = { pulled = tally.pulled, conflicts = tally.conflicts, errors = tally.errors + tally.gone_errors,
      externalEvents = external_events(self), deleted = tally.cleared },
  }
end

local function base_result(self)
  local targets = {}
  for i, target in ipairs(self.all_targets or self.targets) do
    targets[i] = { name = target.name, provider = target.spec.provider,
      calendar = target.binding and target.binding.name, calendar_id = target.binding and target.binding.calendar_id,
      error = target.error and target.error.message }
  end
  return {
    team = self.settings and self.settings.team, direction = self.direction, board = self.board and self.board:path(),
    targets = targets, warnings = self.settings and self.settings.warnings or {}, dry_run = self.dry_run or false,
    started = self.now,
  }
end

local function fill(self, result, ok)
  local tally = tally_run(self)
  result.conflicts = tally.conflicts
  result.result = {}
  if self.direction ~= "inbound" then result.result.outbound = outbound(tally, ok) end
  if self.direction ~= "outbound" then result.result.inbound = inbound(self, tally, ok) end
  return tally
end

-- ---------------------------------------------------------------- outcomes of a run

local EXIT_BY_CODE = { canceled = 130, locked = 6, network = 3, timeout = 3, auth = 3, throttled = 3, server = 3, protocol = 3,
  limit = 3, notfound = 3, access = 3, crypto = 2, invalid = 2 }

-- What a server's own answer means is never our usage or lock, whatever its code is called.
local function exit_of_error(err)
  return not err.status and EXIT_BY_CODE[err.code] or report.EXIT_UNREACHABLE
end

--- A run that could not be carried out.
function report.failure(self, err, default_exit)
  local result = base_result(self)
  result.success, result.error, result.error_code = false, err.message or tostring(err), err.code
  result.message = result.error
  result.exit = default_exit
  if err.code == "locked" or err.code == "canceled" or default_exit == report.EXIT_UNREACHABLE then
    result.exit = exit_of_error(err)
  end
  return result
end

--- A run that the guard stopped.
function report.guarded(self, sentence)
  local result = base_result(self)
  result.success, result.message, result.error, result.exit = false, sentence, sentence, report.EXIT_GUARD
  result.actions = actions.of(self)
  return result
end

-- The first failure of a whole calendar, and its name.
local function calendar_failure(self)
  local failed = self.failed_targets[1]
  if failed then return failed.error, failed.name end
  for _, target in ipairs(self.targets) do
    if target.error then return target.error, target.name end
  end
  return nil
end

local function exit_of(self, tally)
  local failure = calendar_failure(self)
  if failure then return exit_of_error(failure) end
  if tally.errors + tally.gone_errors > 0 then return report.EXIT_SOME_FAILED end
  if tally.conflicts > 0 then return report.EXIT_CONFLICTS end
  return report.EXIT_OK
end

-- Of several calendars the one that failed is named.
local function add_calendar_failure(self, result)
  local failure, name = calendar_failure(self)
  if not failure then return end
  result.error_code = failure.code
  result.error = #self.all_targets > 1 and ("%s: %s"):format(name, failure.message) or failure.message
end

--- A dry run: what a run would do.
function report.planned(self)
  local result = base_result(self)
  result.actions = actions.of(self)
  local failure = calendar_failure(self)
  result.exit = failure and exit_of_error(failure) or report.EXIT_OK
  result.success = failure == nil
  add_calendar_failure(self, result)
  local writes = 0
  for _, action in ipairs(result.actions) do
    if action.action ~= "wait" and action.action ~= "error" then writes = writes + 1 end
  end
  result.message = ("Dry run: %s planned, nothing was written"):format(quantity(writes, "action"))
  return result
end

--- A run that went through to its end.
function report.finished(self)
  local result = base_result(self)
  local tally = fill(self, result, true)
  result.actions = actions.of(self)
  result.exit = exit_of(self, tally)
  add_calendar_failure(self, result)
  result.success = result.exit == report.EXIT_OK or result.exit == report.EXIT_CONFLICTS
  for _, direction in pairs(result.result) do direction.success = result.success end
  result.message = result.success and ("Calendar sync completed (%s)"):format(self.direction)
    or ("Calendar sync completed with errors (%s)"):format(self.direction)
  return result
end

-- ---------------------------------------------------------------- the board's own summary

local function set_member(self, name, value)
  self.board:set(nil, { "calendarConfig", name }, value)
end

-- What the board holds unencrypted goes into a blob, where there is a key.
local function encrypt_credentials(self, section)
  for _, place in ipairs(credentials.places(section)) do
    local ids = { team = self.settings.team, provider = place.provider }
    local blob, names = credentials.encrypted(place.section, ids)
    if blob then
      local path = { "calendarConfig", table.unpack(place.path) }
      local last = #path + 1
      path[last] = "encrypted"
      self.board:set(nil, path, blob)
      for _, name in ipairs(names) do
        path[last] = name
        self.board:remove(nil, path)
      end
    elseif names then
      log.warn("credentials", "the credentials of %s stay unencrypted: %s", place.provider, names)
    end
  end
end

--- Writes lastSyncAt, lastSyncStatus, lastSyncError and stats, and encrypts credentials; called only where the board is
-- written anyway.
function report.board_members(self)
  local section = self.board:member("calendarConfig")
  if type(section) ~= "table" or section == json.null then return end
  local failed, waiting, pending = nil, 0, 0
  for _, key in ipairs(self.order) do
    for _, outcome in ipairs(self.decisions[key].outcomes) do
      failed = failed or (outcome.failed and outcome.error) or nil
      if outcome.status == "conflict" then waiting = waiting + 1 end
      if outcome.status == "pending" then pending = pending + 1 end
    end
  end
  encrypt_credentials(self, section)
  set_member(self, "lastSyncAt", self.now)
  set_member(self, "lastSyncStatus", failed and "error" or "success")
  set_member(self, "lastSyncError", failed or json.null)
  self.board:set(nil, { "calendarConfig", "stats", "pendingChanges" }, pending)
  if waiting > 0 then self.board:set(nil, { "calendarConfig", "stats", "lastConflictAt" }, self.now) end
end

return report
