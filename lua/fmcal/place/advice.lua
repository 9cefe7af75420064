-- What the library's sentences mean to a person with a board: it calls its settings by its own names, and knows no commands.

local given = require "fmcal.util.given"
local provider = require "fmcal.provider.core"

local advice = {}

-- Settings that boards call otherwise.
local BOARD_WORDS = { ca_file = "caFile", allow_http = "allowHttp", calendar_id = "calendarId" }

-- Failures to sign in that mean, where a board has no credentials, that it never was connected.
local NOT_CONNECTED = { auth = true, access = true, invalid = true }

local function has_credentials(spec)
  local section = given(spec.credentials)
  return type(section) == "table" and next(section) ~= nil
end

--- An error with the settings it names called as on the board.
-- @return the error
function advice.in_board_words(err)
  err.message = err.message:gsub('"([%l_]+)"', function(name) return BOARD_WORDS[name] and '"' .. BOARD_WORDS[name] .. '"' end)
  return err
end

--- What to do about a calendar that cannot be opened or listed, said with the error; `advised` in it tells that it is.
-- @param err error object of a provider
-- @param spec one of the targets of fmcal.config.load
-- @return the error
function advice.on_calendar(err, spec)
  advice.in_board_words(err)
  local traits = provider.traits(spec.provider)
  if not traits.remote then return err end
  if NOT_CONNECTED[err.code] and not has_credentials(spec) then
    err.advised = true
    err.message = ("the board is not connected with this calendar: run connect.lua %s (%s)"):format(spec.provider, err.message)
  elseif err.code == "notfound" then
    err.advised = true
    err.message = ("%s; connect.lua %s chooses another calendar"):format(err.message, spec.provider)
  end
  return err
end

return advice
