-- Smaller scripts that still fail, and scripts as text.
local shrink = {}

local function without(list, from, count)
  local rest = {}
  for i, member in ipairs(list) do
    if i < from or i >= from + count then rest[#rest + 1] = member end
  end
  return rest
end

local function with(step, changes)
  local copy = {}
  for name, value in pairs(step) do copy[name] = value end
  for name, value in pairs(changes) do copy[name] = value or nil end
  return copy
end

-- The steps that say less than this one.
local function simpler(step)
  if step.op ~= "sync" and step.op ~= "undo" then return {} end
  local list = {}
  if step.op == "sync" and step.direction ~= "both" then list[1] = with(step, { direction = "both" }) end
  if step.guarded then list[#list + 1] = with(step, { guarded = false }) end
  if step.crash_at then list[#list + 1] = with(step, { crash_at = false }) end
  if step.meanwhile then list[#list + 1] = with(step, { meanwhile = false, meanwhile_at = false }) end
  for i = 1, step.faults and #step.faults or 0 do
    local rest = without(step.faults, i, 1)
    list[#list + 1] = with(step, { faults = #rest > 0 and rest or false })
  end
  return list
end

local function replaced(steps, at, step)
  local copy = { table.unpack(steps) }
  copy[at] = step
  return copy
end

--- The smallest script found that still fails.
-- @param fails function(script) -> whether it fails
function shrink.smallest(script, fails)
  local best = script
  local function try(steps)
    local candidate = with(best, { steps = steps })
    if not fails(candidate) then return false end
    best = candidate
    return true
  end
  local size = #best.steps // 2
  while size >= 1 do
    local from = 1
    while from <= #best.steps do
      if not try(without(best.steps, from, size)) then from = from + size end
    end
    size = size // 2
  end
  for at = 1, #best.steps do
    for _, other in ipairs(simpler(best.steps[at])) do try(replaced(best.steps, at, other)) end
  end
  return best
end

-- ---------------------------------------------------------------- printing

local function literal(value)
  if type(value) == "string" then return ("%q"):format(value):gsub("\\\n", "\\n") end
  if type(value) ~= "table" then return tostring(value) end
  local parts, names = {}, {}
  for i, member in ipairs(value) do parts[i] = literal(member) end
  for name in pairs(value) do if type(name) == "string" then names[#names + 1] = name end end
  table.sort(names)
  for _, name in ipairs(names) do parts[#parts + 1] = name .. " = " .. literal(value[name]) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- A script as Lua text, one step a line.
function shrink.print(script)
  local lines = { ("return { seed = %d, rules = %q, stamps = %s, in_worker = %s, undoes = %s,"):format(script.seed, script.rules,
    script.stamps, script.in_worker, script.undoes),
    "  options = " .. literal(script.options) .. ",", "  server = " .. literal(script.server) .. ",", "  steps = {" }
  for _, step in ipairs(script.steps) do lines[#lines + 1] = "    " .. literal(step) .. "," end
  lines[#lines + 1] = "  },\n}"
  return table.concat(lines, "\n")
end

return shrink
