-- The names that scripts may use for settings of providers and members of events: camelCase, or snake_case as the original
-- has it. One that nobody reads is a slip, and would be lost without a word.

local core = require "fmcal.credentials.core"
local did_you_mean = require "fmcal.util.did_you_mean"
local rules_schema = require "fmcal.rules.schema"
local sorted_names = require "fmcal.util.sorted_names"

local script_names = {}

local function set_of(...)
  local names = {}
  for _, name in ipairs { ... } do names[name] = true end
  return names
end

-- Settings of fmcal.provider.new (fmcal/provider.h, docs/configuration.md), and of credentials those that reach a provider.
local OPTIONS = set_of("team", "provider", "calendarId", "endpoint", "allowHttp", "caFile", "proxy", "credentials", "timeoutMs",
  "retryForMs", "requestsPerMinute", "http2", "dryRun", "bound", "discovery", "file", "accountName", "accountId")
for name, kind in pairs(core.members()) do
  if kind ~= "source" and kind ~= "note" then OPTIONS[name] = true end
end

local function camel_case(name)
  return (name:gsub("_(%l)", string.upper))
end

-- A copy with the names in camelCase; raises for an unknown one, as misuse does.
-- @param like function(name)|nil that knows further names
local function named(given, known, what, level, like)
  if type(given) ~= "table" then error(("a table of %ss is expected, not %s"):format(what, type(given)), level + 1) end
  local copy = {}
  for name, value in pairs(given) do
    local wanted = type(name) == "string" and camel_case(name) or name
    if not known[wanted] and not (like and type(wanted) == "string" and like(wanted)) then
      error(("%s '%s' is not known%s"):format(what, tostring(name), did_you_mean(tostring(wanted), sorted_names(known))),
        level + 1)
    end
    copy[wanted] = value
  end
  return copy
end

--- Settings of a provider, by their names in camelCase; raises for a name that no provider knows.
-- @param level of the caller whose mistake it is, as for error()
function script_names.options(given, level)
  local options = named(given, OPTIONS, "option", level + 1) -- no tail call: it would take a level away
  return options
end

--- An event, its members named in camelCase; raises for a member that no event has.
function script_names.event(given, level)
  local event = named(given, rules_schema.EVENT.members, "event member", level + 1, rules_schema.EVENT.like)
  return event
end

return script_names
