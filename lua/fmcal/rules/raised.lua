-- What was raised in a rules file, in words.

local raised = {}

--- As text. A rule may raise anything, also what fails when it is asked for its text.
function raised.text(value)
  local kind, metatable = type(value), debug.getmetatable(value)
  if kind == "string" or kind == "number" then return tostring(value) end
  local ok, text = false, nil
  if type(metatable) == "table" and metatable.__tostring then ok, text = pcall(tostring, value) end
  return ok and text or ("(error object is a %s value)"):format(kind)
end

--- A message handler: the text with the calls of the rules file that led to it. The frames of the handler itself are left
-- out, and what called the rule.
function raised.describe(value)
  return (debug.traceback(raised.text(value), 3):gsub("\n%s*%[C%]: in function 'xpcall'.*", ""))
end

return raised
