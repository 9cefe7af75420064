-- Signing in to Google as an installed app (RFC 8252, RFC 7636): the link, the answer that comes back, the tokens, and
-- a calendar of one's own. Asks nobody and opens nothing: see fmcal.cli.connect.google_sign_in.
--
-- Secrets are opaque from where they arrive; access tokens are never written anywhere.

local advice = require "fmcal.place.advice"
local credentials = require "fmcal.credentials"
local crypto = require "fmcal.crypto"
local failure = require "fmcal.util.failure"
local http = require "fmcal.http"
local json = require "fmcal.json"
local log = require "fmcal.log"
local url = require "fmcal.url"

local google = {}

local DOMAIN = "google"
local SCOPE = "https://www.googleapis.com/auth/"
local ENTROPY_BYTES = 32
local ENDPOINTS = {
  api = "https://www.googleapis.com/calendar/v3",
  auth = "https://accounts.google.com/o/oauth2/v2/auth",
  token = "https://oauth2.googleapis.com/token",
  revoke = "https://oauth2.googleapis.com/revoke",
}

--- Where a person takes access back by hand.
google.CONNECTIONS_PAGE = "https://myaccount.google.com/connections"

-- What is asked for: with a calendar that fmcal makes, one scope that shows it no other calendar.
local WANTED = {
  own = { "calendar.app.created" },
  existing = { "calendar.events", "calendar.calendarlist.readonly" },
}
-- What one has to have, any of each line; the wider ones were granted by hand.
local NEEDED = {
  own = { { "calendar.app.created", "calendar" } },
  existing = { { "calendar.events", "calendar" }, { "calendar.calendarlist.readonly", "calendar.calendarlist", "calendar",
    "calendar.readonly" } },
}

--- The addresses to talk to.
-- @param endpoint table|nil calendarConfig.endpoint: replaces some or all of Google's own
function google.endpoints(endpoint)
  local given = type(endpoint) == "table" and endpoint or {}
  local all = {}
  for name, address in pairs(ENDPOINTS) do all[name] = type(given[name]) == "string" and given[name] or address end
  return all
end

-- ---------------------------------------------------------------- the link

local function scopes_of(kind)
  local list = {}
  for i, name in ipairs(WANTED[kind]) do list[i] = SCOPE .. name end
  return table.concat(list, " ")
end

local function random_text()
  local bytes, err = crypto.random(ENTROPY_BYTES)
  if not bytes then return nil, err end
  return crypto.encode("base64url", bytes)
end

--- Begins a sign-in: makes the link that a person opens, and what its answer is checked with.
-- @param kind "own": for a calendar that fmcal makes; "existing": for one that is there
-- @param client_id string
-- @param port integer where the answer is waited for on 127.0.0.1
-- @param endpoints from google.endpoints
-- @return { url, state, verifier (a secret), redirect_uri, scopes }, or nil and an error
function google.begin(kind, client_id, port, endpoints)
  local state, err = random_text()
  local verifier = state and random_text()
  if not verifier then return nil, err end
  local request = { state = state, verifier = credentials.secret(verifier), scopes = scopes_of(kind),
    redirect_uri = ("http://127.0.0.1:%d/"):format(port) }
  request.url = endpoints.auth .. "?" .. url.query {
    response_type = "code", client_id = client_id, redirect_uri = request.redirect_uri, scope = request.scopes,
    state = state, code_challenge = crypto.encode("base64url", crypto.sha256(verifier)), code_challenge_method = "S256",
    access_type = "offline", prompt = "consent",
  }
  return request
end

-- ---------------------------------------------------------------- the answer

local function decode_value(text)
  return url.decode((text:gsub("%+", " ")))
end

-- The members of a query; nil where one is there twice, for then nobody knows which counts.
local function members_of(query)
  local members = {}
  for name, value in query:gmatch("([^&=]+)=?([^&]*)") do
    name = decode_value(name)
    if members[name] then return nil end
    members[name] = decode_value(value)
  end
  return members
end

local REFUSED = {
  access_denied = "access was refused on Google's page, or the account is no test user of an app in \"Testing\"; nothing "
    .. "was changed",
  admin_policy_enforced = "the administrator of this Google Workspace does not allow the app",
}

-- The name of an error of OAuth, for a sentence: what does not look like one may be anything.
local function name_of(text)
  return type(text) == "string" and #text <= 40 and text:find("^[%l_]+$") and text or "an error without a name"
