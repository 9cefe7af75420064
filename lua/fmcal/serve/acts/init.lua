-- What the API writes to boards: functions of what is asked, without HTTP, each done in a runner, one board at a time.
--
-- Each takes a table of `board` (the path), perhaps `config`, `rules`, `state`, `team`, `who`, `command` and `progress` (as for
-- fmcal.sync.run.sync), and what its own page says. It answers a table, or nil and an error as a view does (fmcal.serve.views).
-- Acts that are runs answer what fmcal.serve.outcome makes of them, also where the run failed.

local acts = {}

--- The acts, each in a module of its name.
local NAMES = { resolve = true, undo = true, apply = true, config = true, pause = true, resume = true, select = true,
  connect = true, disconnect = true }

--- The function of a name; nil where there is none.
function acts.find(name)
  return NAMES[name] and require("fmcal.serve.acts." .. name)
end

return acts
