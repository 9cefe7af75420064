-- What an error says, without the traceback that follows.

--- @param text string|nil
--- @return string|nil
local function first_line(text)
  return text and text:match("^[^\n]*")
end

return first_line
