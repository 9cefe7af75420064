-- Series whose start moves, through the codecs: expanded before and after.
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local series = require "series"

local SEED, COUNT = 20270304, 600

local function moved(codec, one)
  local event = assert(codec:decode(one.before))
  event.dueDate, event.endDate, event.timeZone = one.move.due, one.move["end"], one.move.zone
  return codec:encode(event, one.before)
end

-- What is wrong with the cases that were moved, and how many were refused.
local function check(cases)
  local refused, done = 0, {}
  for _, one in ipairs(cases) do
    if one.after then
      done[#done + 1] = one
    else
      refused = refused + 1
      lu.assertTrue(one.may_refuse, ("%s\n%s"):format(one.error, one.before))
      lu.assertStrContains(one.error, "the series cannot be moved to ")
    end
  end
  for _, found in ipairs(series.problems(done)) do
    for _, one in ipairs(done) do
      if one.uid == found.uid then lu.fail(("%s %s\n%s\n%s"):format(one.uid, found.problem, one.before, one.after)) end
    end
  end
  return refused, #done
end

TestSeries = {}

function TestSeries.test_moved_objects_are_the_same_series()
  local codec, cases = assert(core.new("mock", {})), series.make(SEED, COUNT)
  for _, one in ipairs(cases) do
    local text, err = moved(codec, one)
    one.after, one.error = text, err and err.message
  end
  local refused, done = check(cases)
  lu.assertTrue(refused > COUNT / 50 and done > COUNT / 2, ("%d refused"):format(refused))
end

os.exit(lu.LuaUnit.run())
