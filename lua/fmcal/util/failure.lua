-- The second result of an expected failure, in the shape that the modules in C give it.

local log = require "fmcal.log"
local sys = require "fmcal.sys"

local Failure = { __name = "fmcal.error" }

function Failure:__tostring()
  return self.message
end

--- `return failure(…)` is the idiom.
-- @param code string one of the codes in fmcal/error.h: "invalid", "crypto", …
-- @param domain string the module that failed
-- @param format string one sentence for a person, as for string.format; a secret in it is masked, as in errors of C
-- @return nil, and the error
local function failure(code, domain, format, ...)
  return nil, setmetatable({ code = code, domain = domain, message = log.masked(format:format(...)),
    transient = sys.is_transient(code) }, Failure)
end

return failure
