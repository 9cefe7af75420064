-- What every command shares: its parser, its end (exit status, one sentence for what went wrong), its output.
--
--     local cli = require "fmcal.cli"
--     local parser = cli.parser { name = "hello.lua", summary = "Says hello.", exits = { 0, 2 }, examples = { "hello.lua" } }
--     cli.main(parser, function(options) cli.print("hello") return cli.exits.OK end)

local args = require "fmcal.cli.args"
local exits = require "fmcal.cli.exits"

local cli = { exits = exits, parser = args.parser, one_of = args.one_of, whole_number = args.whole_number }

local Failure = { __name = "fmcal.cli.failure" }

--- Ends the command with a sentence.
-- @param sentence string, or an error object of fmcal
-- @param status exit status; by default what the error object means, else 2
function cli.fail(sentence, status)
  if type(sentence) == "table" then
    status = status or exits.of_error(sentence)
    sentence = sentence.message
  end
  error(setmetatable({ sentence = sentence, status = status or exits.USAGE }, Failure), 0)
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

local function output_failed(reason)
  if reason:find("Broken pipe", 1, true) then cli.fail("", exits.OK) end
  cli.fail("cannot write to standard output: " .. reason, exits.SOME_FAILED)
end

--- Writes to standard output as it is.
function cli.write(...)
  local ok, reason = io.stdout:write(...)
  if not ok then output_failed(reason) end
end

local function flush()
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

--- Whether what was raised says that somebody asked the command to stop.
function cli.is_interrupt(raised)
  return type(raised) == "table" and raised.code == "canceled"
end

local function describe(raised)
  if getmetatable(raised) == Failure then return raised end
  if cli.is_interrupt(raised) then
    return { sentence = "interrupted", status = exits.INTERRUPTED }
  end
  if type(raised) == "table" and raised.code then
    return { sentence = raised.message, status = exits.of_error(raised) }
  end
  return { sentence = debug.traceback("this should not have happened: " .. tostring(raised), 2), status = exits.SOME_FAILED }
end

--- Runs a command and tells how it ended.
-- @param parser from cli.parser
-- @param body function(values of the command line) -> exit status; may end through cli.fail
-- @param words list of arguments
-- @return exit status
function cli.run(parser, body, words)
  local name = program_name(words)
  local values, text, what = args.read(parser, words)
  if what == "help" then
    io.stdout:write(text, "\n")
    return exits.OK
  elseif not values then
    io.stderr:write(("%s: %s (%s --help shows how)\n"):format(name, text, name))
    return exits.USAGE
  end
  local ok, status = xpcall(function()
    local status = body(values)
    flush()
    return status
  end, describe)
  if ok then return status end
  if status.sentence ~= "" then io.stderr:write(("%s: %s\n"):format(name, status.sentence)) end
  return status.status
end

--- Runs a command with the arguments of the script and ends the process.
function cli.main(parser, body)
  -- A command is short and most of its tables live to its end: the collector starts late. A sixth of a first push.
  collectgarbage("setpause", 1000)
  os.exit(cli.run(parser, body, arg), true)
end

return cli
