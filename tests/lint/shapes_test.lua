-- The records that stages pass on have the members that fmcal.model.shapes declares, and no others.
local lu = require "luaunit"
local shell = require "shell"

-- What the sources call a record of each class.
local CLASS_OF = { run = "Run", target = "Target", decision = "Decision", side = "Side", remote = "Remote", action = "Action",
  effect = "Effect", job = "Job", outcome = "Outcome", told = "Told" }

-- {[class] = {[member] = true}}
local function declared(text)
  local classes, current = {}, nil
  for line in text:gmatch("[^\n]+") do
    local class, member = line:match("^%-%-%-@class fmcal%.(%w+)"), line:match("^%-%-%-@field ([%w_]+)%??%s")
    if class then
      current = {}
      classes[class] = current
    elseif member and current then
      current[member] = true
    end
  end
  return classes
end

-- Calls each `fn(name, member)` for NAME.MEMBER in a text without comments and texts, but for modules of that name.
local function each_use(text, fn)
  local modules = {}
  for name in text:gmatch('local (%w+) = require') do modules[name] = true end
  for name in text:gmatch('local (%w+) = {') do modules[name] = true end
  text = text:gsub("%-%-[^\n]*", ""):gsub('"[^"\n]*"', '""')
  for before, name, member in text:gmatch("([%w_.%]]?)%f[%w_](%l+)%.([%w_]+)") do
    if before == "" or not before:find("[%w_]") then
      if CLASS_OF[name] and not modules[name] then fn(name, member) end
    end
  end
end

local function sources()
  local paths = {}
  for _, folder in ipairs { "look", "decide", "act", "keep", "tell" } do
    for _, path in ipairs(shell.sources("lua/fmcal/sync/" .. folder, "lua")) do paths[#paths + 1] = path end
  end
  for _, path in ipairs(shell.sources("lua/fmcal/place", "lua")) do paths[#paths + 1] = path end
  return paths
end

TestShapes = {}

function TestShapes.test_members_that_are_used_are_declared()
  local classes, unknown = declared(shell.source("lua/fmcal/model/shapes.lua")), {}
  for _, path in ipairs(sources()) do
    each_use(shell.source(path), function(name, member)
      local known = classes[CLASS_OF[name]]
      if not known[member] then unknown[#unknown + 1] = ("%s: %s.%s"):format(path, name, member) end
    end)
  end
  lu.assertEquals(unknown, {})
end

function TestShapes.test_the_check_sees_a_member()
  local found = {}
  each_use('local run = {}\njob.write.kind = side.x\n-- job.comment\nlocal a = "job.text"\n', function(name, member)
    found[#found + 1] = name .. "." .. member
  end)
  lu.assertEquals(found, { "job.write", "side.x" })
  lu.assertEquals(declared("---@class fmcal.Job\n---@field noted? boolean\n---@field write table\n"),
    { Job = { noted = true, write = true } })
end

os.exit(lu.LuaUnit.run())
