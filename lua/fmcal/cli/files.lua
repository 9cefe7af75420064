-- Files that commands read and write for a person.

local cli = require "fmcal.cli"
local read_file = require "fmcal.util.read_file"
local sys = require "fmcal.sys"

local files = {}

--- The text of a file; ends the command where it cannot be read.
-- @param what it is, for the message: "plan"
function files.read(path, what)
  return (cli.check(read_file(path, what)))
end

-- A file that is something else was named by mistake: `sync.lua --plan board.json` must not cost the board.
local function refuse_other(path, what, sign)
  local there = sys.read(path)
  if there and there ~= "" and not there:find(sign) then
    cli.fail(("%s is there and no %s: name another file for the %s, or remove it first"):format(path, what, what))
  end
end

--- Writes a file; ends the command where it cannot be written completely, or where another kind of file is in its place.
-- @param what it is, for the message: "plan"
-- @param sign string a pattern that every file of this kind has in it
function files.write(path, text, what, sign)
  refuse_other(path, what, sign)
  local file, reason = io.open(path, "wb")
  if not file then cli.fail("cannot write " .. reason, cli.exits.SOME_FAILED) end
  local written, flushed
  written, reason = file:write(text)
  if written then flushed, reason = file:flush() end
  file:close()
  if not flushed then cli.fail(("cannot write %s: %s"):format(path, reason), cli.exits.SOME_FAILED) end
end

return files
