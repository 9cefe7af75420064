-- The page's files.

local answer = require "fmcal.serve.http.answer"
local page = require "fmcal.serve.page"
local problem = require "fmcal.serve.http.problem"

local calls = {}

function calls.file(_, request)
  local body, headers = page.file(request.path)
  if not body then return nil, problem.of("unknown-path", "There is no such file: load the page again.") end
  return answer.text(body, { headers = headers })
end

return calls
