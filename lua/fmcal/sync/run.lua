-- One sync run of one board: read, compare, plan, guard, write, record.
--
-- The order is fixed: remote writes, then the board file, then the base. A run that dies anywhere is
-- finished by the next one, because every intent is in the journal before its write.

local adopt = require "fmcal.sync.adopt"
local board = require "fmcal.board"
local config = require "fmcal.config"
local decide = require "fmcal.sync.decide"
local deliver = require "fmcal.sync.deliver"
local entries = require "fmcal.sync.entries"
local fail = require "fmcal.failure"
local guard = require "fmcal.sync.guard"
local outcome = require "fmcal.sync.outcome"
local outgoing = require "fmcal.sync.outgoing"
local record = require "fmcal.sync.record"
local report = require "fmcal.sync.report"
local rewind = require "fmcal.sync.rewind"
local state = require "fmcal.state"
local suggest = require "fmcal.suggest"
local time = require "fmcal.time"
local Target = require "fmcal.sync.target"
local webhook = require "fmcal.sync.webhook"

local run = {}

local LOCK_WAIT_MS = 30000
local MAX_ROUNDS = 3
-- Codes of a state that cannot be written: no matter of configuration.
local UNWRITABLE = { io = true, access = true }

-- Name of the state's note that a calendar was written to and its token is older than that. Some servers make tokens
-- of the calendar's content: undoing our writes would look as if nothing had happened since such a token.
local UNSEEN = "unseen."

local Run = {}
Run.__index = Run

local function failure(code, message)
  return select(2, fail(code, "sync", "%s", message))
end

-- ---------------------------------------------------------------- preparing

