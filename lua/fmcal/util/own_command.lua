-- This very program, to be started once more as a child.

local own_command = {}

--- Whether there is one: it is fmcal-lua, not a program that embeds the library.
function own_command.is_there()
  return arg ~= nil and arg[-1] ~= nil
end

-- The place of the program itself in `arg`.
local function first()
  local place = -1
  while arg[place - 1] do place = place - 1 end
  return place
end

--- The words with which it was started, options of the interpreter included, without the script's own arguments.
function own_command.words()
  return table.move(arg, first() + 1, 0, 2, { "/proc/self/exe" })
end

--- The words that start the interpreter alone, with those of its options that say how it runs code.
function own_command.interpreter()
  local words = { "/proc/self/exe" }
  for i = first() + 1, -1 do
    if arg[i] == "-E" or arg[i] == "-W" then words[#words + 1] = arg[i] end
  end
  return words
end

return own_command
