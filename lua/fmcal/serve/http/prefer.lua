-- The header Prefer (RFC 7240): whether somebody waits for a run, and how long.

local prefer = {}

--- @return { is_async, wait_ms = nil for as long as it takes, text = as it was spelled }
function prefer.of(headers)
  local text = headers.prefer or ""
  local seconds = tonumber(text:match("%f[%w]wait%s*=%s*\"?(%d+)"))
  return { is_async = text:find("%f[%w-]respond%-async%f[^%w-]") ~= nil, wait_ms = seconds and seconds * 1000,
    text = seconds and "wait=" .. math.tointeger(seconds) }
end

return prefer
