-- Durations as alarms have them (RFC 5545, section 3.3.6): -P1D, PT30M, -P1DT2H, P2W.

local duration = {}

--- Whether a text is one.
function duration.is(text)
  local body = type(text) == "string" and text:match("^[+-]?P(.+)$")
  if not body or body:find("T$") then return false end
  if body:find("^%d+W$") then return true end
  local clock = body:gsub("^%d+D", "", 1)
  if clock == "" then return true end
  local rest = clock:match("^T(.+)$")
  if not rest then return false end
  for _, unit in ipairs { "H", "M", "S" } do rest = rest:gsub("^%d+" .. unit, "", 1) end
  return rest == ""
end

return duration
