-- Plans one key of a run: gathers base, entry and event for each calendar, asks the rules, calls the planner.

local aside = require "fmcal.sync.decide.aside"
local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local calendar_sync = require "fmcal.model.calendar_sync"
local defaults = require "fmcal.rules.defaults"
local entries = require "fmcal.model.entry"
local given_answers = require "fmcal.sync.decide.answers"
local fields = require "fmcal.model.fields"
local journal = require "fmcal.place.journal"
local inverse = require "fmcal.rules.inverse"
local json = require "fmcal.json"
local left_out = require "fmcal.model.left_out"
local names = require "fmcal.names"
local plan = require "fmcal.sync.decide.plan"
local rewind = require "fmcal.model.rewind"
local texts = require "fmcal.model.texts"
local time = require "fmcal.time"

local decide = {}

-- Sentences travel out of the planner as errors of this shape.
local function raise(sentence)
  error({ sentence = sentence }, 0)
end

local function need(value, sentence)
  if value == nil then raise(sentence) end
  return value
end

-- When the event was edited, or nil. Of an edit whose time nobody knows it is known that it was made before this run.
local function time_there(remote, local_time)
  if remote.time or not local_time or local_time <= remote.read_at then return remote.time end
  return remote.read_at
end

-- A conflict in the board's vocabulary, as rules and people see it.
local function spelled(view, conflict, remote, known)
  local shown = { entry = view.raw, event = remote.event, fields = {}, local_time = conflict.local_time,
    external_time = time_there(remote, conflict.local_time) }
  shown.base = known and entries.with_version(view, known.l) or nil
  for field, sides in pairs(conflict.fields) do
    local member = {}
    for _, side in ipairs { "local", "external", "base" } do
      if sides[side] ~= nil then
        local version = side == "local" and view.version or side == "external" and remote.version or known.l
        local copy = fields.copy(version)
        copy[field] = sides[side]
        local value = fields.spell(field, copy, view.style)
        member[side] = value ~= json.null and value or nil
      end
    end
    shown.fields[fields.MEMBER[field]] = member
  end
  return shown
end

-- The answer for each field out of one answer for the whole conflict.
local function spread(answer, conflict, view, zone)
  local answers = {}
  if type(answer) ~= "table" then
    for field in pairs(conflict.fields) do answers[field] = answer end
    return answers
  end
  local version, sentence = given_answers.version(view.raw, answer, zone)
  if not version then raise(("the merged fields of %s: %s"):format(view.key, sentence)) end
  for field in pairs(conflict.fields) do
    local given = answer[fields.MEMBER[field]] ~= nil or (field == "zone" and answer.dueDate ~= nil)
    answers[field] = given and { value = version[field] } or "manual"
  end
  return answers
end

