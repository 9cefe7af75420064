-- What can be said of a rules file without a calendar: it loads, its answers are allowed, entries come back as they were,
-- every function is called, fast enough, and answers the same when it is asked again in another order.

local calendars = require "fmcal.trial.calendars"
local first_line = require "fmcal.util.first_line"
local inverse = require "fmcal.rules.inverse"
local json = require "fmcal.json"
local fields = require "fmcal.model.fields"
local shown = require "fmcal.util.shown"
local sorted_names = require "fmcal.util.sorted_names"
local time = require "fmcal.time"

local check = {}

local SLOW_MS = 10
-- What the functions get as the time, so that two calls see the same one.
local NOON = assert(time.parse("2027-02-15T12:00:00Z")).epoch

-- ---------------------------------------------------------------- the calls

-- What an edit on both sides would ask of an entry.
local function conflict_of(view, event)
  return {
    entry = view.raw, event = event, base = view.raw, local_time = NOON - 60, external_time = NOON,
    fields = { title = { ["local"] = view.version.title, external = view.version.title .. " (calendar)",
      base = view.version.title } },
  }
end

-- An event as if somebody else had made it.
local function external(event)
  local copy = {}
  for name, value in pairs(event) do copy[name] = value end
  copy.uid, copy.kanbanId, copy.team, copy.source = event.uid:gsub("@.*", "@example.org"), nil, nil, nil
  return copy
end

local CALLS = {
  { "select", function(rules, view) return rules:select(view.key, view.raw) end },
  { "route", function(rules, view) return rules:route(view.key, view.raw) end },
  { "to_event", function(rules, view) return rules:to_event(view.key, view.raw) end },
  { "to_entry", function(rules, view, event) return rules:to_entry(view.key, event, view.raw) end },
  { "on_conflict", function(rules, view, event) return rules:on_conflict(view.key, conflict_of(view, event)) end },
  { "on_deleted", function(rules, view) return rules:on_deleted(view.key, view.raw) end },
  { "adopt", function(rules, _, event) return rules:adopt(external(event)) end },
}

local function digest(answer)
  return json.digest { answer } or tostring(answer)
end

-- One call, noted: { ms, print (of the answer), failure (a sentence) }.
local function call(notes, target, name, fn, view, event)
  local began = time.monotonic_ms()
  local answer, sentence = fn(target.rules, view, event)
  notes[name] = { ms = time.monotonic_ms() - began, answer = answer, failure = answer == nil and sentence or nil }
  return answer
end

-- What is asked of an entry that has no event yet, also of the defaults.
local BEFORE_EVENT = { select = true, route = true, to_event = true }

-- Asks each function of the file about one entry, as a run would. @return {[name] = note}
local function ask(target, view)
  local notes, event, is_wanted = {}, nil, true
  for _, about in ipairs(CALLS) do
    local name, fn = table.unpack(about)
    local is_possible = is_wanted and (event or BEFORE_EVENT[name])
    if is_possible and (target.rules.functions[name] or BEFORE_EVENT[name]) then
      local answer = call(notes, target, name, fn, view, event)
      if name == "select" then is_wanted = answer end
      if name == "route" then is_wanted = target.rules:leads_here(answer) end
      if name == "to_event" and answer then
        event = answer
        event.uid = target:uid(view.key, view.sync, nil)
      end
    end
  end
  return notes, event
end

-- ---------------------------------------------------------------- findings

-- Once for all calendars.
local function add(report, finding)
  local said = ("%s %s"):format(finding.entry or "", finding.sentence)
  if not report.said[said] then table.insert(report.findings, finding) end
  report.said[said] = true
end

local function find_lost(report, target, view, event)
  local lost = inverse.lost(target, view, view.version, event) or {}
  for _, field in ipairs(view.fields) do
    local values = lost[field]
    if values then
      local member = fields.MEMBER[field]
      add(report, { kind = "lost", calendar = target.name, entry = view.key, member = member, before = values.before,
        after = values.after, sentence = target.rules:complaint(target.rules.functions.to_event and "to_event" or "to_entry",
          view.key, ("%s does not come back: %s becomes %s"):format(member, shown(values.before), shown(values.after))) })
    end
  end
