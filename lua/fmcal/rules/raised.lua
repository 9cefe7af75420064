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

--- A message handler: the text with the calls of the rules file that led to it, without those of fmcal that called it.
function raised.describe(value)
  local traceback = debug.traceback(raised.text(value), 2)
  traceback = traceback:gsub("\n[^\n]*fmcal/util/attempt%.lua:[^\n]*", ""):gsub("\n[^\n]*fmcal/rules/sandbox%.lua:[^\n]*", "")
  traceback = traceback:gsub("\n[^\n]*rules/inside%.lua:.*", ""):gsub("\n[^\n]*fmcal/rules/mapping%.lua:[^\n]*", "")
  -- What a declared field refuses itself has no call of the rules file to show.
  return (traceback:gsub("\nstack traceback:\n%s*%[C%]: in function 'error'$", ""))
end

return raised