end

local function refused(reason)
  return failure("auth", DOMAIN, "%s", REFUSED[reason] or "Google's sign-in page answered " .. name_of(reason))
end

--- What the browser brought back.
-- @param request from google.begin
-- @param query string what stands behind the "?" of the address
-- @return code (a secret), or nil and an error: "auth" ends the sign-in, for Google or the person said no; with any other
--   the answer is none to this sign-in, and the real one may still come
function google.answer(request, query)
  local members = members_of(query)
  if not members or (members.code or "") == "" and (members.error or "") == "" then
    return failure("protocol", DOMAIN, "this is no answer of Google's sign-in page")
  end
  if not members.state or not crypto.equal(members.state, request.state) then
    return failure("precondition", DOMAIN, "this answer belongs to another sign-in (its state is not the one of the link): "
      .. "open the link that is shown now")
  end
  if members.error then return refused(members.error) end
  return credentials.secret(members.code)
end

--- What a person pasted: the address that the browser ended at, or the code in it.
-- @return as google.answer
function google.pasted(request, text)
  if text:find("^https?://") then
    local base, query = text:match("^([^?#]*)%?([^#]*)")
    if base ~= request.redirect_uri and base ~= request.redirect_uri:sub(1, -2) then
      return failure("protocol", DOMAIN, "this is not the address that the browser ends at: it starts with %s",
        request.redirect_uri)
    end
    return google.answer(request, query)
  end
  if text:find("^[?]?[%w_]+=") then return google.answer(request, (text:gsub("^%?", ""))) end
  if text == "" or text:find("[^%w%%/._~-]") then
    return failure("protocol", DOMAIN, "this is neither an address nor a code: copy the whole address line of the browser")
  end
  return credentials.secret(url.decode(text))
end

-- ---------------------------------------------------------------- tokens

local NO_CLIENT = "Google does not know the OAuth client (%s): check the client id and the client secret; --client FILE "
  .. "takes both from the file that Google's console gives out"
local SENTENCES = {
  invalid_client = NO_CLIENT, unauthorized_client = NO_CLIENT,
  redirect_uri_mismatch = "the OAuth client is not made for a program on this machine (%s): create one of the type "
    .. "\"Desktop app\" in Google's console",
}
local INVALID_GRANT = {
  authorization_code = "Google does not accept the answer of the sign-in (%s): it was used already or took too long; "
    .. "connect again",
  refresh_token = "Google does not accept the sign-in any more (%s): it was revoked, or not used for 6 months, or the OAuth "
    .. "project is in \"Testing\", where a sign-in ends after 7 days. Connect again; publish the app (\"In production\") so "
    .. "that it lasts",
}

local function token_failure(grant_type, response, answer)
  local name = name_of(type(answer) == "table" and answer.error)
  local sentence = name == "invalid_grant" and INVALID_GRANT[grant_type] or SENTENCES[name]
  if sentence then return failure("auth", DOMAIN, sentence, name) end
  local code = response.status >= 500 and "server" or response.status == 429 and "throttled" or "auth"
  return failure(code, DOMAIN, "signing in: Google answered with HTTP status %d (%s)", response.status, name)
end

local function set_of(scope)
  local set = {}
  for name in scope:gmatch("%S+") do set[name] = true end
  return set
end

local function number(value)
  return math.type(value) and value > 0 and value < 1e9 and math.floor(value) or nil
end

-- Puts the refresh token of an answer into a grant, where there is one.
local function take_refresh_token(grant, value)
  if credentials.is_secret(value) then
    grant.refresh_token = value
  elseif type(value) == "string" and value ~= "" then
    grant.refresh_token, grant.refresh_text = credentials.secret(value), value
  end
end

local function transport_of(transport)
  return { allow_http = transport.allow_http, ca_file = transport.ca_file, proxy = transport.proxy,
    stall_timeout_ms = transport.timeout_ms, connect_timeout_ms = transport.timeout_ms }
end