local function percent_encoded(team)
  return (team:gsub("[^%w._-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- Where the state of a board lies.
-- @param board_path string
-- @param team string
-- @param given string|nil --state or FMCAL_STATE: a file, or a folder
function run.state_path(board_path, team, given)
  given = given or os.getenv("FMCAL_STATE")
  if given and given ~= "" then
    return given:sub(-1) == "/" and given .. percent_encoded(team) .. ".db" or given
  end
  return config.resolve(board_path, ".fmcal/" .. percent_encoded(team) .. ".db")
end

-- The state names its board: another board with the same team must not use it.
local function claim(self)
  local known = self.state:get("board")
  local path = self.board:path()
  if not path or known == path then return true end
  if known and io.open(known, "rb") then
    return nil, failure("invalid", ("the state of team %q belongs to the board %s, not to %s: give one of them another "
      .. "team, or another --state"):format(self.settings.team, known, path))
  end
  if not self.dry_run then assert(self.state:set("board", path)) end
  return true
end

local function make_targets(self, providers)
  self.targets, self.failed_targets = {}, {}
  for _, spec in ipairs(self.settings.targets) do
    local target, err = Target.new(self.settings, spec, assert(self.state:target(spec.name)),
      function(path) return config.resolve(self.board:path() or "./board", path) end,
      providers and providers[spec.name])
    if not target then return nil, err end
    target.dry_run = self.dry_run
    target.rules.trace = self.trace_rules and {} or nil
    self.targets[#self.targets + 1] = target
  end
  return true
end

-- A run that had to wait reads the board again: the other one may have written it.
local function take_lock(self)
  if self.dry_run then return true end
  local lock, err = board.lock(self.state_file, 0)
  if lock then
    self.lock = lock
    return true
  end
  if err.code ~= "locked" then return nil, err end
  lock, err = board.lock(self.state_file, self.lock_wait_ms or LOCK_WAIT_MS)
  if not lock then return nil, err end
  self.lock = lock
  self.board, err = board.open(self.board:path())
  if not self.board then return nil, err end
  self.board_time = self.board:mtime()
  return true
end

local function open_state(self, options)
  if options.state_object then
    self.state, self.state_file, self.borrowed_state = options.state_object, ":memory:", true
    return true
  end
  self.state_file = options.state_file or run.state_path(self.board:path() or "board", self.settings.team, options.state)
  local opened, warning = state.open(self.state_file, { read_only = self.dry_run })
  if not opened then return nil, warning end
  self.state = opened
  if warning then table.insert(self.settings.warnings, warning) end
  local ok, err = take_lock(self)
  if not ok then return nil, err end
  return claim(self)
end

-- ---------------------------------------------------------------- observing

local function same_account(a, b)
  return a.spec.provider == b.spec.provider and a.spec.endpoint == b.spec.endpoint
    and a.binding.account == b.binding.account
end

local function open_target(self, target)
  local ok, err = target:open()
  if ok then ok, err = target:set_direction(self.direction) end
  if not ok then return nil, err end
  for _, earlier in ipairs(self.open_targets) do
    if same_account(earlier, target) then
      target:share_account()
      break
    end
  end
  target.intents, target.intent_ids = {}, {}
  for _, intent in ipairs(target.state:intents()) do
    target.intents[intent.key] = intent
    target.intent_ids[intent.id] = intent.key
  end
  if #target.intent_ids > 0 or self.state:get(UNSEEN .. target.name) then assert(target.state:set_token(nil)) end
  local summary
  summary, err = target:refresh()
  if not summary then return nil, err end
  target.summary = summary
  return true
end

--- Opens every calendar and reads what changed there; one that fails leaves the others going.
function Run:observe()
  self.open_targets = {}
  for _, target in ipairs(self.targets) do
    self.progress("open", 0, 0, target.name)
    local ok, err = open_target(self, target)
    if ok then
      self.open_targets[#self.open_targets + 1] = target
    else
      target.error = err
      self.failed_targets[#self.failed_targets + 1] = target
    end
  end
  self.all_targets, self.targets = self.targets, self.open_targets
  if #self.targets == 0 then return nil, self.failed_targets[1].error end
  return true
end

-- ---------------------------------------------------------------- candidates

local function retries_exhausted(row)
  local base = row and row.base
  return base and base.err and base.err.count >= record.MAX_RETRIES
end

-- An entry that failed too often waits until it is edited.
local function left_alone(self, target, key)
  return not self.retry_failed and retries_exhausted(target:base(key))
end

local function add_candidate(self, found, key)
  if found[key] or (self.only and not self.only[key]) then return end
  found[key] = true
  self.candidates[#self.candidates + 1] = key
end

local function is_known(self, key)
  if self.board:entry(key) then return true end
  for _, problem in ipairs(self.board:problems()) do
    if problem.key == key then return true end
  end
  for _, target in ipairs(self.targets) do
    if target.state:base(key) then return true end
  end
  return false
end

--- Checks that the entries the run is confined to exist; an epic brings its court date along. Not where `exact`.
function Run:check_only()
  if self.exact then return true end
  local court_dates = {}
  for key in pairs(self.only or {}) do
    if not is_known(self, key) then
      local near = suggest(key, self.board:keys())
      return nil, failure("invalid", ("there is no entry %s on the board %s%s"):format(key, self.board:path() or "",
        near and (": did you mean %s?"):format(near) or ""))
    end
    court_dates[#court_dates + 1] = key .. ".court-date"
  end
  for _, key in ipairs(court_dates) do
    if is_known(self, key) then self.only[key] = true end
  end
  return true
end

-- Entries with problems are not gone. An entry without an id can be any of them: then nothing counts as gone.
local function problems_of(self)
  local keys, nameless = {}, false
  for _, problem in ipairs(self.board:problems()) do
    if problem.key then keys[problem.key] = true else nameless = true end
  end
  return keys, nameless
end

local function compare_target(self, target, found)
  local compared = self.board:compare(target.state, target.context, self.now:sub(1, 10))
  target.compared = compared
  for _, key in ipairs(compared.changed) do add_candidate(self, found, key) end
  local problems, nameless = problems_of(self)
  for _, key in ipairs(nameless and {} or compared.gone) do
    if not problems[key] then add_candidate(self, found, key) end
  end
end

local function pending_events(self, target, found)
  for _, row in ipairs(target.state:pending()) do
    local key = target:key(row.uid)
    if key then
      if not left_alone(self, target, key) then add_candidate(self, found, key) end
    elseif not self.only then
      target.external_news = target.external_news or {}
      table.insert(target.external_news, row)
    end
  end
end

local function failed_entries(self, target, found)
  if not self.retry_failed then return end
  for _, key in ipairs(target.state:bases("error")) do
    local row = target:base(key)
    row.base = row.base or {}
    row.base.err = nil
    add_candidate(self, found, key)
  end
end

--- The keys that this run has to look at: edited here, changed there, or left over.
function Run:find_candidates()
  local found = {}
  for _, key in ipairs(self.candidates) do found[key] = true end
  for _, target in ipairs(self.targets) do
    compare_target(self, target, found)
    pending_events(self, target, found)
    -- What a run that died was writing, it may have read back, but never recorded.
    for key in pairs(target.intents) do add_candidate(self, found, key) end
    failed_entries(self, target, found)
  end
  for key in pairs(self.answers or {}) do add_candidate(self, found, key) end
  for _, key in ipairs(self.consider or {}) do add_candidate(self, found, key) end
end

--- Lets the rules make items of external events.
function Run:adopt()
  self.candidates = {}
  local keys, sentences = adopt.events(self)
  for _, key in ipairs(keys) do add_candidate(self, {}, key) end
  for _, sentence in ipairs(sentences) do self.messages[#self.messages + 1] = sentence end
end

-- ---------------------------------------------------------------- deciding

-- Dropping back to the pristine view keeps what this run pulled from looking like an edit made here.
local function decide_key(self, key)
  local earlier = self.decisions[key]
  local decision = decide.key(self, key, earlier and earlier.view)
  if earlier then
    decision.patched = earlier.patched
  else
    self.order[#self.order + 1] = key
  end
  self.decisions[key] = decision
  return decision
end

-- Writes what is pulled into the board; what an earlier round pulled and this one does not is taken back.
local function patch(self, decision)
  local view, planned = decision.view, decision.plan
  if not view or not planned or decision.error then return end
  if not next(planned.pulled) and not decision.patched then return end
  local now = assert(entries.view(self.board:entry(decision.key), self.settings.options.timeZone))
  if entries.patch(self.board, now, planned.cur.version) then decision.patched = true end
end

--- Decides about all candidates; what a pulled title changes elsewhere on the board is decided about too.
function Run:decide_all()
  local at = 1
  repeat
    local patched = false
    for i = at, #self.candidates do
      local decision = decide_key(self, self.candidates[i])
      patch(self, decision)
      patched = patched or decision.patched
      self.progress("plan", i, #self.candidates)
    end
    at = #self.candidates + 1
    if patched then self:find_candidates() end
  until at > #self.candidates
end

local function losses_of(self)
  local losses = {}
  for _, key in ipairs(self.order) do
    local decision = self.decisions[key]
    for _, action in ipairs(decision.plan and decision.plan.actions or {}) do
      if action.kind == "delete" then losses[#losses + 1] = { key = key, what = "delete" } end
      if action.step.presence == "cleared" then losses[#losses + 1] = { key = key, what = "clear" } end
    end
  end
  return losses
end

local function known_entries(self)
  local known = 0
  for _, target in ipairs(self.targets) do
    known = known + target.state:count() - #target.state:bases("skipped")
  end
  return known
end

--- The guard's sentence, or nil.
function Run:guarded()
  if self.allow_mass_delete then return nil end
  local losses = losses_of(self)
  if #losses == 0 then return nil end
  return guard.check(losses, known_entries(self), self.settings.options.massDeleteLimit)
end

-- ---------------------------------------------------------------- writing

-- A parent's title or an epic's counts may have changed in this very run.
local function refresh_dependencies(self, decision)
  if not decision.view then return end
  local entry = self.board:entry(decision.key)
  if not entry then return end
  local raw = decision.view.raw
  raw.itemCounts = entry.counts
  if entry.parent and not entry.value.parentTitle then raw.parentTitle = entry.parent_title end
end

local function jobs_of(self, decision)
  local jobs = {}
  if decision.error then return jobs end
  refresh_dependencies(self, decision)
  for i, side in ipairs(decision.sides) do
    local action = decision.plan.actions[i]
    local write, sentence = outgoing.write(decision, i, side.target.direction)
    if sentence then action.error = sentence end
    if write then jobs[i] = { decision = decision, side = side, action = action, write = write } end
  end
  return jobs
end

local VERB = { create = "created", update = "updated", delete = "deleted" }

local function count_job(self, job)
  if job.outcome ~= "done" then return end
  local acts = self.acts[job.decision.key] or {}
  acts[VERB[job.write.kind]] = true
  self.acts[job.decision.key] = acts
end

local function round(self, keys)
  local all = {}
  for _, key in ipairs(keys) do
    local decision = self.decisions[key]
    decision.jobs = jobs_of(self, decision)
    for _, job in pairs(decision.jobs) do all[#all + 1] = job end
  end
  deliver.round(self, all)
  local changed = {}
  for _, job in ipairs(all) do
    job.side.target.wrote = true
    count_job(self, job)
    if job.changed then changed[#changed + 1] = job.decision.key end
  end
  return changed
end

--- A calendar that should have been written to and cannot be fails as a whole; its entries wait.
function Run:report_read_only()
  for _, key in ipairs(self.order) do
    local decision = self.decisions[key]
    for i, side in ipairs(decision.plan and decision.sides or {}) do
      local target = side.target
      if target.read_only and self.direction == "both" and decision.plan.actions[i].kind == "wait" then
        target.error = target.error or target:read_only_error()
      end
    end
  end
end

--- Carries out the plan; what the calendar answered "changed" to is planned again.
function Run:write_all()
  local keys = self.order
  for number = 1, self.max_rounds do
    local changed = round(self, keys)
    if #changed == 0 or number == self.max_rounds then break end
    for _, key in ipairs(changed) do patch(self, decide_key(self, key)) end
    keys = changed
  end
end

-- Notes in the commit of a run which calendars were written to.
local function note_unseen(self)
  for _, target in ipairs(self.targets) do
    if target.wrote and target.provider:capabilities().token then
      assert(self.state:set(UNSEEN .. target.name, self.now))
    elseif self.state:get(UNSEEN .. target.name) then
      assert(self.state:set(UNSEEN .. target.name, nil))
    end
  end
end

--- Lets the token of a calendar that was written to pass our own writes. Where that fails the next run lists anew.
function Run:catch_up()
  for _, target in ipairs(self.targets) do
    local behind = self.state:get(UNSEEN .. target.name) and not target.error
    if behind and target.provider:changes(target.state) then assert(self.state:set(UNSEEN .. target.name, nil)) end
  end
end

-- ---------------------------------------------------------------- recording

local function fingerprints(self)
  local prints = {}
  for _, key in ipairs(self.order) do
    local decision = self.decisions[key]
    prints[key] = {}
    for i, side in ipairs(decision.sides) do
      if decision.view or decision.entry then
        prints[key][i] = self.board:fingerprint(key, side.target.context)
      end
    end
  end
  return prints
end

-- A member that another program changed meanwhile stays as it wrote it: nothing counts as pulled into that entry, and
-- the next run merges it.
local function reopen_skipped(self, skipped)
  for _, member in ipairs(skipped or {}) do
    local decision = member.key and self.decisions[member.key]
    for _, result in ipairs(decision and decision.outcomes or {}) do
      result.unpulled, result.revisit = decision.plan and decision.plan.pulled, true
    end
  end
end

-- What the board is about to lose must be in the history before; most runs have nothing of that kind.
local function keep_history(self)
  local losing = {}
  for _, key in ipairs(self.order) do
    local decision = self.decisions[key]
    if record.has_lost(decision) then losing[#losing + 1] = decision end
  end
  if #losing == 0 then return end
  assert(self.state:begin())
  for _, decision in ipairs(losing) do record.history(self, decision) end
  assert(self.state:commit())
end

local function save_board(self)
  if not self.board:dirty() or not self.board:path() then return true end
  local lock, err = board.lock(self.board:path(), LOCK_WAIT_MS)
  if not lock then return nil, err end
  local saved
  saved, err = self.board:save { keep = self.state_file ~= ":memory:" and self.state_file .. ".previous-board" or nil }
  lock:release()
  if not saved then return nil, err end
  reopen_skipped(self, saved.skipped)
  return true
end

local function note_replaced(self, decision)
  local entry = self.board:entry(decision.key)
  local written = entry and entries.member(entry, "calendarSync")
  assert(self.state:set_replaced(decision.key, rewind.note(decision, written)))
end

local function commit_state(self, prints)
  assert(self.state:begin())
  for _, key in ipairs(self.order) do
    local decision = self.decisions[key]
    record.state(self, decision, prints[key])
    if decision.patched then note_replaced(self, decision) end
  end
  for _, target in ipairs(self.targets) do
    for id, key in pairs(target.intent_ids) do
      if self.decisions[key] then assert(target.state:drop_intent(id)) end
    end
    for _, row in ipairs(target.external_news or {}) do assert(target.state:settle(row.href)) end
  end
  for _, key in ipairs(self.order) do
    for _, job in pairs(self.decisions[key].jobs or {}) do
      if job.intent then assert(job.side.target.state:drop_intent(job.intent)) end
    end
  end
  assert(self.state:set("run", tostring(self.number)))
  note_unseen(self)
  assert(self.state:set("last_run", self.now))
  assert(self.state:commit())
end

--- Writes calendarSync and the summary into the board, the board to its file, and the base to the state.
function Run:record_all()
  for _, key in ipairs(self.order) do
    local decision = self.decisions[key]
    outcome.settle(decision, decision.jobs or {})
    record.board(self, decision)
  end
  if self.board:dirty() then report.board_members(self) end
  local prints = fingerprints(self)
  keep_history(self)
  local ok, err = save_board(self)
  if not ok then return nil, err end
  commit_state(self, prints)
  return true
end

-- ---------------------------------------------------------------- running

local function prepare(self, options)
  local err
  if not self.board then
    self.board, err = board.open(options.board)
    if not self.board then return nil, err, report.EXIT_UNREACHABLE end
  end
  self.board_time = self.board:path() and self.board:mtime() or time.epoch()
  self.settings, err = config.load(self.board, options)
  if not self.settings then return nil, err end
  local ok
  ok, err = open_state(self, options)
  if not ok then return nil, err, UNWRITABLE[err.code] and report.EXIT_SOME_FAILED end
  self.number = tonumber(self.state:get("run") or "0") + 1
  return make_targets(self, options.providers)
end

local function set_of(list)
  if not list then return nil end
  local members = {}
  for _, key in ipairs(list) do members[key] = true end
  return members
end

local function new(options)
  return setmetatable({
    board = options.board_object, direction = options.direction or "both", dry_run = options.dry_run,
    retry_failed = options.retry_failed, allow_mass_delete = options.allow_mass_delete, only = set_of(options.only),
    answers = options.answers, progress = options.progress or function() end, now = time.now(),
    lock_wait_ms = options.lock_wait_ms, exact = options.exact, consider = options.consider, trace_rules = options.trace_rules,
    max_rounds = options.max_rounds or MAX_ROUNDS,
    seed = options.seed, order = {}, decisions = {}, acts = {},
    failed_targets = {}, targets = {}, messages = {},
  }, Run)
end

local function steps(self, options)
  local ok, err, exit = prepare(self, options)
  if not ok then return report.failure(self, err, exit or report.EXIT_CONFIG) end
  ok, err = self:observe()
  if not ok then return report.failure(self, err, report.EXIT_UNREACHABLE) end
  ok, err = self:check_only()
  if not ok then return report.failure(self, err, report.EXIT_CONFIG) end
  self:adopt()
  self:find_candidates()
  self:decide_all()
  local stopped = self:guarded()
  if stopped then return report.guarded(self, stopped) end
  if self.dry_run or options.examine then
    for _, key in ipairs(self.order) do self.decisions[key].jobs = jobs_of(self, self.decisions[key]) end
    self:report_read_only()
  end
  err = options.examine and options.examine(self)
  if err then return report.failure(self, err, report.EXIT_CONFIG) end
  if self.dry_run then return report.planned(self) end
  self:write_all()
  self:report_read_only()
  ok, err = self:record_all()
  if not ok then return report.failure(self, err, report.EXIT_SOME_FAILED) end
  self:catch_up()
  return report.finished(self)
end

local function close(self)
  for _, target in ipairs(self.all_targets or self.targets) do
    if target.provider and not target.borrowed then target.provider:close() end
  end
  if self.state and not self.borrowed_state then self.state:close() end
  if self.lock then self.lock:release() end
end

-- An error object (a state that cannot be written) is a result; anything else is a defect and keeps its traceback.
local function trace(raised)
  if type(raised) == "table" then return raised end
  return debug.traceback(raised, 2)
end

-- A webhook that cannot be told is a warning: the run itself is over and done.
local function tell_webhook(self, result)
  if not self.settings then return end
  local told, err = webhook.after(self.settings, result)
  if not told then table.insert(result.warnings, err.message) end
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
--   answers          {[key] = "local"|"external"|table of members} for conflicts that wait
--   progress         function(phase, done, total, target)
--   consider         list of keys that are decided about even where nothing has changed
--   max_rounds       how often what the calendar answers "changed" to is planned again, 3 by default
--   trace_rules      each target's `rules.trace` becomes a list of { name, key, custom, answer }, one a call
--   examine          function(run) called once everything is decided, before anything is written; an error that it
--                    returns ends the run
--   board_object, state_object, providers   opened parts to use instead of making them; seed: bases missing from
--                    the state are made from calendarSync (see fmcal.sync.service)
-- @return result (see fmcal.sync.report); it never raises for what a user can cause
function run.sync(options)
  local self = new(options)
  local ok, result = xpcall(steps, trace, self, options)
  close(self)
  if not ok and type(result) ~= "table" then error(result, 0) end
  if not ok then result = report.failure(self, result, report.EXIT_SOME_FAILED) end
  tell_webhook(self, result)
  return result
end

return run
