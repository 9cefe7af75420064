#!/usr/bin/env fmcal-lua
-- Disconnects a board from a calendar.
local ask = require "fmcal.cli.ask"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local disconnect = require "fmcal.accounts.disconnect"
local google = require "fmcal.accounts.google"
local terminal = require "fmcal.cli.terminal"
local quantity = require "fmcal.util.quantity"

local parser = cli.parser {
  name = "disconnect.lua",
  summary = "Removes the credentials of a calendar from a board, and revokes a sign-in to Google. With --remove-events it "
    .. "first deletes the events that fmcal made, but none of other people or programs, and none that changes meanwhile. "
    .. "The entries of the board stay as they are.",
  exits = { 0, 1, 2, 3, 6 },
  examples = { "disconnect.lua board.json", "disconnect.lua board.json --name work --remove-events" },
}
common.board_options(parser)
parser:option("--name", "The calendar, if the board has several."):argname("CALENDAR")
parser:flag("--remove-events", "Delete the events that fmcal made.")
parser:flag("--no-revoke", "Keep the sign-in to Google valid, for other boards with the same account and OAuth client.")
parser:flag("--yes", "Delete events without asking.")

local function agreed(place, count, values)
  if values.yes or count == 0 then return true end
  if not ask.possible() then
    cli.fail(("%s of %q would be deleted: confirm with --yes"):format(quantity(count, "event"), place.name))
  end
  return ask.confirm(("Delete %s that fmcal made in %q?"):format(quantity(count, "event"), place.name))
end

-- Deletes what fmcal made. @return { is_first }, or nil where the person does not agree
local function remove_events(place, values)
  local session <close> = cli.check(disconnect.open(place, common.engine_options(values, place.path)))
  if session.warning then cli.complain("warning: " .. terminal.clean(session.warning)) end
  local events, inviting = cli.check(session:events())
  if not agreed(place, #events, values) then return nil end
  local done = cli.check(session:remove(events))
  common.print_clean(("%s: %s deleted from %q"):format(place.path, quantity(done.deleted, "event"), place.name))
  for _, event in ipairs(inviting) do
    common.print_clean(("kept, because people are invited: %s"):format(event.title))
  end
  if #done.failed > 0 then
    cli.complain(table.unpack(done.failed))
    cli.fail(("%s could not be deleted; the credentials are kept, so that this can be run again")
      :format(quantity(#done.failed, "event")),
      cli.exits.SOME_FAILED)
  end
  return { is_first = session.is_first }
end

-- What cannot be revoked from here can be taken back by hand, so the board is disconnected all the same.
local function revoke(place)
  local revoked, err = disconnect.revoke(place)
  if revoked then
    common.print_clean(("%s: the sign-in to %q was revoked"):format(place.path, place.name))
  elseif revoked == nil then
    cli.complain(terminal.clean(("the sign-in to Google was not revoked: %s. Take it back by hand on %s")
      :format(err.message, google.CONNECTIONS_PAGE)))
  end
end

cli.main(parser, function(values)
  if values.config then cli.fail("disconnect.lua works on the board itself, not on a --config file") end
  local place = cli.check(disconnect.find(common.board(values.board, values.team), values.name))
  local cleared
  if values.remove_events then
    cleared = remove_events(place, values)
    if not cleared then
      cli.print("Nothing was changed.")
      return cli.exits.OK
    end
  end
  if not values.no_revoke then revoke(place) end
  local changed, err = disconnect.forget_account(place, cleared)
  if changed == nil then cli.fail(err) end
  common.print_clean(changed and ("%s: disconnected from %q"):format(place.path, place.name)
    or ("%s: there were no credentials of %q"):format(place.path, place.name))
  return cli.exits.OK
end)
