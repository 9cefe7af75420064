-- What a rules file sees in place of Lua's globals: the pure part of the standard library, frozen. What is missing says so
-- where it is used, and what to use instead.

local sandbox = {}

local getmetatable, setmetatable, rawget, rawset, type = getmetatable, setmetatable, rawget, rawset, type

-- Tables of ours that look like libraries: rawset must not reach them either.
local is_frozen = setmetatable({}, { __mode = "k" })

--- A table that shows the members of another one and cannot be changed.
-- @param missing function(name)|nil raises for a member that is not there
function sandbox.frozen(members, what, missing)
  local shown = setmetatable({}, {
    __metatable = false,
    __index = missing and function(_, name)
      local value = members[name]
      if value == nil then missing(name) end
      return value
    end or members,
    __newindex = function() error(what .. " cannot be changed: no state survives a call", 2) end,
    __pairs = function() return next, members, nil end,
  })
  is_frozen[shown] = true
  return shown
end

-- ---------------------------------------------------------------- what rules cannot do

local BESIDE = "use require with the name of a file beside the rules file"

local INSTEAD = {
  collectgarbage = "rules cannot steer the collector: leave collectgarbage out",
  coroutine = "rules have no coroutines: use functions and loops",
  debug = "rules have no debug library: use print",
  dofile = "rules cannot run files: " .. BESIDE,
  io = "rules cannot read or write files: use print to show something; for data, " .. BESIDE,
  load = "rules cannot compile code: write a function",
  loadfile = "rules cannot load files: " .. BESIDE,
  package = "rules have no packages: " .. BESIDE,
}

local LIBRARIES = { coroutine = true, debug = true, io = true, package = true }

local function forbidden(name)
  local function refuse() error(INSTEAD[name], 3) end
  if not LIBRARIES[name] then return function() error(INSTEAD[name], 2) end end
  return sandbox.frozen({}, name, refuse)
end

local function safe_setmetatable(value, metatable)
  if type(metatable) == "table" then
    for _, name in ipairs { "__gc", "__mode" } do
      if rawget(metatable, name) ~= nil then
        error(("rules cannot set a metatable with %s: nothing lives longer than a call"):format(name), 2)
      end
    end
  end
  return setmetatable(value, metatable)
end

local function safe_getmetatable(value)
  if type(value) ~= "table" then return false end
  return getmetatable(value)
end

local function safe_rawset(value, name, member)
  if is_frozen[value] then error("a library cannot be changed: no state survives a call", 2) end
  return rawset(value, name, member)
end

local function safe_dump()
  error("rules cannot dump functions: there is nothing that loads them", 2)
end

-- Without this a text as large as memory would be begun; one of nothing would take for ever.
local function rep_within(max_bytes)
  local rep = string.rep
  return function(text, count, separator)
    local times, unit = math.tointeger(count), #tostring(text) + #tostring(separator or "")
    if times and times > 0 and unit > 0 and times > max_bytes // unit then
      error(("string.rep would make a text of more than %d MiB, the limit of memory"):format(max_bytes >> 20), 2)
    end
    if unit == 0 then return "" end
    return rep(text, count, separator)
  end
end

-- ---------------------------------------------------------------- what they have

local function with(library, changes)
  local members = {}
  for name, value in pairs(library) do members[name] = value end
  for name, value in pairs(changes) do members[name] = value end
  return members
end

local function no_such_function(library, names)
  return function(name)
    error(("rules have no %s.%s; of %s they have %s"):format(library, tostring(name), library, names), 3)
  end
end

-- os.time and os.date, as readings of ctx.now.
local function clock(world)
  return {
    time = function(at)
      if at then return os.time(at) end
      return world.now()
    end,
    date = function(format, at)
      return os.date(format, at or world.now())
    end,
  }
end

local function say(world)
  return function(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    local at = debug.getinfo(2, "Sl")
    world.say(("%s:%d: %s"):format(at.short_src, at.currentline, table.concat(words, "\t", 1, words.n)))
  end
end

--- What all calls of a rules file share.
-- @param world table: now() the time, say(line) prints, lib, breakpoint or nil, max_bytes of memory
-- @return { globals, string }: what a file's environment is made of, and what stands for the string library
function sandbox.shared(world)
  local strings = sandbox.frozen(with(string, { rep = rep_within(world.max_bytes), dump = safe_dump }), "string")
  local globals = {
    assert = assert, error = error, getmetatable = safe_getmetatable, ipairs = ipairs, next = next, pairs = pairs,
    pcall = pcall, print = say(world), rawequal = rawequal, rawget = rawget, rawlen = rawlen, rawset = safe_rawset,
    select = select, setmetatable = safe_setmetatable, tonumber = tonumber, tostring = tostring, type = type,
    xpcall = xpcall, _VERSION = _VERSION, string = strings,
    math = sandbox.frozen(with(math, {}), "math"), table = sandbox.frozen(with(table, {}), "table"),
    utf8 = sandbox.frozen(with(utf8, {}), "utf8"),
    os = sandbox.frozen(clock(world), "os", no_such_function("os", "os.time and os.date")),
    lib = world.lib and sandbox.frozen(world.lib, "lib"),
    fmcal = sandbox.frozen({ breakpoint = world.breakpoint or function() end }, "fmcal"),
  }
  for name in pairs(INSTEAD) do globals[name] = forbidden(name) end
  return { globals = globals, string = strings }
end

--- The globals of one run of a rules file.
-- @param require function(name)
function sandbox.environment(shared, require)
  local environment = {}
  for name, value in next, shared.globals do environment[name] = value end
  environment.require, environment._G = require, environment
  return environment
end

return sandbox
