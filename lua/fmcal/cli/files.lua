-- Files that commands read and write for a person.

local cli = require "fmcal.cli"
local read_file = require "fmcal.read_file"

local files = {}

--- The text of a file; ends the command where it cannot be read.
-- @param what it is, for the message: "plan"
function files.read(path, what)
  return (cli.check(read_file(path, what)))
end

--- Writes a file; ends the command where it cannot be written completely.
function files.write(path, text)
  local file, reason = io.open(path, "wb")
  if not file then cli.fail("cannot write " .. reason, cli.exits.SOME_FAILED) end
  local written, flushed
  written, reason = file:write(text)
  if written then flushed, reason = file:flush() end
  file:close()
  if not flushed then cli.fail(("cannot write %s: %s"):format(path, reason), cli.exits.SOME_FAILED) end
end

return files
