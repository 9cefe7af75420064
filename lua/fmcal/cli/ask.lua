-- Asking a person on the terminal: prompts go to standard error, answers come from standard input.

local cli = require "fmcal.cli"
local core = require "fmcal.credentials.core"
local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"

local ask = {}

--- Whether there is somebody to ask.
function ask.possible()
  return sys.is_terminal("stdin") and sys.is_terminal("stderr")
end

--- Shows lines to the person who is asked; text of others is made harmless to the terminal.
function ask.say(...)
  for _, line in ipairs { ... } do io.stderr:write(terminal.clean(line), "\n") end
end

--- One line, without blanks around it; ends the command at the end of input.
function ask.line(prompt)
  io.stderr:write(prompt, ": ")
  io.stderr:flush()
  local line = io.stdin:read("l")
  if not line then
    io.stderr:write("\n")
    cli.fail("interrupted", cli.exits.INTERRUPTED)
  end
  return (line:match("^%s*(.-)%s*$"))
end

--- Asks until there is an answer that `check` accepts: it returns a value, or nil and a sentence.
function ask.until_valid(prompt, check)
  while true do
    local value, sentence = check(ask.line(prompt))
    if value ~= nil then return value end
    ask.say(sentence)
  end
end

--- A text that must not be empty.
function ask.text(prompt)
  return ask.until_valid(prompt, function(line)
    if line ~= "" then return line end
    return nil, "an answer is needed; Ctrl-C ends this"
  end)
end

--- Whether a person agrees: "y" or "yes", anything else is a no.
function ask.confirm(question)
  local answer = ask.line(question .. " [y/N]"):lower()
  return answer == "y" or answer == "yes"
end

--- A password, not shown. @param as_text as for fmcal.credentials.core.from_terminal
function ask.secret(prompt, as_text)
  return cli.check(core.from_terminal(prompt .. " (not shown): ", as_text))
end

return ask
