-- Protected calls that let an interrupt through: Ctrl-C in the middle of a rule stops the run, it is no failure of the rule.

local attempt = {}

local function is_interrupt(raised)
  return type(raised) == "table" and raised.code == "canceled"
end

local function pass(ok, value, ...)
  if not ok and is_interrupt(value) then error(value, 0) end
  return ok, value, ...
end

--- As pcall, but an interrupt is raised again.
function attempt.pcall(fn, ...)
  return pass(pcall(fn, ...))
end

--- As xpcall, but an interrupt is raised again; the handler does not see it.
function attempt.xpcall(fn, handler, ...)
  return pass(xpcall(fn, function(raised)
    return is_interrupt(raised) and raised or handler(raised)
  end, ...))
end

return attempt
