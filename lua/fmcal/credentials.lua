-- The credentials of a board: what calendarConfig.credentials may say, and what it means.
--
--   { "encrypted": "fmcal:v1:…" }                        as connect.lua leaves them
--   { "username": "julia", "appPassword": "abcd-…" }     plain: accepted with a warning
--   { "username": "julia", "command": ["pass", "show", "icloud"] }
--   { "username": "julia", "env": "NAME" }
--   { "username": "julia", "systemd": "NAME" }           a file in $CREDENTIALS_DIRECTORY
--   { "username": "julia", "keyring": { "service": "icloud" } }
--   { "clientId": "…", "clientSecret": "…", "refreshToken": "…" }   Google
--   { "serviceAccountFile": "key.json" }                 Google, a path relative to the board
--   { "serviceAccount": { "systemd": "google-key" } }    Google, the key itself
--
-- A source among the members stands for the one secret that matters (the password; Google's refresh token).
-- Any member may also be a source of its own: { "clientSecret": { "env": "NAME" } }.

local core = require "fmcal.credentials.core"
local failure = require "fmcal.util.failure"
local given = require "fmcal.util.given"
local log = require "fmcal.log"
local provider_core = require "fmcal.provider.core"

local credentials = { keyring = core.keyring, secret = core.secret, is_secret = core.is_secret }

-- What each member is, as the providers' classes say.
local KINDS = core.members()

local function is_public(name) return KINDS[name] == "public" or KINDS[name] == "path" end
-- Whether a member is a setting of the account.
local function is_member(name) return is_public(name) or KINDS[name] == "secret" end

-- A text that programs and files can be given: a zero byte would cut it short.
local function is_text(value)
  return type(value) == "string" and not value:find("\0", 1, true)
end

-- ---------------------------------------------------------------- sources

local sources = {}

function sources.command(argv, timeout_s)
  if type(argv) ~= "table" or #argv == 0 then
    return failure("invalid", "credentials",
      'the "command" of credentials must be a list of words, for example ["pass", "show", "icloud"]')
  end
  for _, word in ipairs(argv) do
    if not is_text(word) then
      return failure("invalid", "credentials", 'the words of the "command" of credentials must be strings without zero bytes')
    end
  end
  return core.from_command(argv, timeout_s)
end

function sources.env(name)
  if not is_text(name) or name == "" then
    return failure("invalid", "credentials", 'the "env" of credentials must be the name of an environment variable')
  end
  return core.from_environment(name)
end

function sources.systemd(name)
  if type(name) ~= "string" or not name:find("^[%w_-][%w._-]*$") then
    return failure("invalid", "credentials", 'the "systemd" of credentials must be the name of a systemd credential')
  end
  local folder = os.getenv("CREDENTIALS_DIRECTORY")
  if not folder then
    return failure("invalid", "credentials",
      "there is no CREDENTIALS_DIRECTORY: start fmcal from a systemd unit that says LoadCredential=%s:FILE", name)
  end
  return core.from_file(folder .. "/" .. name)
end

function sources.keyring(attributes)
  if type(attributes) ~= "table" or not next(attributes) then
    return failure("invalid", "credentials",
      'the "keyring" of credentials must be attributes of an entry, for example {"service": "icloud"}')
  end
  for name, value in pairs(attributes) do
    if not is_text(name) or not is_text(value) then
      return failure("invalid", "credentials",
        'the attributes in the "keyring" of credentials must be strings without zero bytes')
    end
  end
  return core.from_desktop(attributes)
end

-- The kind of source a table names, nil for none.
local function source_kind(value)
  for kind in pairs(sources) do
    if given(value[kind]) ~= nil then return kind end
  end
  return nil
end

local function read_source(value)
  local kind = source_kind(value)
  local timeout_s = given(value.timeout)
  if timeout_s ~= nil and (type(timeout_s) ~= "number" or timeout_s <= 0 or timeout_s > 86400) then
    return failure("invalid", "credentials", 'the "timeout" of credentials must be seconds, 1 to 86400')
  end
  return sources[kind](value[kind], timeout_s)
end

-- ---------------------------------------------------------------- members

local function is_source(value)
  return type(value) == "table" and source_kind(value) ~= nil
end

-- Members written out in the board that ought to be encrypted: names in order.
local function plain_names(section)
  local names = {}
  for name, value in pairs(section) do
    local secret = type(value) == "string" or core.is_secret(value)
    if secret and (KINDS[name] == nil or KINDS[name] == "secret") then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- One member as a provider wants it: public ones as strings, the others as secrets.
local function read_member(name, value)
  if is_source(value) then return read_source(value) end
  if core.is_secret(value) then return value end
  if type(value) ~= "string" then
    return failure("invalid", "credentials", 'member "%s" of credentials must be a text or say where it comes from '
      .. '("command", "env", "systemd" or "keyring")', name)
  end
  if is_public(name) and value:find("%c") then
    return failure("invalid", "credentials", 'member "%s" of credentials holds a control character, such as a line '
      .. "break: give it without", name)
  end
  return is_public(name) and value or core.secret(value)
end

-- The member that a source for all of them stands for.
local function main_secret(provider)
  local traits = provider_core.traits(provider)
  return traits and traits.main_secret or "password"
end

-- Adds what the section itself says to `members`. @return true, or nil and an error
local function read_members(members, section, provider)
  if source_kind(section) then
    local secret, err = read_source(section)
    if not secret then return nil, err end
    members[main_secret(provider)] = secret
  end
  for name, value in pairs(section) do
    if is_member(name) and given(value) ~= nil then
      local member, err = read_member(name, value)
      if not member then return nil, err end
      members[name] = member
    end
  end
  return true
end

local function given_or_own(keyring)
  if keyring then return keyring end
  return core.keyring()
end

local function open_blob(section, ids, keyring)
  local blob = given(section.encrypted)
  if blob == nil then return {} end
  if type(blob) ~= "string" then
    return failure("invalid", "credentials", 'the "encrypted" of credentials must be a text that starts with fmcal:v1:')
  end
  local keys, err = given_or_own(keyring)
  if not keys then return nil, err end
  return keys:open(blob, ids.team, ids.provider)
end

local function warn_of_plain(section, ids, keyring)
  local names = plain_names(section)
  if #names == 0 then return end
  log.warn("credentials", "the board of team %s holds %s for %s unencrypted: %s", ids.team, table.concat(names, ", "),
    ids.provider, keyring:can_seal() and "the next sync that writes the board encrypts it"
    or "set CALENDAR_ENCRYPTION_KEY, and the next sync encrypts it")
end

-- ---------------------------------------------------------------- what others call

--- The names of the members that credentials may have. Others go to no provider; what they hold is encrypted all the same.
-- @return table of names
function credentials.members()
  local names = {}
  for name in pairs(KINDS) do names[name] = true end
  return names
end

--- Whether a member of credentials names a file.
function credentials.is_path(name)
  return KINDS[name] == "path"
end

--- Decrypts a blob.
-- @param blob string
-- @param ids { team = , provider = }
-- @param keyring from credentials.keyring; by default the one of CALENDAR_ENCRYPTION_KEY
-- @return table of members (username and clientId strings, the others secrets), or nil and an error: "crypto"
function credentials.open(blob, ids, keyring)
  return open_blob({ encrypted = blob }, ids, keyring)
end

--- Encrypts members.
-- @param members table of strings and secrets
-- @return blob, or nil and an error: "crypto" where there is no key
function credentials.seal(members, ids, keyring)
  local keys, err = given_or_own(keyring)
  if not keys then return nil, err end
  return keys:seal(members, ids.team, ids.provider)
end

--- What a provider is to be given for a board's credentials, in any of their forms.
-- @param section table|nil calendarConfig.credentials as the board gave it
-- @param ids { team = , provider = }
-- @return table of members, `appPassword` under the name `password`; or nil and an error
function credentials.resolve(section, ids, keyring)
  section = given(section) or {}
  if type(section) ~= "table" then
    return failure("invalid", "credentials", "the credentials of %s must be an object", ids.provider)
  end
  local keys, members, err
  keys, err = given_or_own(keyring) -- a key that is set and unusable is wrong even where none is needed
  if not keys then return nil, err end
  members, err = open_blob(section, ids, keys)
  if not members then return nil, err end
  for name in pairs(members) do
    if not is_member(name) then members[name] = nil end
  end
  local ok, wrong = read_members(members, section, ids.provider)
  if not ok then return nil, wrong end
  warn_of_plain(section, ids, keys)
  members.password = members.password or members.appPassword
  members.appPassword = nil
  return members
end

--- A blob of what a section holds unencrypted, together with what it holds encrypted, for the next write of the board.
-- @return blob, and the names of the members to remove; nil where there is nothing to encrypt or no key; nil and an
-- error where encrypting failed
function credentials.encrypted(section, ids, keyring)
  section = given(section)
  if type(section) ~= "table" then return nil end
  local names = plain_names(section)
  if #names == 0 then return nil end
  local keys, err = given_or_own(keyring)
  if not keys then return nil, err end
  if not keys:can_seal() then return nil end
  local members, wrong = open_blob(section, ids, keys)
  if not members then return nil, wrong end
  for _, name in ipairs(names) do members[name] = section[name] end
  local blob, refused = keys:seal(members, ids.team, ids.provider)
  if not blob then return nil, refused end
  return blob, names
end

--- The places of credentials in a calendarConfig, in the single and in the per-provider form.
-- @param config table calendarConfig
-- @return list of { path = {name, …}, provider = name, section = table }, in the order of their names
function credentials.places(config)
  local places = {}
  local function add(path, provider, section)
    if type(section) == "table" then
      places[#places + 1] = { path = path, provider = provider, section = section }
    end
  end
  if given(config.provider) then
    add({ "credentials" }, config.provider, config.credentials)
    return places
  end
  for name, member in pairs(config) do
    if type(member) == "table" and type(name) == "string" then
      add({ name, "credentials" }, given(member.provider) or name, member.credentials)
    end
  end
  table.sort(places, function(a, b) return a.path[1] < b.path[1] end)
  return places
end

return credentials
