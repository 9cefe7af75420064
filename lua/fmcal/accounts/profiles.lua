-- The services that connect.lua knows, as data. To add one, add a table to LIST:
--
--   name       what a person types: connect.lua NAME
--   title      how the service is called in sentences
--   provider   the fmcal provider that reaches it; a service whose provider is not in this build cannot be connected
--   endpoint   base URL that is stored on the board; absent where the provider has its own
--   address    the provider's own base URL, for checks and sentences
--   server     what to ask for where the address depends on the account: { prompt = "…", url = function(text) -> URL }
--   username   how the account's name is called, and an example; false where there is none
--   password   how the secret is called; false where there is none
--   refused    what to say where the sign-in is refused
--   explain    sentences shown before the password is asked for: what it is and where to make one
--   limits     sentences about what the service is known to do otherwise
--   connect    module of the way to sign in, where it is another than with a password (fmcal.cli.connect.password)
--   check      module of what doctor.lua looks at besides (the model is fmcal.accounts.google_check)
--   keeps      what doctor.lua tries whether the calendar keeps it, where that is not what others keep

local core = require "fmcal.provider.core"
local unknown_provider = require "fmcal.unknown_provider"

local profiles = {}

-- A server's name or URL as a URL with `path` at its end.
local function below(path)
  return function(server)
    local base = server:find("://", 1, true) and server or "https://" .. server
    base = base:gsub("/+$", "")
    if base:find(path, 1, true) then return base .. "/" end
    return base .. path .. "/"
  end
end

local LIST = {
  {
    name = "apple", title = "Apple iCloud", provider = "apple", address = "https://caldav.icloud.com/",
    username = "Apple account (for example julia@icloud.com)", password = "App-specific password",
    refused = "iCloud wants an app-specific password from https://account.apple.com, not the password of the Apple account",
    explain = {
      "iCloud does not let programs sign in with the password of the Apple account. It wants an app-specific password,",
      "which works for this one program and can be taken back at any time:",
      "  1. open https://account.apple.com and sign in (two-factor authentication must be on)",
      "  2. Sign-In and Security > App-Specific Passwords > Generate",
      "  3. give it a name such as \"fmcal\" and type the password (xxxx-xxxx-xxxx-xxxx) here",
      "Changing the password of the Apple account takes all app-specific passwords back.",
    },
    limits = {
      "an event's UID can be in one calendar of the account only",
      "calendars that are subscribed to cannot be written",
    },
  },
  {
    name = "fastmail", title = "Fastmail", provider = "caldav", endpoint = "https://caldav.fastmail.com/",
    username = "Fastmail address (for example julia@fastmail.com)", password = "App password",
    explain = {
      "Fastmail wants an app password for calendar programs, not the password of the account:",
      "  Settings > Privacy & Security > Integrations > New App Password, with access to calendars (CalDAV)",
      "Accounts of the Basic plan can make none: they have no CalDAV.",
    },
    limits = {},
  },
  {
    name = "nextcloud", title = "Nextcloud", provider = "caldav",
    server = { prompt = "Nextcloud server (for example cloud.example.org)", url = below("/remote.php/dav") },
    username = "Nextcloud user name", password = "App password",
    explain = {
      "Nextcloud wants an app password where two-factor authentication is on, and it is better everywhere:",
      "  Settings > Security > Devices & sessions > Create new app password",
    },
    limits = { "an event that was deleted stays in the trash bin, where its UID is taken until the bin is emptied" },
  },
  {
    name = "caldav", title = "CalDAV", provider = "caldav",
    server = { prompt = "Address of the CalDAV server (for example https://dav.example.org/)",
      url = function(text) return text end },
    username = "User name", password = "Password",
    explain = { "Where the server offers app passwords, make one for fmcal: it can be taken back by itself." },
    limits = {},
  },
  {
    name = "vdir", title = "Folder of .ics files", provider = "vdir",
    server = { prompt = "Folder (relative to the board, for example calendars)", url = function(text) return text end },
    username = false, password = false, explain = {}, limits = {},
  },
  {
    name = "google", title = "Google Calendar", provider = "google", address = "https://www.googleapis.com/",
    username = false, password = false, connect = "fmcal.cli.connect.google", check = "fmcal.accounts.google_check",
    keeps = "private properties and a reminder",
    explain = {
      "Google lets programs in through an OAuth client that is yours: docs/google.md shows how to make one (five minutes, once).",
    },
    limits = { "an event has at most five reminders, up to four weeks before its start" },
  },
}

local function is_built(profile)
  for _, name in ipairs(core.names()) do
    if name == profile.provider then return true end
  end
  return false
end

--- The names of the services that can be connected.
function profiles.names()
  local names = {}
  for _, profile in ipairs(LIST) do
    if is_built(profile) then names[#names + 1] = profile.name end
  end
  return names
end

--- The profile of a service.
-- @return profile, or nil and a sentence
function profiles.find(name)
  for _, profile in ipairs(LIST) do
    if profile.name == name and is_built(profile) then return profile end
    if profile.name == name then
      return nil, ("%s is not in this build of fmcal; there are %s"):format(profile.title,
        table.concat(profiles.names(), ", "))
    end
  end
  return nil, unknown_provider(name, profiles.names())
end

--- The first profile of a provider; nil for a provider without.
function profiles.of_provider(name)
  for _, profile in ipairs(LIST) do
    if profile.provider == name then return profile end
  end
  return nil
end

--- The profile that a target on a board was probably connected with, for sentences about it.
function profiles.of_target(spec)
  for _, profile in ipairs(LIST) do
    if profile.name == spec.name or profile.endpoint and profile.endpoint == spec.endpoint then return profile end
  end
  for _, profile in ipairs(LIST) do
    if profile.name == spec.provider then return profile end
  end
  return nil
end

return profiles
