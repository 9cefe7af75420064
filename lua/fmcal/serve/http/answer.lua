-- Answers: { status, headers, body, tagged }, and how they are sent.

local crypto = require "fmcal.crypto"
local json = require "fmcal.json"

local answer = {}

-- Of everything that the server says.
local ALWAYS = { ["X-Content-Type-Options"] = "nosniff", ["Referrer-Policy"] = "no-referrer",
  ["Cross-Origin-Resource-Policy"] = "same-origin" }
local FRESH, KEPT = "no-store", "private, no-cache"

--- A text.
-- @param options { status = 200, headers, tagged = the same state gives the same text: it gets an ETag }
function answer.text(body, options)
  return { status = options.status or 200, headers = options.headers or {}, body = body, tagged = options.tagged }
end

--- JSON.
-- @param value what can be encoded, or a text that is JSON already
-- @param options as for answer.text
function answer.json(value, options)
  local made = answer.text(type(value) == "string" and value or assert(json.encode(value, { sort = true })), options or {})
  made.headers["Content-Type"] = made.headers["Content-Type"] or "application/json"
  return made
end

--- Nothing to say. @param headers table|nil
function answer.nothing(headers)
  return { status = 204, headers = headers or {}, body = "" }
end

local function tag_of(body)
  return ('"%s"'):format(crypto.encode("base64url", crypto.sha256(body)):sub(1, 22))
end

-- Whether a list of tags names one; weak ones are as good as strong ones where it is only about reading.
local function names_tag(list, tag)
  if not list then return false end
  for named in list:gmatch('"[^"]*"') do
    if named == tag then return true end
  end
  return list:match("^%s*%*%s*$") ~= nil
end

--- Makes an answer as it is sent: headers of all answers, its tag, and 304 where the client has it already.
-- @param headers of the request
-- @return status, headers, body
function answer.finished(made, headers)
  for name, value in pairs(ALWAYS) do made.headers[name] = made.headers[name] or value end
  if made.tagged then made.headers.ETag = made.headers.ETag or tag_of(made.body) end
  made.headers["Cache-Control"] = made.headers["Cache-Control"] or (made.headers.ETag and KEPT or FRESH)
  if made.headers.ETag and made.status == 200 and names_tag(headers["if-none-match"], made.headers.ETag) then
    return 304, made.headers, made.body
  end
  return made.status, made.headers, made.body
end

return answer
