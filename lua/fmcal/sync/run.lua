-- One sync run of one board: read, compare, plan, guard, write, record.
--
-- The order is fixed: remote writes, then the board file, then the base. A run that dies anywhere is
-- finished by the next one, because every intent is in the journal before its write. A large run does this slice by
-- slice, once the guard has seen all of it, so that its memory is bounded by a slice.

local actions = require "fmcal.sync.tell.actions"
local answers = require "fmcal.sync.decide.answers"
local candidates = require "fmcal.sync.look.candidates"
local commit = require "fmcal.sync.keep.commit"
local decisions = require "fmcal.sync.decide.decisions"
local exits = require "fmcal.exits"
local failed = require "fmcal.sync.keep.failed"
local guard = require "fmcal.sync.decide.guard"
local observe = require "fmcal.sync.look.observe"
local outcome = require "fmcal.sync.keep.outcome"
local prepare = require "fmcal.sync.look.prepare"
local report = require "fmcal.sync.tell.report"
local rounds = require "fmcal.sync.act.rounds"
local runs = require "fmcal.place.runs"
local stale_token = require "fmcal.place.stale_token"
local tally = require "fmcal.sync.tell.tally"
local time = require "fmcal.time"
local why = require "fmcal.sync.tell.why"

local run = {}

local MAX_ROUNDS = 3
-- Entries that are written, read back and recorded together: so many, or fewer than twice as many where they are the last.
local SLICE_SIZE = 500

local function set_of(list)
  if not list then return nil end
  local members = {}
  for _, key in ipairs(list) do members[key] = true end
  return members
end

local function new(options)
  return {
    board = options.board_object, direction = options.direction or "both", dry_run = options.dry_run,
    retry_failed = options.retry_failed, allow_mass_delete = options.allow_mass_delete, only = set_of(options.only),
    answers = options.answers, progress = options.progress or function() end,
    now = options.clock and time.format(options.clock()) or time.now(),
    lock_wait_ms = options.lock_wait_ms, retry_for_ms = options.retry_for_ms,
    revert = options.revert, refused = {}, adopt_team = options.adopt_team, who = options.who, command = options.command,
    exact = options.exact, consider = options.consider, trace_rules = options.trace_rules,
    max_rounds = options.max_rounds or MAX_ROUNDS,
    slice_size = options.examine and math.huge or options.slice_size or SLICE_SIZE,
    seed = options.seed, order = {}, decisions = {}, acts = {}, toll = guard.toll(), findings = {}, actions = {}, entries = {},
    all_targets = {}, failed_targets = {}, paused_targets = {}, targets = {}, messages = {}, warned = {},
  }
end

local function list_actions(self, keys, planned)
  for _, key in ipairs(keys) do
    actions.add(self.actions, self.decisions[key], planned)
    why.add(self.entries, self.decisions[key])
  end
  return true
end

-- What is not carried out is told and counted as what a run would leave behind.
local function show(self, keys)
  rounds.plan(self, keys)
  rounds.report_read_only(self, keys)
  for _, key in ipairs(keys) do
    outcome.tell(self.decisions[key], {})
    why.tell(self.decisions[key], self.stopped and self.toll.keys[key])
    tally.add(self.tally, self.decisions[key], {})
  end
  return list_actions(self, keys, true)
end

local function carry_out(self, keys, is_last)
  rounds.carry_out(self, keys, decisions.again)
  rounds.report_read_only(self, keys)
  for _, key in ipairs(keys) do
    local decision = self.decisions[key]
    outcome.tell(decision, decision.jobs)
    why.tell(decision)
    tally.add(self.tally, decision, self.acts[key] or {})
  end
  local ok, err = commit.slice(self, keys, is_last)
  if not ok then return nil, err end
  return list_actions(self, keys)
end

local function each_slice(self, act)
  return decisions.each_slice(self, function(keys, is_last) return act(self, keys, is_last) end)
end

-- What is examined is decided about as a whole: there is one slice.
local function examine(self, fn)
  rounds.plan(self, self.order)
  rounds.report_read_only(self, self.order)
  return fn(self)
end

-- What was asked for makes no sense: that says nothing about how board and calendar stand.
local function refused(self, err)
  self.is_refused = true
  return report.failure(self, err, exits.USAGE)
end

-- What the run has to look at. @return what looks for more of it once something was pulled, or nil and an error
local function look_at(self)
  if self.revert then
    local revert = require "fmcal.sync.look.revert"
    local ok, err = revert.find(self)
    return ok and revert.dependents, err
  end
  local ok, err = candidates.check_only(self)
  if not ok then return nil, err end
  candidates.adopt(self)
  candidates.find(self)
  return candidates.find
