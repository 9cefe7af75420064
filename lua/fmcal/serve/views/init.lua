-- What the API answers of boards and their states: functions of what is asked, without HTTP and without anything that a server
-- knows. They read, and write nothing; most of them ask no calendar.
--
-- Each takes a table of `board` (the path), perhaps `config`, `rules`, `state` and `team` (as for fmcal.sync.run.sync), and what
-- its own page says; and answers a table in the shape that the API has, or nil and an error: { code, message, line and column of
-- a board that is no JSON, member that was asked wrongly }.
--
--   code "notfound"  there is no such thing
--        "parse"     the board is no JSON
--        "invalid"   with `member`: what was asked; without: how the board is configured
--        others      as the modules of fmcal have them

local views = {}

--- The views and their modules.
local MODULES = { config = "config", calendar_config = "calendar_config", status = "status", entries = "entries", entry = "entry",
  conflicts = "conflicts", events = "events", plan = "plan" }
local OF_HISTORY = { history = "changes", runs = "runs" }

--- The function of a name; nil where there is none. What one view needs is loaded when it is asked.
function views.find(name)
  if OF_HISTORY[name] then return require("fmcal.serve.views.history")[OF_HISTORY[name]] end
  return MODULES[name] and require("fmcal.serve.views." .. MODULES[name])
end

return views
