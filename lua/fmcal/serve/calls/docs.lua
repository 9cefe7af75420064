-- What the API says about itself.

local answer = require "fmcal.serve.http.answer"
local problem = require "fmcal.serve.http.problem"
local types = require "fmcal.serve.http.problem_types"

local docs = {}

local openapi_text

function docs.openapi()
  openapi_text = openapi_text or answer.json(require("fmcal.serve.http.openapi").document()).body
  return answer.json(openapi_text, { tagged = true })
end

function docs.error(_, request)
  local kind = types[request.params.name]
  if not kind then return nil, problem.of("unknown-path", "There is no error of this name.") end
  return answer.text(("%s (%d %s)\n\n%s\n%s\n"):format(request.params.name, kind.status, kind.title, kind.means, kind.help),
    { headers = { ["Content-Type"] = "text/plain; charset=utf-8" }, tagged = true })
end

return docs
