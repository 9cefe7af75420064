-- The text of a file that a person named.

local sys = require "fmcal.sys"

--- Reads a file.
-- @param path string
-- @param what it is, for the message: "plan"
-- @return text, or nil and a sentence
local function read_file(path, what)
  local text, err = sys.read(path)
  if text then return text end
  local reason, count = err.message:gsub("^cannot read ", "")
  return nil, (count == 1 and "cannot read the %s %s" or "the %s %s"):format(what, reason)
end

return read_file
