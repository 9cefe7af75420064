-- What is answered when a request is not done: RFC 9457, with the original's members beside.
--
--   return nil, problem.of("unknown-team", "There is no team %s here.", name)

local answer = require "fmcal.serve.http.answer"
local json = require "fmcal.json"
local types = require "fmcal.serve.http.problem_types"

local problem = {}

local Problem = {}
Problem.__index = Problem

--- Adds a header. @return itself
function Problem:header(name, value)
  self.headers[name] = value
  return self
end

--- Says when to try again. @return itself
function Problem:after(seconds)
  return self:header("Retry-After", tostring(math.max(1, math.ceil(seconds))))
end

--- Adds members to the body. @return itself
function Problem:with(members)
  for name, value in pairs(members) do self.members[name] = value end
  return self
end

--- The answer.
function Problem:answer()
  local kind = types[self.type]
  local body = { type = "/docs/errors/" .. self.type, title = kind.title, status = kind.status, detail = self.sentence,
    success = false, error = self.sentence }
  for name, value in pairs(self.members) do body[name] = value end
  self.headers["Content-Type"] = "application/problem+json"
  return answer.text(assert(json.encode(body, { sort = true })), { status = kind.status, headers = self.headers })
end

--- A problem. @param format one sentence that a person needs, as for string.format
function problem.of(kind, format, ...)
  assert(types[kind], kind)
  return setmetatable({ type = kind, sentence = format:format(...), headers = {}, members = {} }, Problem)
end

-- Which problem an error is.
local OF_CODE = { notfound = "not-found", parse = "unreadable-board", locked = "locked", throttled = "busy", timeout = "too-long",
  ended = "busy", canceled = "canceled", crypto = "misconfigured-board", auth = "calendar-refused",
  access = "calendar-refused", network = "calendar-away", conflict = "changed-meanwhile",
  precondition = "changed-meanwhile", limit = "invalid-member" }

local function kind_of(err)
  if err.member then return "invalid-member" end
  if err.code == "invalid" then return "misconfigured-board" end
  return OF_CODE[err.code] or "internal-error"
end

--- The problem that an error is, of a view or an act.
-- @param err { code, message, member, line, column }
function problem.from(err)
  local found = problem.of(kind_of(err), "%s", err.message)
  if types[found.type].status == 503 then found:after(1) end
  return found:with { member = err.member, line = err.line, column = err.column }
end

return problem
