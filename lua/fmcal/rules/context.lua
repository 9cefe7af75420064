-- The `ctx` of rules: what they know beside their arguments. What they get of it are copies.

local copy = require "fmcal.util.copy"

local LEVELS = { "error", "warn", "info", "debug", "trace" }

local function logger(world)
  local log = {}
  for _, level in ipairs(LEVELS) do
    log[level] = function(format, ...)
      if not world.logs(level) then return end
      local at = debug.getinfo(2, "Sl")
      world.log(level, ("%s:%d: %s"):format(at.short_src, at.currentline, format:format(...)))
    end
  end
  return log
end

local function refuse()
  error("ctx cannot be changed: no state survives a call", 2)
end

--- Makes it.
-- @param given { team, provider, calendar, board, config }
-- @param world see fmcal.rules.inside
-- @param defaults the functions that hold where a team has none (see fmcal.rules.mapping)
local function context(given, world, defaults)
  local shown = { team = given.team, provider = given.provider, calendar = given.calendar, board = given.board,
    config = given.config, options = given.config and given.config.syncOptions, log = logger(world), defaults = defaults,
    lib = world.lib }
  return setmetatable({}, { __metatable = false, __newindex = refuse, __index = function(_, name)
    if name == "now" then return world.now() end
    return copy(shown[name])
  end })
end

return context
