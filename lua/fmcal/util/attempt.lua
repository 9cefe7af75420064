-- Calls that may fail.
--
-- Protected calls here let an interrupt through: Ctrl-C in the middle of a rule stops the run, it is no failure of the rule.

local witness = require "fmcal.util.witness"

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

--- As xpcall, but an interrupt is raised again; the handler does not see it. Who debugs sees what was raised.
function attempt.xpcall(fn, handler, ...)
  return pass(xpcall(fn, function(raised)
    raised = witness.raised(raised, 2)
    return is_interrupt(raised) and raised or handler(raised)
  end, ...))
end

--- What a look-up found, nil where there is nothing. Raises where it failed: what cannot be looked up is not absent.
-- @param value what it returned
-- @param err table|nil what it returned second
function attempt.found(value, err)
  if value == nil and err then error(err, 0) end
  return value
end

return attempt
