-- What may go wrong in a run. Each history draws which of it does, and how hard: a history in which one thing goes wrong
-- all the time finds what one in which everything does sometimes hides.
--
-- A fault, as a step of a script holds it:
--   kind, on      what, and in which requests: "open", "changes", "fetch", "create", "update", "delete", "write", "any"
--   at, times     from the how-manieth such request on, how many
--   cut           the network ends at request `at` for the rest of the run; `after`: once that request was carried out
local swarm = {}

local WRITES = { "create", "update", "delete", "write" }

--- Kinds of faults: where they strike, and on which providers they make sense.
swarm.KINDS = {
  cut       = { on = { "any" } },
  lost      = { on = WRITES },
  network   = { on = { "write", "fetch", "changes", "open" } },
  truncate  = { on = { "changes" } },
  server    = { on = { "write", "fetch", "changes" } },
  throttle  = { on = { "write" } },
  refuse    = { on = { "create", "update", "delete" } },
  stale     = { on = { "update", "delete" }, where = "mock" },
  expired   = { on = { "changes" } },
  gone      = { on = { "changes", "write" } },
  auth      = { on = { "open" }, where = "mock" },
  -- What Google's answer to a write shows is not read again.
  forget    = { on = { "create", "update" }, where = "mock caldav" },
  missing   = { on = { "fetch" } },
  lag       = { on = { "fetch" } },
  damaged   = { on = { "fetch" } },
  hollow    = { on = { "any", "write", "fetch", "changes", "open" }, where = "caldav google" },
  odd       = { on = { "changes" }, where = "caldav google" },
  tokenless = { on = { "changes" }, where = "caldav google" },
}

--- What else a history may or may not hold.
swarm.CUSTOMS = { "close", "declared", "floating", "forgetful", "restore", "vanish", "crash", "meanwhile", "stale_copy",
  "lose_state" }

--- What a history holds only where it is asked for: `--undo yes`.
swarm.UNDO = "undo"

local function names()
  local list = { table.unpack(swarm.CUSTOMS) }
  for name in pairs(swarm.KINDS) do list[#list + 1] = name end
  table.sort(list)
  return list
end

--- Everything that can be drawn.
swarm.ALL = names()

-- Whether a provider can be made to do it.
local function fits(name, provider)
  local where = swarm.KINDS[name] and swarm.KINDS[name].where
  return not where or where:find(provider, 1, true) ~= nil
end

--- Draws what a history holds.
-- @param random function as math.random
-- @param only list of names it may hold
-- @return { [name] = true }, faults per hundred runs
function swarm.draw(random, only, provider)
  local drawn, share = {}, random(2, 6)
  for _, name in ipairs(only) do
    if fits(name, provider) and random(10) <= share then drawn[name] = true end
  end
  return drawn, 10 * random(2, 8)
end

--- A fault of a kind.
function swarm.fault(random, name)
  local places = swarm.KINDS[name].on
  local fault = { kind = name, on = places[random(#places)], at = random(name == "cut" and 12 or 3), times = random(2),
    form = random(24) }
  if name == "cut" then fault.after = random(2) == 1 end
  return fault
end

--- The faults of one run.
function swarm.faults(random, drawn)
  local kinds = {}
  for _, name in ipairs(swarm.ALL) do
    if drawn[name] and swarm.KINDS[name] then kinds[#kinds + 1] = name end
  end
  if #kinds == 0 then return nil end
  local faults = {}
  for i = 1, random(2) do faults[i] = swarm.fault(random, kinds[random(#kinds)]) end
  return faults
end

return swarm
