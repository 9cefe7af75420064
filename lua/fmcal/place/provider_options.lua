-- What a provider is made with, from a target of fmcal.config.

local credentials = require "fmcal.credentials"

-- Providers whose endpoint is a folder.
local IN_A_FOLDER = { vdir = true, mock = true }

--- The options of fmcal.provider.new, credentials included.
-- @param team string
-- @param spec one of the targets of fmcal.config.load
-- @param resolve function(path) -> path relative to the board
-- @return table, or nil and an error about the credentials
local function provider_options(team, spec, resolve)
  local options = {
    team = team, calendar_id = spec.calendar_id, allowHttp = spec.allow_http, proxy = spec.proxy,
    caFile = resolve(spec.ca_file), endpoint = spec.endpoint, timeout_ms = spec.timeout_ms,
    retry_for_ms = spec.retry_for_ms, requests_per_minute = spec.requests_per_minute,
  }
  if IN_A_FOLDER[spec.provider] then options.endpoint = resolve(spec.endpoint) end
  local members, err = credentials.resolve(spec.credentials, { team = team, provider = spec.provider })
  if not members then return nil, err end
  for name, value in pairs(members) do options[name] = value end
  options.serviceAccountFile = resolve(members.serviceAccountFile)
  return options
end

return provider_options
