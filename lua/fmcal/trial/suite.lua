-- A file of tests for rules: what its `t` offers, and running them one by one.

local did_you_mean = require "fmcal.util.did_you_mean"
local equal = require "fmcal.trial.equal"
local folder_of = require "fmcal.util.folder_of"
local json = require "fmcal.json"
local limits = require "fmcal.trial.limits"
local parts = require "fmcal.trial.parts"
local raised_text = require("fmcal.rules.said").raised
local reasons = require "fmcal.model.reasons"
local recording = require "fmcal.trial.recording"
local scene = require "fmcal.trial.scene"
local shown = require "fmcal.util.shown"
local snapshots = require "fmcal.trial.snapshots"
local time = require "fmcal.time"

local suite = {}

local SECONDS = 30

local Failure = { __name = "fmcal.trial.failure" }

-- ---------------------------------------------------------------- failing

local function is_failure(value)
  return getmetatable(value) == Failure
end

local function fail(sentence, details)
  error(setmetatable({ sentence = sentence, details = details or {} }, Failure), 0)
end

-- The function of the test file that is running, as the stack is now.
-- @return its line and its level as the caller sees it; nil where there is none
local function running_in(self)
  for level = 2, math.huge do
    local info = debug.getinfo(level, "Sl")
    if not info then return nil end
    if info.source == "@" .. self.path then return info.currentline, level - 1 end
  end
end

local function source_line(self, number)
  local at = 0
  for line in (self.text .. "\n"):gmatch("(.-)\r?\n") do
    at = at + 1
    if at == number then return line end
  end
  return nil
end

-- A method of a scene that is misspelt: what it may be.
local function suggestion(sentence)
  local method = sentence:match("^attempt to call a nil value %(method '([%w_]+)'%)$")
  return method and did_you_mean(method, scene.METHODS) or ""
end