local function ask_for_tokens(endpoints, form, transport, scopes)
  local options = transport_of(transport)
  options.method, options.url, options.form, options.follow = "POST", endpoints.token, form, false
  options.max_bytes = 65536
  local response, err = http.request(options)
  if not response then return failure(err.code, DOMAIN, "signing in: %s", advice.in_board_words(err).message) end
  local secrets = { "access_token", "id_token", not transport.as_text and "refresh_token" or nil }
  local answer = json.decode(response.body, { secret = secrets })
  if response.status ~= 200 then return token_failure(form.grant_type, response, answer) end
  if type(answer) ~= "table" or not credentials.is_secret(answer.access_token) then
    return failure("protocol", DOMAIN, "signing in: the answer of Google holds no access token")
  end
  local grant = { access_token = answer.access_token, life_s = number(answer.refresh_token_expires_in),
    scopes = set_of(type(answer.scope) == "string" and answer.scope or scopes or "") }
  take_refresh_token(grant, answer.refresh_token)
  return grant
end

--- Exchanges a code for tokens.
-- @param request from google.begin
-- @param client { id, secret }
-- @param code from google.answer or google.pasted
-- @param transport { allow_http, ca_file, proxy, timeout_ms, as_text = whether the refresh token is wanted as text too }
-- @return { access_token, refresh_token (secrets), refresh_text, scopes = set, life_s = seconds until the sign-in ends
--   (nil: it lasts) }, or nil and an error
function google.exchange(request, client, code, endpoints, transport)
  local grant, err = ask_for_tokens(endpoints, { grant_type = "authorization_code", client_id = client.id,
    client_secret = client.secret, code = code, code_verifier = request.verifier, redirect_uri = request.redirect_uri },
    transport, request.scopes)
  if not grant then return nil, err end
  if not grant.refresh_token then
    return failure("auth", DOMAIN, "Google gave no refresh token: take the access of the app back on %s and connect again",
      google.CONNECTIONS_PAGE)
  end
  return grant
end

--- Asks for a fresh access token, to see what a stored sign-in is still worth.
-- @param members { clientId, clientSecret, refreshToken } as fmcal.credentials resolved them
-- @return as google.exchange, without a refresh token
function google.refresh(members, endpoints, transport)
  return ask_for_tokens(endpoints, { grant_type = "refresh_token", client_id = members.clientId,
    client_secret = members.clientSecret, refresh_token = members.refreshToken }, transport)
end

-- ---------------------------------------------------------------- what was granted

local function has_any(scopes, names)
  for _, name in ipairs(names) do
    if scopes[SCOPE .. name] then return true end
  end
  return false
end

--- The scopes that are missing for a kind of calendar: a person may have unticked them.
-- @param kind as for google.begin
-- @param scopes set of what was granted
-- @return list of short names
function google.missing(kind, scopes)
  local list = {}
  for _, names in ipairs(NEEDED[kind]) do
    if not has_any(scopes, names) then list[#list + 1] = names[1] end
  end
  return list
end

--- Whether one may write events at all: into calendars of one's own, or into any.
function google.may_write(scopes)
  return #google.missing("own", scopes) == 0 or has_any(scopes, NEEDED.existing[1])
end

--- The short names of scopes, in order, for sentences.
function google.scope_names(scopes)
  local list = {}
  for scope in pairs(scopes) do list[#list + 1] = (scope:gsub("^" .. SCOPE:gsub("%p", "%%%0"), "")) end
  table.sort(list)
  return list
end

-- ---------------------------------------------------------------- a calendar of one's own

--- Makes a calendar. Never tried twice by itself, for then there might be two.
-- @param access_token secret
-- @param name string its title
-- @param zone string|nil IANA name of its time zone
-- @return id, or nil and an error
function google.create_calendar(access_token, name, zone, endpoints, transport)
  local options = transport_of(transport)
  options.method, options.url, options.bearer, options.retry = "POST", endpoints.api .. "/calendars", access_token, false
  options.headers = { ["Content-Type"] = "application/json" }
  options.body = assert(json.encode({ summary = name, timeZone = zone }, { sort = true }))
  local response, err = http.request(options)
  if not response then
    return failure(err.code, DOMAIN, "making the calendar %q: %s; look whether it is there before you try again", name,
      advice.in_board_words(err).message)
  end
  local answer = json.decode(response.body)
  local id = type(answer) == "table" and answer.id
  if response.status == 200 and type(id) == "string" and id ~= "" then return id end
  local why = type(answer) == "table" and type(answer.error) == "table" and answer.error.message
  return failure(response.status == 403 and "access" or "server", DOMAIN, "making the calendar %q: Google answered with HTTP "
    .. "status %d%s", name, response.status, type(why) == "string" and " (" .. log.masked(why):sub(1, 120) .. ")" or "")
end

return google
