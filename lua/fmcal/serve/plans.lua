-- Plans that were shown, kept in memory for an hour, so that exactly what was shown can be carried out.

local crypto = require "fmcal.crypto"
local tasks = require "fmcal.children.tasks"

local Plans = {}
Plans.__index = Plans

local plans = {}

local HOUR_MS = 3600000
-- The oldest ones go beyond so many.
local MOST = 200
-- Calendars are asked.
local PLAN_MS = 300000

--- @param all fmcal.children.tasks
function plans.new(all)
  return setmetatable({ tasks = all, kept = {}, order = {} }, Plans)
end

local function drop_old(self)
  local now = self.tasks:now()
  while self.order[1] and (#self.order > MOST or self.kept[self.order[1]].ends <= now) do
    self.kept[table.remove(self.order, 1)] = nil
  end
end

local function keep(self, team, text)
  local id = crypto.encode("hex", crypto.random(16))
  self.kept[id] = { team = team, text = text, ends = self.tasks:now() + HOUR_MS }
  self.order[#self.order + 1] = id
  drop_old(self)
  return id
end

--- Makes a plan and keeps it.
-- @param params of the view `plan`
-- @return what the view answers with the plan's `id` in the place of its text, or nil and an error
function Plans:make(engine, board, params)
  local planned, err = tasks.await(engine:read("plan", board, params, PLAN_MS))
  if not planned then return nil, err end
  planned.id, planned.plan, planned.team = keep(self, params.team, planned.plan), nil, params.team
  return planned
end

--- The text of a plan; nil where there is none of this team.
function Plans:text(id, team)
  drop_old(self)
  local plan = self.kept[id]
  return plan and plan.team == team and plan.text or nil
end

return plans