-- A failure of what was raised. A place in the test file is said by its line, not in the sentence.
local function failure_of(self, raised)
  if is_failure(raised) then return raised end
  local sentence = type(raised) == "table" and raised.message or raised_text(raised)
  local place = self.path .. ":"
  local line, rest
  if sentence:sub(1, #place) == place then line, rest = sentence:match("^(%d+): (.*)$", #place + 1) end
  sentence = rest or sentence
  return setmetatable({ sentence = sentence .. suggestion(sentence), details = {}, line = math.tointeger(line) }, Failure)
end

-- A message handler: what was raised, with the line of the test.
local function described(self)
  return function(raised)
    if type(raised) == "table" and raised.code == "canceled" then return raised end
    local failure = failure_of(self, raised)
    local line, level = running_in(self)
    failure.line = failure.line or line
    local text = level and failure.line == line and source_line(self, line)
    failure.values = text and parts.under(text:match("^%s*(.-)%s*$"), parts.variables_at(level, self.globals))
    return failure
  end
end

local function value_text(value)
  if type(value) ~= "table" then return shown(value) end
  return json.encode(value, { sort = true }) or tostring(value)
end

-- A difference as lines: long values below each other.
local function difference_lines(found)
  local lines = {}
  for _, one in ipairs(found) do
    local head = one.path ~= "" and one.path .. ": " or ""
    lines[#lines + 1] = ("%sexpected %s"):format(head, value_text(one.expected))
    lines[#lines + 1] = ("%sgot      %s"):format((" "):rep(#head), value_text(one.actual))
  end
  return lines
end

-- ---------------------------------------------------------------- t

-- What the functions of `t` do; each gets the suite first.
local API = {}

local function beside(self, path)
  local folder = folder_of(self.path)
  if path:sub(1, 1) == "/" or folder == "." then return path end
  return folder .. "/" .. path
end

local function check_type(value, wanted, what)
  if type(value) ~= wanted then error(("%s must be a %s, not a %s"):format(what, wanted, type(value)), 4) end
end

local function add(self, name, fn, more)
  check_type(name, "string", "the name of a test")
  if fn ~= nil then check_type(fn, "function", "what a test does") end
  local test = more or {}
  test.name, test.fn = name, fn
  if self.running then error("tests are not made inside a test", 3) end
  self.tests[#self.tests + 1] = test
  test.line = running_in(self)
end

--- The rules file that the tests are of, relative to the test file.
function API.rules(self, path)
  check_type(path, "string", "the rules file")
  self.rules = beside(self, path)
end

--- Members of the scenes' board: team, calendarConfig, …
function API.board(self, members)
  check_type(members, "table", "the board")
  self.board = members
end

function API.test(self, name, fn)
  add(self, name, fn or error("a test needs a function", 3))
end

function API.cases(self, name, cases, fn)
  check_type(cases, "table", "the list of cases")
  for i, case in ipairs(cases) do
    if case.expect == nil then error(("case %d of %q says nothing in `expect`"):format(i, name), 3) end
    add(self, ("%s: %s"):format(name, case.name or i), function(s)
      local found = equal.differences(case.expect, fn(s, case.given), true)
      if #found > 0 then fail("the answer is not as expected", difference_lines(found)) end
    end)
  end
end

function API.snapshot(self, name, fn)
  add(self, name, function(s)
    self:compare(name, fn(s))
  end)
end

-- What a run on a recording did and left behind, without what only says when that was.
local function played(s)
  local result, value = s:sync(), { entries = {}, events = {} }
  for i, entry in ipairs(result.entries) do
    value.entries[i] = { key = entry.key, calendar = entry.calendar, reason = entry.reason, decided_by = entry.decided_by
      and entry.decided_by:gsub(" %(.*", "") }
  end
  value.exit = result.exit
  for i, event in ipairs(s:events()) do
    event.lastModified = nil
    value.events[i] = event
  end
  return value
end

--- Plays a recording: a scene with its board and events. Without a function, what a sync makes of them is kept as a snapshot.
function API.recording(self, path, fn)
  check_type(path, "string", "the recording")
  local content, sentence = recording.read(beside(self, path))
  if not content then error(sentence, 3) end
  local name = "recording " .. path
  add(self, name, function(s)
    if fn then return fn(s) end
    self:compare(name, played(s))
  end, { recording = content })
end

function API.equal(_, actual, expected, message)
  local found = equal.differences(expected, actual)
  if #found > 0 then fail(message or "the values differ", difference_lines(found)) end
end

local function known_reason(name)
  local list = {}
  for i, reason in ipairs(reasons.LIST) do
    if reason.name == name then return end
    list[i] = reason.name
  end
  error(("there is no reason %q%s"):format(tostring(name), did_you_mean(tostring(name), list)), 4)
end

local function begins(text, start)
  return start == nil or type(text) == "string" and text:sub(1, #start) == start
end

--- That the last run did something to an entry for a reason, and who decided so: as far as it is said, from the left.
function API.reason(self, key, reason, decided_by)
  known_reason(reason)
  local lines = {}
  for _, entry in ipairs(self.scene:last_run().entries) do
    if entry.key == key then
      if entry.reason == reason and begins(entry.decided_by, decided_by) then return end
      lines[#lines + 1] = ("got      %s, decided by %s"):format(entry.reason, entry.decided_by or "nobody")
    end
  end
  table.insert(lines, 1, ("expected %s%s"):format(reason, decided_by and ", decided by " .. decided_by or ""))
  if #lines == 1 then lines[2] = "got      nothing: the last run did nothing to this entry" end
  fail(("the reason of %s"):format(tostring(key)), lines)
end

-- The table that a test file gets.
local function table_of(self)
  local t = { none = scene.NONE }
  for name, fn in pairs(API) do
    t[name] = function(...) return fn(self, ...) end
  end
  return setmetatable(t, { __index = function(_, name)
    local names = { "none" }
    for known in pairs(API) do names[#names + 1] = known end
    table.sort(names)
    error(("t has no '%s'%s"):format(tostring(name), did_you_mean(tostring(name), names)), 2)
  end })
end

-- ---------------------------------------------------------------- running

local Suite = {}
Suite.__index = Suite

--- Reads a file of tests.
-- @param path of it
-- @param text of it
-- @param options { coverage (see fmcal.trial.coverage) or nil, update = boolean: snapshots are taken anew,
--   seconds that a test has, 30 by default, calendars (see fmcal.trial.scene) }
-- @return suite, or nil and a sentence
function suite.load(path, text, options)
  local self = setmetatable({ path = path, text = text, options = options, tests = {} }, Suite)
  self.globals = setmetatable({ coroutine = limits.coroutine }, { __index = _G })
  local chunk, syntax = load(text, "@" .. path, "t", self.globals)
  if not chunk then return nil, syntax end
  local sentence
  self.snapshots, sentence = snapshots.open(path, options.update)
  if not self.snapshots then return nil, sentence end
  local ok, failure = limits.call(options.seconds or SECONDS, nil, described(self), chunk, table_of(self))
  if ok then return self end
  if failure.code == "canceled" then error(failure, 0) end
  return nil, failure.line and ("line %d: %s"):format(failure.line, failure.sentence) or failure.sentence
end

--- Compares a value with the snapshot of a name; fails where they differ.
function Suite:compare(name, value)
  local sentence, found = self.snapshots:compare(name, value)
  if sentence then fail(sentence, found and difference_lines(found)) end
end

local function run(self, test)
  local coverage = self.options.coverage
  local played_content = test.recording
  self.scene = scene.new { rules = self.rules, board = played_content and played_content.board or self.board,
    in_process = coverage ~= nil, calendars = self.options.calendars,
    resolve = function(path) return beside(self, path) end }
  for name, events in pairs(played_content and played_content.calendars or {}) do self.scene:fill(name, events) end
  local on_line = coverage and coverage:hook(self.rules)
  self.running = test
  local ok, failure = limits.call(self.options.seconds or SECONDS, on_line, described(self), test.fn, self.scene)
  self.running = nil
  self.scene:close()
  return ok, failure
end

--- Runs one test.
-- @return { name, line, ms, failure = nil or { sentence, details (lines), line, source, values (see fmcal.trial.parts) } }
function Suite:run(test)
  local began = time.monotonic_ms()
  local made, ok, failure = xpcall(run, described(self), self, test)
  if not made then ok, failure = false, ok end
  self.running = nil
  if not ok and failure.code == "canceled" then error(failure, 0) end
  local result = { name = test.name, line = test.line, ms = time.monotonic_ms() - began }
  if not ok then
    local line = failure.line or test.line
    result.failure = { sentence = failure.sentence:match("^[^\n]*"), details = failure.details, line = line,
      source = source_line(self, line), values = failure.values or {} }
  end
  return result
end

--- Keeps the snapshots that were taken anew. @param is_whole whether all tests were run. @return true, or nil and a sentence
function Suite:finish(is_whole)
  return self.snapshots:save(is_whole)
end

return suite
