-- What reads a board and its state: views, done by a reader (fmcal.serve.views).

local answer = require "fmcal.serve.http.answer"
local problem = require "fmcal.serve.http.problem"
local tasks = require "fmcal.children.tasks"

-- Asks a view with the members of the query, and those of the path.
local function ask(name)
  return function(service, request)
    local params = {}
    for member, value in pairs(request.query) do params[member] = value end
    for member, value in pairs(request.params) do params[member] = value end
    params.team = request.team
    local value, err = tasks.await(service.engine:read(name, request.board, params))
    if value == nil then return nil, problem.from(err) end
    return answer.json(value, { tagged = true })
  end
end

return { config = ask "config", calendar_config = ask "calendar_config", entries = ask "entries", entry = ask "entry",
  conflicts = ask "conflicts", events = ask "events", history = ask "history" }
