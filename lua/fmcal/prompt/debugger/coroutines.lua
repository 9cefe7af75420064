-- Errors in coroutines. When a coroutine is left by an error nothing is left of its stack for whoever catches the error, so
-- that it is to be seen inside.

local debugger = require "fmcal.prompt.debugger"

local coroutines = {}

local function see(raised)
  raised = debugger.raised(raised, 2, true)
  debugger.goes_on(raised)
  return raised
end

local function pass(ok, ...)
  if not ok then error(..., 0) end
  return ...
end

-- A function that shows its errors where they are raised.
local function seen(fn)
  return function(...)
    return pass(xpcall(fn, see, ...))
  end
end

--- Shows the errors of coroutines that are made from now on.
function coroutines.watch()
  for _, name in ipairs { "create", "wrap" } do
    local make = coroutine[name]
    rawset(coroutine, name, function(fn, ...)
      return make(type(fn) == "function" and seen(fn) or fn, ...)
    end)
  end
end

return coroutines
