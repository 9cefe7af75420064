#!/usr/bin/env fmcal-lua
-- A new master key: encrypts the credentials of boards with CALENDAR_ENCRYPTION_KEY.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local credentials = require "fmcal.credentials"
local rotate = require "fmcal.accounts.rotate"

local parser = cli.parser {
  name = "rotate.lua",
  summary = "Encrypts the credentials of boards with a new key: CALENDAR_ENCRYPTION_KEY is the new one, "
    .. "CALENDAR_ENCRYPTION_KEY_OLD the one they have now. Also encrypts credentials that are unencrypted. "
    .. "You can interrupt it and run it again; keep the old key set until it has run for every board.",
  exits = { 0, 1, 2, 3, 6 },
  examples = {
    "rotate.lua board.json", "rotate.lua boards/*.json",
    "rotate.lua board.json --config calendar-config.json",
  },
}
parser:argument("boards", "Board files. Without one: FMCAL_BOARD, or the folder's only board."):args("*")
parser:option("--config", "Work on the credentials in this file; the board only gives the team."):argname("F")
parser:flag("--dry-run", "Print what it would do; touch nothing.")

local DONE = { rotated = "encrypted with the new key", encrypted = "was not encrypted, now is", current = "has the new key" }
local WOULD = { rotated = "would get the new key", encrypted = "would be encrypted", current = "has the new key" }

local function show(path, results, dry_run)
  for _, result in ipairs(results) do
    common.print_clean(("%s: %s: %s"):format(path, result.name, (dry_run and WOULD or DONE)[result.done]))
  end
  if #results == 0 then common.print_clean(("%s: no credentials that could be encrypted"):format(path)) end
end

-- The file to work on and the team, where that is not the file's own.
local function file_of(values, path)
  if not values.config then return path end
  local opened <close> = cli.check(require("fmcal.board").open(path))
  return values.config, opened:member("team")
end

cli.main(parser, function(values)
  local paths = common.boards(values.boards)
  if values.config and #paths > 1 then cli.fail("--config goes with one board") end
  local keyring = cli.check(credentials.keyring())
  if not keyring:can_seal() then
    cli.fail("CALENDAR_ENCRYPTION_KEY is not set: set it to the new key, and CALENDAR_ENCRYPTION_KEY_OLD to the old one")
  end
  local statuses = {}
  for _, path in ipairs(paths) do
    local file, team = file_of(values, path)
    local results, err = rotate.file(file, { team = team, keyring = keyring, dry_run = values.dry_run })
    if results then
      show(file, results, values.dry_run)
    else
      io.stderr:write("rotate.lua: ", err.message, "\n")
      statuses[#statuses + 1] = cli.exits.of_error(err)
    end
  end
  return cli.exits.worst(statuses)
end)
