-- How connect.lua shows calendars and what it did.

local json = require "fmcal.json"

local connect_view = {}

local function access(calendar)
  if not calendar.events then return "tasks only" end
  return calendar.writable and "read and write" or "read only"
end

--- Lines of a numbered list of calendars with their access.
function connect_view.list(calendars)
  local lines = { "Calendars:" }
  for i, calendar in ipairs(calendars) do
    lines[#lines + 1] = ("  %d  %s  (%s%s)"):format(i, calendar.name, access(calendar),
      calendar.primary and ", the default" or "")
  end
  return lines
end

--- Their names in one line.
function connect_view.names(calendars)
  local names = {}
  for _, calendar in ipairs(calendars) do
    if calendar.events then names[#names + 1] = ("%q"):format(calendar.name) end
  end
  return table.concat(names, ", ")
end

-- The account's name; a sign-in that may see one calendar alone does not tell it.
local function account_name(account, binding)
  if account.username then return account.username end
  return binding.account:find("@", 1, true) and binding.account or nil
end

--- The result as --json prints it.
function connect_view.result(profile, place, account, calendars, verified)
  local shown = json.array {}
  for i, calendar in ipairs(calendars) do
    shown[i] = { id = calendar.id, name = calendar.name, writable = calendar.writable, events = calendar.events,
      primary = calendar.primary }
  end
  local binding = verified.binding
  return {
    success = true, team = place.team, board = place.path, provider = profile.provider, name = place.member,
    account = account_name(account, binding), created = account.created,
    expires_at = account.expires_at, replaces = place.replaces, calendars = shown, verified = verified.tried,
    calendar = { id = binding.calendar_id, name = binding.name, writable = binding.writable },
    lost = json.array(verified.lost), encrypted = account.members ~= nil and account.plain == nil,
  }
end

--- The result as sentences.
function connect_view.sentences(profile, result)
  local calendar = result.calendar
  local lines = { ("%s: connected with the calendar %q of %s%s"):format(result.board, calendar.name, profile.title,
    result.account and (" (%s)"):format(result.account) or "") }
  local function add(sentence, ...) lines[#lines + 1] = sentence:format(...) end
  if result.replaces then add("It replaces what the board was connected with before (%s).", result.replaces) end
  if not calendar.writable then
    add("The calendar is read only: events come to the board, nothing goes to the calendar.")
  elseif result.verified then
    add("A test event was written, read back and removed.")
  end
  for _, what in ipairs(result.lost) do add("Note: this calendar does not keep %s.", what) end
  for _, limit in ipairs(profile.limits) do add("Note: %s.", limit) end
  if result.encrypted then add("The credentials are stored encrypted. Each run needs the same CALENDAR_ENCRYPTION_KEY.") end
  if result.expires_at then
    add("Google ends this sign-in on %s: the OAuth project is in \"Testing\". Publish the app and connect again.",
      result.expires_at:sub(1, 10))
  end
  add("Next: fmcal-lua sync.lua %s --dry-run", result.board)
  return lines
end

return connect_view
