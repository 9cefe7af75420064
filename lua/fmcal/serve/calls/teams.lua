-- Teams, and how they stand: from memory.

local access = require "fmcal.serve.access"
local answer = require "fmcal.serve.http.answer"
local json = require "fmcal.json"

local teams = {}

function teams.list(service, request)
  local list = json.array {}
  for _, board in ipairs(service.engine.teams:all()) do
    if access.sees(request.caller, board.team) then list[#list + 1] = service.engine.status:short(board) end
  end
  return answer.json({ teams = list }, { tagged = true })
end

function teams.status(service, request)
  return answer.json(service.engine.status:text(request.board), { tagged = true })
end

return teams
