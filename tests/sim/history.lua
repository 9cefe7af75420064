-- Scripts of random histories: what people, programs and the network do to a board and its calendar.
--
-- A script is a table that can be printed and run again:
--   options   syncOptions;  server  settings of the mock server;  default_zone
--   steps     list of { op, … }, see `makers`; a step that does not apply is passed over
local history = {}

local FIELDS = { "title", "title", "description", "dueDate", "dueDate", "tags", "priority" }
local KEYS = { "X-1", "X-2", "X-3", "X-4", "S-1", "E-1" }
local EVENT_KEYS = { "X-1", "X-2", "X-3", "X-4", "S-1", "E-1", "E-1.court-date" }

local function any(random, list)
  return list[random(#list)]
end

-- Every value is found again by the token in it; a day is its own token.
local function day(counter)
  local month_days = 28
  return ("20%02d-%02d-%02d"):format(30 + counter // (12 * month_days), counter // month_days % 12 + 1, counter % month_days + 1)
end

local SPELLINGS = {
  function(date) return date end,
  function(date) return date end,
  function(date) return date .. "T12:00:00Z" end,
  function(date) return date .. "T12:00:00" end,
  function(date) return date .. "T12:00:00+02:00" end,
}

local function value_of(self, field, in_event)
  self.counter = self.counter + 1
  local token = ("t%d"):format(self.counter)
  if field == "dueDate" then
    local spelled = any(self.random, SPELLINGS)(day(self.counter))
    return in_event and spelled:gsub("%+02:00$", "Z") or spelled
  end
  if field == "tags" then return { token, any(self.random, { "legal", "filing" }) } end
  if field == "priority" then return any(self.random, { "high", "medium", "low" }) end
  return token .. any(self.random, { "", " > x", " [X]", ", ; \\", "\nsecond line", " 🎉" })
end

local FAULTS = {
  { kind = "lost", on = "create" }, { kind = "lost", on = "update" }, { kind = "lost", on = "delete" },
  { kind = "lost", on = "write" }, { kind = "stale", on = "update" }, { kind = "stale", on = "delete" },
  { kind = "network", on = "write" }, { kind = "timeout", on = "write" }, { kind = "throttle", on = "write" },
  { kind = "server", on = "write" }, { kind = "server", on = "fetch" }, { kind = "network", on = "read" },
  { kind = "refuse", on = "create" }, { kind = "refuse", on = "update" }, { kind = "refuse", on = "delete" },
  { kind = "expired", on = "changes" }, { kind = "truncate", on = "changes" }, { kind = "network", on = "changes" },
  { kind = "gone", on = "changes" }, { kind = "gone", on = "write" }, { kind = "auth", on = "open" },
  { kind = "network", on = "fetch" },
}

local makers = {}

function makers.board(self)
  local field = any(self.random, FIELDS)
  return { op = "board", key = any(self.random, KEYS), field = field, value = value_of(self, field) }
end

function makers.event(self)
  local field = any(self.random, FIELDS)
  return { op = "event", key = any(self.random, EVENT_KEYS), field = field, value = value_of(self, field, true) }
end

-- Both sides at once, often in the same field.
function makers.clash(self)
  local key, field = any(self.random, KEYS), any(self.random, FIELDS)
  local theirs = self.random(4) == 1 and any(self.random, FIELDS) or field
  local value = value_of(self, field)
  return { op = "board", key = key, field = field, value = value },
    { op = "event", key = key, field = theirs, value = value_of(self, theirs, true) }
end

function makers.court(self)
  self.counter = self.counter + 1
  return { op = "court", key = "E-1", value = day(self.counter) }
end

function makers.fault(self)
  local fault = any(self.random, FAULTS)
  return { op = "fault", kind = fault.kind, on = fault.on, at = self.random(3), times = self.random(2) }
end

local function plain(op, keys)
  return function(self) return { op = op, key = any(self.random, keys) } end
end

makers.clear = plain("clear", KEYS)
makers.remove = plain("remove", { "X-1", "X-2", "X-3", "S-1" })
makers.archive = plain("archive", { "X-1", "X-2", "X-3", "X-4" })
makers.unarchive = plain("unarchive", { "X-1", "X-2", "X-3", "X-4" })
makers.delete = plain("delete", EVENT_KEYS)
makers.add = function(self)
  return { op = "add", key = any(self.random, { "X-1", "X-2", "X-3", "X-5" }), title = value_of(self, "title"),
    due = value_of(self, "dueDate") }
end
makers.foreign = function(self)
  return { op = "foreign", key = "F-" .. self.random(2), title = value_of(self, "title") }
end
makers.lose_state = function() return { op = "lose_state" } end
makers.stale = function(self)
  return { op = "stale", key = any(self.random, KEYS), value = value_of(self, "title") }
end
makers.resolve = function(self)
  return { op = "resolve", key = any(self.random, EVENT_KEYS), answer = any(self.random, { "local", "external" }) }
end

local EDITS = { "board", "board", "event", "event", "event", "clash", "clash", "court", "clear", "remove", "add", "archive",
  "unarchive", "delete", "foreign" }
local EVENTS = { "fault", "fault", "fault", "fault", "stale", "stale", "resolve", "resolve", "lose_state" }
local MEANWHILE = { "board", "event", "clear", "remove", "delete", "add" }

local function sync(self)
  local step = { op = "sync", direction = any(self.random, { "both", "both", "both", "both", "outbound", "inbound" }) }
  local trouble = self.random(6)
  if trouble == 1 then
    step.crash_at = self.random(12)
  elseif trouble <= 3 then
    step.meanwhile, step.meanwhile_at = (makers[any(self.random, MEANWHILE)](self)), self.random(12)
  end
  return step
end

local function add(steps, ...)
  for _, step in ipairs { ... } do steps[#steps + 1] = step end
end

--- The script of a seed.
function history.generate(seed)
  math.randomseed(seed)
  local random = math.random
  local self = { random = random, counter = 50 }
  local script = {
    options = {
      conflictResolution = any(random, { "last-write-wins", "local-wins", "external-wins", "manual" }),
      onEventDeleted = any(random, { "clear-due-date", "recreate", "keep" }),
      timeZone = any(random, { false, "Europe/Rome", "America/Los_Angeles" }) or nil,
    },
    server = { page_size = any(random, { 0, 0, 2 }), max_token_age = any(random, { 0, 0, 5 }), tokens = random(5) > 1,
      etag_on_write = random(4) > 1, drop = random(5) == 1 and "X-EPIC-ID" or nil, reverse = random(5) == 1 },
    steps = {},
  }
  for _ = 1, random(3, 6) do
    for _ = 1, random(4) do add(script.steps, makers[any(random, EDITS)](self)) end
    if random(3) == 1 then add(script.steps, makers[any(random, EVENTS)](self)) end
    add(script.steps, sync(self))
  end
  return script
end

-- ---------------------------------------------------------------- smaller scripts

local function without(steps, from, count)
  local rest = {}
  for i, step in ipairs(steps) do
    if i < from or i >= from + count then rest[#rest + 1] = step end
  end
  return rest
end

local function simpler(step)
  if step.op ~= "sync" then return nil end
  if step.direction ~= "both" then
    return { op = "sync", direction = "both", crash_at = step.crash_at, meanwhile = step.meanwhile,
      meanwhile_at = step.meanwhile_at }
  end
  if step.crash_at or step.meanwhile then return { op = "sync", direction = "both" } end
  return nil
end

--- The smallest script found that still fails.
-- @param fails function(script) -> whether it fails
function history.shrink(script, fails)
  local best = script
  local function try(steps)
    local candidate = { options = best.options, server = best.server, steps = steps }
    if not fails(candidate) then return false end
    best = candidate
    return true
  end
  local size = #best.steps // 2
  while size >= 1 do
    local from = 1
    while from <= #best.steps do
      if not try(without(best.steps, from, size)) then from = from + size end
    end
    size = size // 2
  end
  for i = 1, #best.steps do
    local other = simpler(best.steps[i])
    if other then
      local steps = { table.unpack(best.steps) }
      steps[i] = other
      try(steps)
    end
  end
  return best
end

-- ---------------------------------------------------------------- printing

local function literal(value)
  if type(value) == "string" then return ("%q"):format(value):gsub("\\\n", "\\n") end
  if type(value) ~= "table" then return tostring(value) end
  local parts, names = {}, {}
  for i, member in ipairs(value) do parts[i] = literal(member) end
  for name in pairs(value) do if type(name) == "string" then names[#names + 1] = name end end
  table.sort(names)
  for _, name in ipairs(names) do parts[#parts + 1] = name .. " = " .. literal(value[name]) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- A script as Lua text, one step a line.
function history.print(script)
  local lines = { "return { options = " .. literal(script.options) .. ",", "  server = " .. literal(script.server) .. ",",
    "  steps = {" }
  for _, step in ipairs(script.steps) do lines[#lines + 1] = "    " .. literal(step) .. "," end
  lines[#lines + 1] = "  },\n}"
  return table.concat(lines, "\n")
end

return history
