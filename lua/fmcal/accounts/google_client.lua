-- The OAuth client that a person brings: from the file that Google's console gives out, from the environment, or from
-- what the board holds already.

local core = require "fmcal.credentials.core"
local credentials = require "fmcal.credentials"
local failure = require "fmcal.util.failure"
local json = require "fmcal.json"
local read_file = require "fmcal.util.read_file"

local google_client = {}

local DOMAIN = "connect"
local ID_VARIABLE, SECRET_VARIABLE = "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"

--- The environment variables that hold a secret: no program that is started gets them.
google_client.variables = { SECRET_VARIABLE }

-- A client whose secret came as text, to be stored like that, or as an opaque secret.
local function client_of(id, secret)
  if core.is_secret(secret) then return { id = id, secret = secret } end
  return { id = id, secret = core.secret(secret), text = secret }
end

--- Reads the JSON file of an OAuth client of the type "Desktop app".
-- @param as_text whether the secret is to be readable, for a board without encryption
-- @return { id, secret (opaque), text = the secret as text, or nil }, or nil and an error
function google_client.from_file(path, as_text)
  local text, unread = read_file(path, "client's file")
  if not text then return failure("invalid", DOMAIN, "%s", unread) end
  local content = json.decode(text, { secret = { "private_key", not as_text and "client_secret" or nil } })
  if type(content) ~= "table" then return failure("invalid", DOMAIN, "the client's file %s is no JSON object", path) end
  if content.type == "service_account" then
    return failure("invalid", DOMAIN, "%s is the key of a service account: give it with --service-account", path)
  end
  if content.web then
    return failure("invalid", DOMAIN, "the OAuth client in %s is of the type \"Web application\": create one of the type "
      .. "\"Desktop app\" in Google's console", path)
  end
  local client = content.installed
  if type(client) ~= "table" or type(client.client_id) ~= "string"
    or not (core.is_secret(client.client_secret) or type(client.client_secret) == "string") then
    return failure("invalid", DOMAIN, "%s is no file of an OAuth client: it has no \"installed\" with client_id and "
      .. "client_secret", path)
  end
  return client_of(client.client_id, client.client_secret)
end

--- The client in the environment: GOOGLE_CLIENT_ID, or the id given, and GOOGLE_CLIENT_SECRET.
-- @param id string|nil
-- @return as from_file, `secret` nil where it is not set; nil where there is no id
function google_client.from_environment(id, as_text)
  id = id or os.getenv(ID_VARIABLE)
  if not id or id == "" then return nil end
  local secret = os.getenv(SECRET_VARIABLE)
  if not secret or secret == "" then return { id = id } end
  local client = client_of(id, secret)
  client.text = as_text and secret or nil
  return client
end

--- The client of the sign-in that the board holds: connecting again needs no file.
-- @param section calendarConfig.credentials, or nil
-- @return as from_file, or nil
function google_client.from_board(section, ids, keyring)
  local members = section and credentials.resolve(section, ids, keyring)
  if not members or not members.clientId or not members.clientSecret then return nil end
  return { id = members.clientId, secret = members.clientSecret }
end

return google_client
