-- The result of a run, in the shapes that programs rely on (docs/commands.md, calendarConfig of the board).

local Target = require "fmcal.place.target"
local actions = require "fmcal.sync.tell.actions"
local attempt = require "fmcal.util.attempt"
local exits = require "fmcal.exits"
local inverse = require "fmcal.rules.inverse"
local json = require "fmcal.json"
local quantity = require "fmcal.util.quantity"
local tally = require "fmcal.sync.tell.tally"
local why = require "fmcal.sync.tell.why"

local report = {}

--- The number of external events; counted again only where the calendar changed.
local function external_events(self)
  local total = 0
  for _, target in ipairs(self.targets) do
    local name = "external." .. target.name
    local known = tonumber(attempt.found(self.state:get(name)) or "")
    local summary = target.summary or {}
    if not known or self.external_moved or (summary.changed or 0) > 0 or (summary.deleted or 0) > 0 then
      known = 0
      for _, row in ipairs(target.state:unbased()) do
        if target:is_external(row) then known = known + 1 end
      end
      if not self.dry_run then self.state:set(name, tostring(known)) end
    end
    total = total + known
  end
  return total
end

-- ---------------------------------------------------------------- shapes

local function outbound(counts, ok)
  local synced = counts.created + counts.updated + counts.unchanged
  return {
    success = ok, total_items = synced + counts.skipped + counts.errors + counts.conflicts, synced = synced,
    created = counts.created, updated = counts.updated, deleted = counts.deleted, unchanged = counts.unchanged,
    skipped = counts.skipped, errors = counts.errors, error_messages = json.array(counts.messages),
    delete_errors = counts.delete_errors > 0 and counts.delete_errors or nil,
    updated_beside_conflicts = counts.updated_beside > 0 and counts.updated_beside or nil,
  }
end

local function inbound(self, counts, ok)
  return {
    success = ok, syncedAt = self.now,
    stats = { pulled = counts.pulled, conflicts = counts.conflicts, errors = counts.errors + counts.delete_errors,
      externalEvents = external_events(self), deleted = counts.cleared },
  }
end

