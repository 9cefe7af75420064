-- What a provider is made with, from a target of fmcal.config.

local core = require "fmcal.provider.core"
local credentials = require "fmcal.credentials"

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
  if core.traits(spec.provider).endpoint == "path" then options.endpoint = resolve(spec.endpoint) end
  local members, err = credentials.resolve(spec.credentials, { team = team, provider = spec.provider })
  if not members then return nil, err end
  for name, value in pairs(members) do options[name] = credentials.is_path(name) and resolve(value) or value end
  return options
end

return provider_options
