-- What a rules file sees in place of Lua's globals: the pure part of the standard library.

local time = require "fmcal.time"

local sandbox = {}

-- What a rule prints is for whoever writes it: standard output may be read by a program.
local function print_aside(...)
  local words = table.pack(...)
  for i = 1, words.n do words[i] = tostring(words[i]) end
  local at = debug.getinfo(2, "Sl")
  io.stderr:write(("%s:%d: %s\n"):format(at.short_src, at.currentline, table.concat(words, "\t")))
end

-- A library of a rules file's own, so that what it does to it concerns nobody else.
local function library(original)
  local own = {}
  for name, value in pairs(original) do own[name] = value end
  return own
end

local function metatable_of(value)
  return type(value) == "table" and getmetatable(value) or nil
end

--- The globals of a rules file.
-- @param reads table whose `now` becomes true where the file asks for the time
function sandbox.environment(reads)
  local env = {
    assert = assert, error = error, getmetatable = metatable_of, ipairs = ipairs, next = next, pairs = pairs,
    pcall = pcall, print = print_aside, rawequal = rawequal, rawget = rawget, rawlen = rawlen, rawset = rawset,
    select = select, setmetatable = setmetatable, tonumber = tonumber, tostring = tostring, type = type,
    xpcall = xpcall, _VERSION = _VERSION, math = library(math), string = library(string),
    table = library(table), utf8 = library(utf8),
    os = {
      time = function(at)
        if at then return os.time(at) end
        reads.now = true
        return time.epoch()
      end,
      date = function(format, at)
        if not at then reads.now = true end
        return os.date(format, at or time.epoch())
      end,
    },
  }
  env._G = env
  return env
end

return sandbox