end

local function find_failures(report, target, view, notes)
  for _, name in ipairs(sorted_names(notes)) do
    if notes[name].failure and target.rules.functions[name] then
      add(report, { kind = "failed", calendar = target.name, entry = view.key, ["function"] = name,
        sentence = first_line(notes[name].failure) })
    end
  end
end

local function find_uncalled(report, target, called)
  for _, name in ipairs(sorted_names(target.rules.functions)) do
    if not called[name] then
      add(report, { kind = "uncalled", ["function"] = name,
        sentence = ("%s: %s is never called: no entry is selected that leads to it"):format(target.rules:place(name), name) })
    end
  end
end

local function compare(report, target, key, name, first, second)
  if first.failure or second.failure or digest(first.answer) == digest(second.answer) then return end
  local before, after = first.answer, second.answer
  for _, member in ipairs(type(before) == "table" and type(after) == "table" and sorted_names(before) or {}) do
    if digest(before[member]) ~= digest(after[member]) then
      before, after = { [member] = before[member] }, { [member] = after[member] }
      break
    end
  end
  add(report, { kind = "unrepeatable", calendar = target.name, entry = key, ["function"] = name,
    sentence = target.rules:complaint(name, key, ("it answers %s, and %s when it is asked again: it must depend on nothing but "
      .. "its arguments"):format(shown(before), shown(after))) })
end

-- One of each function: the slowest. A call that was slow only once had to wait for something else.
local function note_slow(report, target, slowest)
  for _, name in ipairs(sorted_names(slowest)) do
    local slow = slowest[name]
    if slow.ms > SLOW_MS then
      report.warnings[#report.warnings + 1] = target.rules:complaint(name, slow.key,
        ("it takes %d ms, and is called for each entry that changes"):format(slow.ms))
    end
  end
end

-- ---------------------------------------------------------------- both passes

local function first_pass(report, target, views, called)
  local notes = {}
  for _, view in ipairs(views) do
    local about, event = ask(target, view)
    notes[view.key] = about
    for name in pairs(about) do called[name] = true end
    find_failures(report, target, view, about)
    if event then find_lost(report, target, view, event) end
  end
  return notes
end

-- In another process, from the last entry to the first.
local function second_pass(report, target, views, notes)
  local slowest = {}
  for i = #views, 1, -1 do
    local key, again = views[i].key, ask(target, views[i])
    for _, name in ipairs(sorted_names(again)) do
      local first = notes[key][name]
      if first and target.rules.functions[name] then
        compare(report, target, key, name, first, again[name])
        local ms = math.min(first.ms, again[name].ms)
        if not slowest[name] or ms > slowest[name].ms then slowest[name] = { ms = ms, key = key } end
      end
    end
  end
  note_slow(report, target, slowest)
end

--- Checks a rules file on the entries of a board.
-- @param opened fmcal.board
-- @param options { rules = path, config = path|nil }
-- @return { functions (list of names), entries (how many), findings (list of { kind, calendar, entry, member, before, after,
--   function, sentence }), warnings (list of sentences) }; kind is "lost", "failed", "uncalled" or "unrepeatable"; or nil and an
--   error: the file does not load
function check.board(opened, options)
  local asked = { rules = options.rules, config = options.config, clock = function() return NOON end }
  local first <close>, err = calendars.open(opened, asked)
  if not first then return nil, err end
  local second <close> = assert(calendars.open(opened, asked))
  local called, report = {}, { said = {}, findings = json.array {}, warnings = json.array {}, entries = 0,
    functions = json.array(sorted_names(first[1].rules.functions)) }
  for i, target in ipairs(first) do
    local views, unread = first:views(target)
    report.entries = math.max(report.entries, #views)
    if i == 1 then table.move(unread, 1, #unread, 1, report.warnings) end
    second_pass(report, second[i], views, first_pass(report, target, views, called))
  end
  find_uncalled(report, first[1], called)
  report.said = nil
  return report
end

return check
