-- What doctor.lua looks at beside the rest where the calendar is one of Google's: the rights that were granted, how long
-- the sign-in lasts, and what to do when it has ended.

local google = require "fmcal.accounts.google"
local json = require "fmcal.json"
local provider_options = require "fmcal.place.provider_options"
local time = require "fmcal.time"

local google_check = {}

local DAY_S = 86400

--- What to do about a sign-in that failed.
-- @param err error object
-- @param is_service_account boolean
-- @return sentence, or nil
function google_check.advice(err, is_service_account)
  if is_service_account and err.code == "auth" then
    return "make a new key for the service account in Google's console, and set this machine's clock"
  elseif is_service_account then
    return (err.code == "access" or err.code == "notfound")
      and "share the calendar with the address of the service account (client_email in its key), and name it by its id" or nil
  elseif err.code == "auth" then
    return "run: connect.lua google; \"Publishing status: In production\" in Google's console makes it last"
  elseif err.code == "access" then
    return "run: connect.lua google, and leave the boxes on Google's page ticked"
  end
  return nil
end

local function scopes_of(grant)
  if google.may_write(grant.scopes) then
    return { status = "ok", message = table.concat(google.scope_names(grant.scopes), ", ") }
  end
  local names = google.scope_names(grant.scopes)
  return { status = "problem", code = "access",
    message = ("Google granted no right to write events (granted: %s)"):format(#names > 0 and table.concat(names, ", ")
      or "nothing"),
    advice = "run: connect.lua google, and leave the boxes on Google's page ticked" }
end

-- How long the sign-in lasts, where Google said so.
local function life_of(section)
  local ends = type(section) == "table" and section.expiresAt
  local parsed = type(ends) == "string" and time.parse(ends)
  if not parsed or not parsed.epoch then return nil end
  local days = (parsed.epoch - time.epoch()) // DAY_S
  return { status = "warning",
    message = days < 0 and ("the sign-in ended on %s"):format(ends:sub(1, 10))
      or ("the sign-in ends on %s: the OAuth project is in \"Testing\""):format(ends:sub(1, 10)),
    advice = "publish the app (\"In production\") in Google's console and run: connect.lua google" }
end

--- Looks at a sign-in: asks Google for a token, and nothing else.
-- @param team string
-- @param spec one of the targets of fmcal.config.load
-- @param resolve function(path) -> path relative to the board
-- @return list of { check, status, message, advice, code }; empty where signing in itself fails, which is told elsewhere
--   second, options of the provider (nil where the credentials cannot be had)
function google_check.sign_in(team, spec, resolve)
  local options = provider_options(team, spec, resolve)
  if not options or not options.refreshToken then return {}, options end
  local list = { life_of(spec.credentials ~= json.null and spec.credentials) }
  for _, check in ipairs(list) do check.check = "sign-in" end
  local grant = google.refresh(options, google.endpoints(spec.endpoint), { allow_http = spec.allow_http,
    ca_file = options.caFile, proxy = spec.proxy, timeout_ms = spec.timeout_ms })
  if grant then
    local scopes = scopes_of(grant)
    scopes.check = "scopes"
    list[#list + 1] = scopes
  end
  return list, options
end

return google_check
