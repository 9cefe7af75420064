-- Text of others, as it can be shown: it steers no terminal, and fills none.

local sys = require "fmcal.sys"

-- What turns a line round, in UTF-8.
local DIRECTIONS = { "\xE2\x80[\xAA-\xAE]", "\xE2\x81[\xA6-\xA9]" }

--- Text in UTF-8 without control characters other than line feed and tab.
-- @param most number of bytes after which it is cut, or nil
-- @return string
local function printable(text, most)
  local cut = most and #text > most
  if cut then text = text:sub(1, (utf8.offset(text, 0, most + 1) or most + 1) - 1) end
  text = text:gsub("[%z\1-\8\11-\31\127]", ""):gsub("\xC2[\x80-\x9F]", "")
  for _, direction in ipairs(DIRECTIONS) do text = text:gsub(direction, "") end
  if not sys.is_utf8(text) then text = text:gsub("[\128-\255]", "?") end
  return cut and text .. "…" or text
end

return printable
