-- What a change of the rules would do to a board, before it does it: the events of all entries under both files, and what
-- the next run would decide under each.

local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local calendars = require "fmcal.trial.calendars"
local config = require "fmcal.config"
local equal = require "fmcal.trial.equal"
local exits = require "fmcal.exits"
local first_line = require "fmcal.util.first_line"
local json = require "fmcal.json"
local last_copy = require "fmcal.trial.last_copy"
local run = require "fmcal.sync.run"
local scene_calendar = require "fmcal.trial.scene_calendar"
local state = require "fmcal.state"

local difference = {}

-- ---------------------------------------------------------------- events

-- The event of each entry: {[key] = { event = table|nil, failure = sentence|nil }}, and the keys in order.
local function events_of(mapped, target)
  local found, keys = {}, {}
  for i, view in ipairs((mapped:views(target))) do
    local event, sentence = mapped:event(target, view)
    keys[i], found[view.key] = view.key, { event = event, failure = sentence and first_line(sentence) }
  end
  return found, keys
end

local function changed_members(old, new)
  local members, seen = json.array {}, {}
  for _, found in ipairs(equal.differences(old, new)) do
    local name = found.path:match("^[^.%[]+")
    if not seen[name] then members[#members + 1] = { member = name, old = old[name], new = new[name] } end
    seen[name] = true
  end
  return members
end

-- What becomes of one entry, or nil.
local function change_of(old, new)
  if old.failure ~= new.failure and (new.failure or old.failure) then
    return { change = new.failure and "fails" or "mended", sentence = new.failure or old.failure }
  end
  if not old.event and not new.event then return nil end
  if not old.event then return { change = "comes", event = new.event } end
  if not new.event then return { change = "goes", event = old.event } end
  local members = changed_members(old.event, new.event)
  return #members > 0 and { change = "differs", members = members } or nil
end

local function add_events(list, old, new)
  for i, target in ipairs(old) do
    local before, keys = events_of(old, target)
    local after = events_of(new, new[i])
    for _, key in ipairs(keys) do
      local change = change_of(before[key], after[key] or {})
      if change then
        change.entry, change.calendar = key, target.name
        list[#list + 1] = change
      end
    end
  end
end

-- ---------------------------------------------------------------- decisions

-- What a run would decide, apart from what the mapping alone says: {[calendar and key] = { reason, decided_by, …}}.
local DECIDED = { conflict_settled = true, conflict_waits = true, adopted = true, cleared = true, recreated = true,
  kept_deleted = true, pulled = true, merged = true, rule_failed = true }

local function decisions_of(opened, rules, options, opened_state, providers)
  local result = run.sync { board_object = opened, state_object = opened_state, providers = providers, rules = rules,
    config = options.config, dry_run = true, clock = options.clock }
  if result.exit == exits.USAGE or result.exit == exits.UNREACHABLE then return nil, result end
  local found, keys = {}, {}
  for _, entry in ipairs(result.entries or {}) do
    if DECIDED[entry.reason] then
      local at = entry.calendar and entry.calendar .. "\0" .. entry.key or entry.key
      local winner
      for _, settled in ipairs(result.settled or {}) do
        if settled.key == entry.key then winner = settled.winner end
      end
      found[at] = { entry = entry.key, calendar = entry.calendar, reason = entry.reason, decided_by = entry.decided_by,
        winner = winner }
      keys[#keys + 1] = at
    end
  end
  return found, keys
end

-- Where a rule stands in its file is no difference.
local function is_same(old, new)
  if not old or not new then return old == new end
  local function of(decision) return decision.decided_by and decision.decided_by:gsub(" %(.*", "") end
  return old.reason == new.reason and old.winner == new.winner and of(old) == of(new)
end

local function add_decisions(list, old, old_keys, new, new_keys)
  local keys, seen = {}, {}
  for _, some in ipairs { old_keys, new_keys } do
    for _, key in ipairs(some) do
      if not seen[key] then keys[#keys + 1], seen[key] = key, true end
    end
  end
  for _, key in ipairs(keys) do
    if not is_same(old[key], new[key]) then
      local about = new[key] or old[key]
      list[#list + 1] = { entry = about.entry, calendar = about.calendar, old = old[key], new = new[key] }
    end
  end
end

-- ---------------------------------------------------------------- both

-- The state of the last run, to be looked at; an empty one where there was none.
local function state_of(opened, options)
  if options.events then return assert(state.open(":memory:")) end
  local team = opened:member("team")
  if type(team) == "string" and state.exists(board_state.path(opened:path(), team, options.state)) then
    local there = board_state.open(opened:path(), team, options.state, { read_only = true })
    if there then return there end
  end
  return assert(state.open(":memory:"))
end

-- A calendar with the events of a recording.
local function recorded(name, events)
  local calendar = scene_calendar.new(nil, name, scene_calendar.in_memory(name))
  for _, event in ipairs(events or {}) do calendar:put(event) end
  return calendar.provider
end

local function providers_of(opened, rules, options, opened_state)
  if options.fetch then return nil end
  local settings, err = config.load(opened, { rules = rules, config = options.config })
  if not settings then return nil, err end
  local providers = {}
  for _, spec in ipairs(settings.targets) do
    local events = options.events and recorded(spec.name, options.events[spec.name])
    providers[spec.name] = events or last_copy.new(spec.provider, assert(opened_state:target(spec.name)))
  end
  return providers
end

-- The board is opened anew: a run makes edits to it, though a dry one saves none.
local function decided(path, rules, options)
  local opened, err = board.open(path)
  if not opened then return nil, err end
  local opened_state <close> = state_of(opened, options)
  local providers
  providers, err = providers_of(opened, rules, options, opened_state)
  if err then return nil, err end
  return decisions_of(opened, rules, options, opened_state, providers)
end

--- Compares two rules files on a board.
-- @param path of the board
-- @param old, new paths, or what fmcal.rules.sources has read
-- @param options { config, state, fetch = boolean: ask the calendars, events = of a recording: {[calendar] = list} }
-- @return { events = list of { entry, calendar, change = "comes"|"goes"|"differs"|"fails"|"mended", members, event, sentence },
--   decisions = list of { entry, calendar, old, new } }, or nil and an error
function difference.of(path, old, new, options)
  local opened, err = board.open(path)
  if not opened then return nil, err end
  local before <close>, wrong = calendars.open(opened, { rules = old, config = options.config })
  if not before then return nil, wrong end
  local after <close>, wrong_too = calendars.open(opened, { rules = new, config = options.config })
  if not after then return nil, wrong_too end
  local found = { events = json.array {}, decisions = json.array {} }
  add_events(found.events, before, after)
  if next(config.section(opened) or {}) == nil and not options.config then return found end
  local was, was_keys = decided(path, old, options)
  if not was then return nil, was_keys end
  local is, is_keys = decided(path, new, options)
  if not is then return nil, is_keys end
  add_decisions(found.decisions, was, was_keys, is, is_keys)
  return found
end

return difference