-- What the configuration warns of, and what the rules make that does not come back.
local function warnings_of(self)
  local list = json.array {}
  for _, warning in ipairs(self.settings and self.settings.warnings or {}) do list[#list + 1] = warning end
  for _, sentence in ipairs(inverse.sentences(self.findings)) do list[#list + 1] = sentence end
  return list
end

local function base_result(self)
  local targets = {}
  for i, target in ipairs(self.all_targets) do
    targets[i] = { name = target.name, provider = target.spec.provider,
      calendar = target.binding and target.binding.name, calendar_id = target.binding and target.binding.calendar_id,
      error = target.error and target.error.message, paused = target.options.paused or nil }
  end
  return {
    team = self.settings and self.settings.team, direction = self.direction,
    board = self.board and self.board:path() or self.board_path,
    targets = targets, warnings = warnings_of(self), dry_run = self.dry_run or false,
    started = self.now,
  }
end

local function fill(self, result, ok)
  local counts = self.tally
  tally.finish(counts, self)
  result.conflicts = counts.conflicts
  result.result = {}
  if self.direction ~= "inbound" then result.result.outbound = outbound(counts, ok) end
  if self.direction ~= "outbound" then result.result.inbound = inbound(self, counts, ok) end
end

-- ---------------------------------------------------------------- outcomes of a run

--- A run that could not be carried out.
function report.failure(self, err, default_exit)
  local result = base_result(self)
  result.success, result.error, result.error_code = false, err.message or tostring(err), err.code
  result.message, result.retry_after_s = result.error, err.retry_after_s
  result.exit = default_exit
  if err.code == "locked" or err.code == "canceled" or default_exit == exits.UNREACHABLE then
    result.exit = exits.of_run(err)
  end
  return result
end

local function add_actions(self, result)
  local list = self.actions
  result.actions, result.settled, result.held = list, actions.settled(list), actions.held(list)
  result.entries = json.array(self.entries)
end

--- A run that the guard stopped.
function report.guarded(self)
  local result, sentence = base_result(self), self.stopped
  result.success, result.message, result.error, result.exit = false, sentence, sentence, exits.GUARD
  add_actions(self, result)
  return result
end

local function exit_of(self)
  local failure, counts = Target.first_failure(self), self.tally
  if failure then return exits.of_run(failure) end
  if counts.errors + counts.delete_errors + counts.unreadable + #self.messages > 0 then return exits.SOME_FAILED end
  if counts.conflicts > 0 then return exits.CONFLICTS end
  return exits.OK
end

-- Of several calendars the one that failed is named.
local function add_calendar_failure(self, result)
  local failure, name = Target.first_failure(self)
  if not failure then return end
  result.error_code, result.retry_after_s = failure.code, failure.retry_after_s
  result.error = #self.all_targets > 1 and ("%s: %s"):format(name, failure.message) or failure.message
end

local function title_of_problem(problem)
  return type(problem.title) == "string" and problem.title or ""
end

-- What is wrong with entries on the board is no action of a run, but no plan should hide it.
local function add_problems(self)
  for _, problem in ipairs(self.board:problems()) do
    table.insert(self.actions, { key = problem.key or "", title = title_of_problem(problem), action = "error",
      detail = problem.message })
  end
end

-- Entries that could not be taken back.
local function add_refused(self)
  for _, refused in ipairs(self.refused) do
    local sentence = ("%s stays as it is: %s"):format(refused.key, refused.sentence)
    table.insert(self.messages, sentence)
    table.insert(self.tally.messages, sentence)
    table.insert(self.actions, { key = refused.key, title = refused.title, action = "error", detail = sentence })
    table.insert(self.entries, why.without_decision(refused.key, refused.title, nil, refused.reason))
  end
end

-- Entries that a run could decide nothing about, or would not.
local function add_undecided(self)
  add_refused(self)
  for _, problem in ipairs(self.board:problems()) do
    table.insert(self.entries, why.without_decision(problem.key or "", title_of_problem(problem), nil, "invalid"))
  end
  for _, left in ipairs(self.tally.left_alone) do
    table.insert(self.entries, why.without_decision(left.key, left.title, left.calendar, "left_alone"))
  end
end

-- The outcome of a run that saw its calendars: its actions and sentences, its exit status.
local function conclude(self, result)
  result.reverted = self.revert and { run = self.revert.number, kind = self.revert.kind } or nil
  add_undecided(self)
  add_actions(self, result)
  result.error_messages = json.array(self.tally.messages)
  result.exit = exit_of(self)
  result.success = result.exit == exits.OK or result.exit == exits.CONFLICTS
  add_calendar_failure(self, result)
end

--- A dry run: what a run would do.
function report.planned(self)
  local result = base_result(self)
  add_problems(self)
  tally.finish(self.tally, self)
  conclude(self, result)
  result.conflicts, result.unchanged = self.tally.conflicts, self.tally.unchanged
  result.writes = actions.writes(result.actions)
  result.message = ("Dry run: %s planned, nothing was written"):format(quantity(result.writes, "action"))
  return result
end

-- What a run has completed; "%s": how.
local function completed(self)
  if not self.revert then return ("Calendar sync completed%%s (%s)"):format(self.direction) end
  local how = self.revert.kind == "redo" and "done again" or "taken back"
  return ("Run %d was %s%%s"):format(self.revert.number, how)
end

--- A run that went through to its end.
function report.finished(self)
  local result = base_result(self)
  fill(self, result, true)
  conclude(self, result)
  for _, direction in pairs(result.result) do direction.success = result.success end
  result.message = completed(self):format(result.success and "" or " with errors")
  return result
end

return report
