-- What every command shares: its parser, its end (exit status, one sentence for what went wrong), its output.
--
--     local cli = require "fmcal.cli"
--     local parser = cli.parser { name = "hello.lua", summary = "Says hello.", exits = { 0, 2 }, examples = { "hello.lua" } }
--     cli.main(parser, function(options) cli.print("hello") return cli.exits.OK end)

local args = require "fmcal.cli.args"
local exits = require "fmcal.exits"
local witness = require "fmcal.util.witness"

local cli = { exits = exits, parser = args.parser, one_of = args.one_of, choices = args.choices,
  whole_number = args.whole_number }

local Failure = { __name = "fmcal.cli.failure" }

local function failed(sentence, status)
  return setmetatable({ sentence = sentence, status = status }, Failure)
end

--- Ends the command with a sentence.
-- @param sentence string, or an error object of fmcal
-- @param status exit status; by default what the error object means, else 2
function cli.fail(sentence, status)
  if type(sentence) == "table" then
    status = status or exits.of_error(sentence)
    sentence = sentence.message
  end
  error(failed(sentence, status or exits.USAGE), 0)
end

--- The first of the results of a call that answers `nil, err`; ends the command where it failed.
function cli.check(value, err, ...)
  if value == nil or value == false then cli.fail(err) end
  return value, err, ...
end

--- Writes lines to standard output; ends the command where that cannot be written.
function cli.print(...)
  for _, line in ipairs { ... } do cli.write(line, "\n") end
end

-- Nobody reads standard output any more, as of `sync.lua … | head`: what is under way goes on in silence.
local is_deaf = false

-- Whether a command has shown anything yet.
local has_written = false

local function output_failed(reason)
  is_deaf = reason:find("Broken pipe", 1, true) ~= nil
  if not is_deaf then cli.fail("cannot write to standard output: " .. reason, exits.SOME_FAILED) end
end

--- Writes to standard output as it is.
function cli.write(...)
  if is_deaf then return end
  has_written = true
  local ok, reason = io.stdout:write(...)
  if not ok then output_failed(reason) end
end

--- Sees to it that what was written has gone out; ends the command where it cannot.
function cli.flush()
  if is_deaf then return end
  local ok, reason = io.stdout:flush()
  if not ok then output_failed(reason) end
end

local function program_name(words)
  return (words and words[0] or "fmcal"):match("[^/]*$")
end

--- Writes sentences to standard error, the command's name in front.
function cli.complain(...)
  for _, sentence in ipairs { ... } do io.stderr:write(("%s: %s\n"):format(program_name(arg), sentence)) end
end

-- A word as a person would type it.
local function typed(word)
  if word:find("^[%w%%+,./:=@_-]+$") then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- The words of the command, secrets masked, for the history; nil where there are none.
function cli.command()
  if not arg then return nil end
  local words = { program_name(arg) }
  for i, word in ipairs(arg) do words[i + 1] = typed(word) end
  return require("fmcal.log").masked(table.concat(words, " "))
end

--- Whether what was raised says that somebody asked the command to stop.
function cli.is_interrupt(raised)
  return type(raised) == "table" and raised.code == "canceled"
end

local OUT_OF_MEMORY = "not enough memory"

-- What was raised, as a failure. `traceback`: where, nil where the stack is gone already.
local function describe(raised, traceback)
  if getmetatable(raised) == Failure then return raised end
  if cli.is_interrupt(raised) then return failed("interrupted", exits.INTERRUPTED) end
  if type(raised) == "table" and raised.code then return failed(raised.message, exits.of_error(raised)) end
  if raised == OUT_OF_MEMORY then return failed("memory ran out", exits.SOME_FAILED) end
  local sentence = "this should not have happened: " .. tostring(raised)
  return failed(traceback and sentence .. "\n" .. traceback or sentence, exits.SOME_FAILED)
end

-- No handler sees memory that runs out, or an error in the handler; and no command ends well that does not say so.
local function how_it_ended(ok, result)
  if ok and math.type(result) == "integer" then return result, "" end
  local failure = describe(ok and "the command does not say how it ended" or result)
  return failure.status, failure.sentence
end

-- What programs get of a command that failed before it had anything to show.
local function print_failure(values, status, sentence)
  local json = require "fmcal.json"
  cli.print((json.encode({ success = false, error = sentence, exit = status, board = values.board }, { sort = true })))
  cli.flush()
end

--- Runs a command and tells how it ended.
-- @param parser from cli.parser
-- @param body function(values of the command line) -> exit status; may end through cli.fail
-- @param words list of arguments
-- @return exit status
function cli.run(parser, body, words)
  local name = program_name(words)
  local values, text, what = args.read(parser, words)
  if what == "usage" then
    io.stderr:write(("%s: %s (%s --help shows how)\n"):format(name, text, name))
    return exits.USAGE
  end
  local status, sentence = how_it_ended(xpcall(function()
    local said = exits.OK
    if what == "help" then cli.print(text) else said = body(values) end
    cli.flush()
    return said
  end, function(raised)
    if getmetatable(raised) ~= Failure then raised = witness.raised(raised, 2) end
    return describe(raised, debug.traceback("", 2):sub(2))
  end))
  if sentence ~= "" then io.stderr:write(("%s: %s\n"):format(name, sentence)) end
  if sentence ~= "" and values and values.json and not has_written then pcall(print_failure, values, status, sentence) end
  return status
end

--- Runs a command with the arguments of the script and ends the process.
function cli.main(parser, body)
  -- A command is short and most of its tables live to its end: the collector starts late. A sixth of a first push.
  collectgarbage("setpause", 1000)
  local status = cli.run(parser, body, arg)
  os.exit(status, true) -- read only now: a debugger may have replaced it
end

return cli
