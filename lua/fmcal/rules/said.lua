-- What comes of a rules file, for a person: what it raised, printed and logged. All of it is bounded, and steers no terminal.

local log = require "fmcal.log"
local printable = require "fmcal.util.printable"

local said = {}

-- Bytes of one text, and of what was raised.
local MOST, MOST_RAISED = 8000, 4000

-- Modules of fmcal's whose calls stand between those of a rules file.
local CALLERS = { "util/attempt", "rules/sandbox", "rules/mapping", "rules/said" }

--- A text as it is shown.
function said.text(text)
  return printable(tostring(text), MOST)
end

--- Prints a line.
function said.print(line)
  io.stderr:write(said.text(line), "\n")
end

--- Puts a line into the log.
-- @param level "error", "warn", "info", "debug" or "trace"
function said.log(level, line)
  log[level]("rules", "%s", said.text(line))
end

local function as_text(value)
  local kind, metatable = type(value), debug.getmetatable(value)
  if kind == "string" or kind == "number" then return tostring(value) end
  local ok, text = false, nil
  if type(metatable) == "table" and metatable.__tostring then ok, text = pcall(tostring, value) end
  return ok and tostring(text) or ("(error object is a %s value)"):format(kind)
end

--- What was raised, as text. A rule may raise anything, also what fails when it is asked for its text.
function said.raised(value)
  return printable(as_text(value), MOST_RAISED)
end

--- A message handler: what was raised, with the calls of the rules file that led to it, without those of fmcal that called it.
function said.with_calls(value)
  local traceback = debug.traceback(said.raised(value), 2)
  for _, caller in ipairs(CALLERS) do traceback = traceback:gsub("\n[^\n]*fmcal/" .. caller .. "%.lua:[^\n]*", "") end
  traceback = traceback:gsub("\n[^\n]*rules/inside%.lua:.*", "")
  traceback = traceback:gsub("^lua/fmcal/[%w_/]+%.lua:%d+: ", "") -- nobody knows the line of a tail call
  -- What a declared field refuses itself has no call of the rules file to show.
  return said.text((traceback:gsub("\nstack traceback:\n%s*%[C%]: in function 'error'$", "")))
end

return said