end

-- A webhook that cannot be told is a warning.
local function tell_webhook(self, moment, warnings, result)
  if not self.settings or not self.settings.options.webhook then return end
  local told, err = require("fmcal.sync.tell.webhook")[moment](self, result)
  if not told then table.insert(warnings, err.message) end
end

local function steps(self, options)
  local ok, err, exit = prepare.run(self, options)
  if not ok then return report.failure(self, err, exit or exits.USAGE) end
  tell_webhook(self, "before", self.settings.warnings)
  ok, err = answers.check(self.answers, self.all_targets[1].rules.mapped.own)
  if not ok then return refused(self, err) end
  ok, err = observe.all(self)
  if not ok then return report.failure(self, err, exits.UNREACHABLE) end
  local find
  find, err = look_at(self)
  if not find then return refused(self, err) end
  decisions.all(self, find)
  ok, err, exit = answers.check_decisions(self)
  if not ok then
    self.is_refused = not exit -- what a person decided cannot be
    return report.failure(self, err, exit and exits.SOME_FAILED or exits.USAGE)
  end
  self.stopped = decisions.guarded(self)
  self.tally = tally.new(self)
  if self.stopped then
    each_slice(self, show)
    return report.guarded(self)
  end
  err = options.examine and examine(self, options.examine)
  if err then return refused(self, err) end
  if self.dry_run then
    each_slice(self, show)
    return report.planned(self)
  end
  ok, err = each_slice(self, carry_out)
  if not ok then return report.failure(self, err, exits.SOME_FAILED) end
  stale_token.catch_up(self)
  return report.finished(self)
end

local function close(self)
  for _, target in ipairs(self.all_targets) do
    if target.provider and not target.borrowed then target.provider:close() end
    target.rules:close()
  end
  if self.state and not self.borrowed_state then self.state:close() end
  if self.lock then self.lock:release() end
end

-- An error object (a state that cannot be written) is a result; anything else is a defect and keeps its traceback.
local function trace(raised)
  if type(raised) == "table" then return raised end
  return debug.traceback(raised, 2)
end

--- Syncs one board.
-- @param options table:
--   board            path of the board file
--   config, rules    other files than those the board names
--   team             the team it must be
--   direction        "both" (default), "outbound", "inbound"
--   only             list of keys; an empty one confines the run to nothing
--   exact            `only` is taken as it is: keys need not exist, an epic does not bring its court date along
--   dry_run          plan only; nothing is written, not even the state
--   retry_failed     entries that failed too often are tried again
--   allow_mass_delete   the guard does not stop
--   state            where the state lies instead of beside the board
--   adopt_team       the name that the team had before: events of it are the team's
--   retry_for_ms     how long a request is repeated that a server refuses because there are too many, 5 minutes by default
--   answers          {[key] = "local"|"external"|table of members} for conflicts that wait; a table sets all its members. One
--                    that cannot be carried out ends the run before anything is written
--   who, command     who runs it, and with which words, for the history; by default the user of this process
--   progress         function(phase, done, total, target)
--   consider         list of keys that are decided about even where nothing has changed
--   max_rounds       how often what the calendar answers "changed" to is planned again, 3 by default
--   rules_in_process   a rules file runs in this process instead of the worker, without limits: for whoever debugs it
--   clock            function() -> seconds since 1970, for runs that take place at another time
--   trace_rules      each target's `rules.trace` becomes a list of { name, key, custom, answer, failure }, one a call
--   revert           { kind = "undo"|"redo", run = number|nil } takes back what a run has changed (see fmcal.sync.undo)
--   slice_size       how many entries are written and recorded together, 500 by default; the last slice is up to twice as large
--   examine          function(run) called once everything is decided, before anything is written; an error that it
--                    returns ends the run
--   board_object, state_object, providers   opened parts to use instead of making them; seed: bases missing from
--                    the state are made from calendarSync (see fmcal.sync.service)
-- @return result (see fmcal.sync.tell.report); it never raises for what a user can cause
function run.sync(options)
  local self = new(options)
  local ok, result = xpcall(steps, trace, self, options)
  local is_defect = not ok and type(result) ~= "table"
  if not ok and not is_defect then result = report.failure(self, result, exits.SOME_FAILED) end
  if not is_defect then
    failed.note(self, result)
    runs.finish(self, result)
  end
  if not is_defect then tell_webhook(self, "after", result.warnings, result) end
  close(self)
  if is_defect then error(result, 0) end
  return result
end

return run