-- Fields that were decided at different times (another calendar's edit) are asked about one by one.
local function times_differ(conflict)
  for _, sides in pairs(conflict.fields) do
    if sides.local_time ~= conflict.local_time then return true end
  end
  return false
end

local function ask(target, view, conflict, remote, known)
  local answer, sentence = target.rules:on_conflict(view.key, spelled(view, conflict, remote, known))
  return need(answer, sentence)
end

-- Who answers when a conflict is decided by itself.
local function decider(target)
  local place = target.rules:place("on_conflict")
  if place then return ("rule:on_conflict (%s)"):format(place:match("[^/]*$")) end
  return "strategy:" .. defaults.strategy(target.options)
end

local function resolver(target, view, remote, known, forced)
  return function(conflict)
    if forced ~= nil then return spread(forced, conflict, view, target.options.timeZone), "person" end
    local decided_by = decider(target)
    if not times_differ(conflict) then
      return spread(ask(target, view, conflict, remote, known), conflict, view, target.options.timeZone), decided_by
    end
    local answers = {}
    for field, sides in pairs(conflict.fields) do
      local single = { fields = { [field] = sides }, local_time = sides.local_time }
      local answer = ask(target, view, single, remote, known)
      answers[field] = spread(answer, single, view, target.options.timeZone)[field]
    end
    return answers, decided_by
  end
end

local function policy_for(target, view, remote, known, options)
  return {
    fields = view.fields,
    direction = options.direction,
    careful = view.entry.kind == "court-date",
    adopted = options.adopted,
    decided = given_answers.fields(options.answer),
    resolve = resolver(target, view, remote, known, options.answer),
    on_deleted = function() return need(target.rules:on_deleted(view.key, view.raw)) end,
  }
end

-- An entry whose state was lost says in its calendarSync that its event was deleted on purpose.
local function mark_restored(target, view)
  local sync = calendar_sync.own(view.sync, target)
  if target.bound ~= "new" or not sync or sync.syncStatus ~= "deleted" then return nil end
  if sync.provider ~= target.spec.provider then return nil end
  local doc = base.of(view.version, view.version)
  doc.deleted = true
  return doc
end

-- Without a stored base, calendarSync still tells which side was edited since: the calendar where its time of
-- change is not the one noted, else the entry.
local function seeded(target, view, remote)
  local sync = calendar_sync.own(view.sync, target)
  local said = sync and sync.lastModifiedExternal
  if not remote or type(said) ~= "string" then return nil end
  local noted = time.parse(said)
  local unchanged_there = noted and remote.stamp and remote.stamp <= noted.epoch
  local agreed = unchanged_there and remote.version or view.version
  return base.of(agreed, agreed)
end

-- A gone entry needs only its kind of fields to compare what was with what is.
local function kind_fields(key)
  return names.is_court_date(key) and fields.COURT_DATE or fields.ALL
end

-- Where both sides have not met, texts that are as a team's rules write them say what the entry says.
local function hold_written(target, view, remote)
  if not target.rules.functions.to_event or not view.version.date then return end
  local event, sentence = target.rules:to_event(view.key, view.raw)
  texts.hold_written(remote, need(event, sentence), view.version)
end

-- How an event reads depends on how its entry spells dates now; that it is the one both sides agreed on does not.
local function is_as_agreed(target, known, remote)
  return known and base.is_of(known, target:content_hash(remote.event))
end

-- So a date in an event that nobody touched says what it said.
local function hold_date(target, known, remote)
  if not is_as_agreed(target, known, remote) then return end
  for _, field in ipairs(fields.OF_DATE) do remote.version[field] = known.r[field] end
end

-- Some programs leave the stamp of an event as it was when they edit it: then nobody knows when that was.
local function doubt_time(remote, agreed_stamp)
  if agreed_stamp and agreed_stamp == remote.stamp then remote.time = nil end
end

local function side_of_entry(run, target, view, row)
  local uid = target:uid(view.key, view.sync, row)
  local remote, tomb, sentence = target:remote(view.key, view.raw, row, uid)
  if sentence then raise(sentence) end
  local known = base.agreed(journal.base(target, view, base.agreed(row and row.base), remote))
  if not known then row = base.row_without(row) end
  local start = rewind.base(attempt.found(run.state:replaced(view.key)), view, target.name, known)
  local rewound = start ~= known
  if remote then
    remote.read_at = time.parse(run.now).epoch
    left_out.fill(remote, start and start.r, start and start.open, view.version)
  end
  if remote and known and not rewound then
    texts.hold(remote, known)
    hold_date(target, known, remote)
    doubt_time(remote, known.stamp)
  end
  if not start and not remote then start = mark_restored(target, view) end
  if not start and remote and target.adopted[view.key] then start = base.of(view.version, remote.version) end
  if not start and remote then hold_written(target, view, remote) end
  if not start and run.seed then start = seeded(target, view, remote) end
  return { target = target, row = row, base = start, remote = remote, tomb = tomb, uid = uid, rewound = rewound,
    observed = true }
end

-- What the event of an entry that is gone says cannot be mapped without the entry: it was edited where it is not
-- the event that the base was made from, or where an edit of it waits since then.
local function side_of_gone(target, key, row)
  local known, uid = base.agreed(row and row.base), target:uid(key, nil, row)
  local side = { target = target, row = row, base = known, uid = uid, observed = true }
  local at = target:event_row(uid, row and row.href)
  if not at then return side end
  local event, sentence = target:read_of_gone(key, at)
  if not event then raise(sentence) end
  if event.deleted then return side end
  local content = target:content_hash(event)
  known = journal.base_of_gone(target, key, known, content)
  side.base = known
  side.remote = { version = known and known.r or {}, edited = not base.is_of(known, content), event = event, row = at }
  return side
end

local function side_of(run, target, key, view)
  local row = target:base(key)
  if view then return side_of_entry(run, target, view, row) end
  return side_of_gone(target, key, row)
end

local function selects(target, view)
  if not view then return false end
  return need(target.rules:select(view.key, view.raw))
end

local function policy_of_gone(target, key, uid)
  return { fields = kind_fields(key), direction = target.direction, adopted = target:is_foreign(uid) }
end

-- An event that a run which died has deleted was not deleted by somebody: an entry that wants it again gets a new one.
local function is_wanted_again(side, view)
  local wanted = view and side.selected and view.version.date
  return wanted and not side.remote and journal.deleted(side.target, view.key)
end

-- What would not come back from the calendar as it goes there is not pulled.
local function refuse_growth(view, sides, planned)
  for i, action in ipairs(view and planned.actions or {}) do
    local pulled, side = action.step.pulled, sides[i]
    local sentence = next(pulled) and side.remote
      and inverse.refusal(side.target, view, pulled, side.remote, planned.cur.version)
    if sentence then raise(sentence) end
  end
end

local function plan_sides(run, decision, answer)
  local view, sides, policies = decision.view, decision.sides, {}
  for i, target in ipairs(run.targets) do
    sides[i] = side_of(run, target, decision.key, view)
    sides[i].selected = selects(target, view)
    if is_wanted_again(sides[i], view) then sides[i].base, sides[i].row = nil, base.row_without(sides[i].row) end
    decision.rewound = decision.rewound or sides[i].rewound
    decision.adopted = decision.adopted or target.adopted[decision.key] ~= nil
    local unwanted = view and not (sides[i].selected and view.version.date)
    local remote = unwanted and sides[i].remote
    if remote and is_as_agreed(target, sides[i].base, remote) then remote.edited = false end
    policies[i] = view and policy_for(target, view, sides[i].remote, sides[i].base,
      { direction = target.direction, answer = answer, adopted = target:is_foreign(sides[i].uid) })
      or policy_of_gone(target, decision.key, sides[i].uid)
  end
  local ours = sides[1] and sides[1].row and sides[1].row.base and sides[1].row.base.lm
  local cur = entries.current(view, ours, run.board_time)
  decision.plan = plan.entry(cur, sides, policies)
  refuse_growth(view, sides, decision.plan)
  for i, action in ipairs(view and decision.plan.actions or {}) do
    for _, text in ipairs(aside.texts(view, sides[i])) do table.insert(action.step.lost, text) end
  end
end

-- An entry that failed fails in each of its calendars, also where no side was looked at any more. What its event says
-- is not known; `tomb` only lets it count as seen.
local function bare_sides(run, decision)
  for i, target in ipairs(run.targets) do
    if not decision.sides[i] then
      local row = target:base(decision.key)
      local event, tomb = target:event_row(target:uid(decision.key), row and row.href)
      decision.sides[i] = { target = target, row = row, tomb = event or tomb }
    end
  end
end

-- What is left alone because it is not understood is said, once a run.
local function warn_of_unknown_dates(run, decision)
  for _, side in ipairs(decision.sides) do
    local why = side.remote and side.remote.unknown
    local sentence = why and ("%s: the date of its event in %s is left alone, and not taken from there: %s. "
      .. "Choose another zone in the calendar"):format(decision.key, side.target.name, why)
    if sentence and not run.warned[sentence] then
      run.warned[sentence] = true
      table.insert(run.settings.warnings, sentence)
    end
  end
end

--- Decides about one key.
-- @param run the run (board, state, targets, direction, board_time)
-- @param key string
-- @param pristine view|nil of the entry as it was before this run touched it (on a second round)
-- @return decision { key, view, sides, plan } or { key, view, sides, error = sentence }
function decide.key(run, key, pristine)
  local decision = { key = key, sides = {} }
  local entry = attempt.found(run.board:entry(key))
  local zone = run.settings.options.timeZone
  if entry then
    local view, sentence = entries.view(entry, zone)
    decision.view = pristine or view
    if not decision.view then
      decision.entry, decision.error = entry, sentence
      bare_sides(run, decision)
      return decision
    end
  end
  local _, raised, reads_clock = run.targets[1].rules:watching_clock(function()
    local ok, problem = attempt.pcall(plan_sides, run, decision, run.answers and run.answers[key])
    if not ok then return nil, problem end
    return true
  end)
  decision.reads_clock = reads_clock
  warn_of_unknown_dates(run, decision)
  if type(raised) == "table" and raised.sentence then
    decision.error, decision.plan = raised.sentence, nil
    bare_sides(run, decision)
  elseif raised then
    error(raised, 0)
  end
  return decision
end

return decide
