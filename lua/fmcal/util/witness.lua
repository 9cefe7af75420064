-- What somebody who debugs wants to see. The prompt of fmcal-lua looks on while it is open and under --debug
-- (fmcal.prompt.debugger); otherwise nobody does, and nothing happens here.

local witness = {}

-- The debugger: functions of the same names as those below.
local onlooker

--- Lets a debugger look on; nil: nobody.
function witness.attach(debugger)
  onlooker = debugger
end

--- Whether somebody looks on. Rules run in this process then, where they can be held.
function witness.is_there()
  return onlooker ~= nil
end

--- Called by message handlers, while the stack of what was raised is still there.
-- @param raised any
-- @param level integer of the function that raised, as the handler counts: 2 is what was running when it was called
-- @param is_told boolean|nil the handler shows the traceback itself
-- @return what to pass on: usually what was raised
function witness.raised(raised, level, is_told)
  if not onlooker then return raised end
  local passed_on = onlooker.raised(raised, level + 1, is_told)
  return passed_on
end

--- Called before a team's rule is asked about an entry.
-- @param name string of the rule
-- @param key string of the entry
function witness.calls_rule(name, key)
  if onlooker then onlooker.calls_rule(name, key) end
end

--- Called just before the function of that rule, where it runs in this process.
function witness.enters_rule(fn)
  if onlooker then onlooker.enters_rule(fn) end
end

--- fmcal.breakpoint() in a rule: opens the prompt there.
function witness.breakpoint()
  if onlooker then
    onlooker.breakpoint(2)
    return -- no tail call: levels count this function
  end
end

return witness
