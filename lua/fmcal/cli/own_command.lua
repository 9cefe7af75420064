-- This very program and script, to be started once more as a child.

local own_command = {}

--- Whether there is one: it is fmcal-lua, not a program that embeds the library.
function own_command.is_there()
  return arg ~= nil and arg[-1] ~= nil
end

--- The words with which it was started, options of the interpreter included, without the script's own arguments.
function own_command.words()
  local first = 0
  while arg[first - 1] do first = first - 1 end
  local words = { "/proc/self/exe" }
  for i = first + 1, 0 do words[#words + 1] = arg[i] end
  return words
end

return own_command
