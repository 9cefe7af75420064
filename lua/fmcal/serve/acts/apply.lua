-- Carries out exactly a plan, or refuses: `POST /api/calendar/apply`.

local outcome = require "fmcal.serve.outcome"
local place = require "fmcal.serve.acts.place"
local plan_file = require "fmcal.sync.plan_file"
local review = require "fmcal.sync.review"
local sys = require "fmcal.sys"
local told = require "fmcal.serve.told"

-- Which files are touched is said by the server, never by a plan.
local function belongs_here(plan, options)
  return plan.board == sys.absolute(options.board) and plan.options.state == options.state
    and plan.options.config == options.config and plan.options.rules == options.rules
end

--- Carries a plan out.
-- @param params { board, …, plan = what the view `plan` answered as its `plan` }
-- @return the run; or nil and an error, "precondition" where something that the plan touches has changed
return function(params)
  local wanted, err = place.asked({ plan = "text" }, params)
  if not wanted then return nil, err end
  local options = place.options(params)
  local plan, unread = plan_file.read(wanted.plan or "", "that was kept")
  if not plan then return told.error(unread, params) end
  if not belongs_here(plan, options) then return told.missing("there is no such plan of this team") end
  local result = review.apply(plan, options)
  if result.error_code == "precondition" then return outcome.failure(result, params) end
  return outcome.of(result, params)
end
