-- Random series of events and what became of them: tests/support/series.py from Lua.
local json = require "fmcal.json"
local shell = require "shell"

local series = {}

local PROGRAM = "python3 " .. shell.quote(os.getenv("TESTS_DIR") .. "/support/series.py")

local function answer(command, input)
  local text, errors, status = shell.run(command, { input = input })
  assert(status == 0, errors)
  return assert(json.decode(text))
end

--- @return list of { uid, before (an object), recurrence, overrides, may_refuse, start, ["end"], start_zone, move }
function series.make(seed, count)
  return answer(("%s make %d %d"):format(PROGRAM, seed, count))
end

--- @param cases list of { uid, before, after, move }
--- @return list of { uid, problem }
function series.problems(cases)
  return answer(PROGRAM .. " check", assert(json.encode(json.array(cases))))
end

return series
