-- What a board's calendarConfig says, for those who may read it: no secret, and nothing that may hold one.

local given = require "fmcal.util.given"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local provider = require "fmcal.provider"

local settings = {}

local HIDDEN = "…"

--- Whether a text was given out by settings.webhook in the place of an address.
function settings.is_hidden(text)
  return type(text) == "string" and text:sub(-#HIDDEN) == HIDDEN
end

-- The address of a webhook lets everybody post who has it: its server alone is shown.
local function webhook(value)
  local address = type(value) == "table" and given(value.url) or value
  if type(address) ~= "string" then return nil end
  local shown = (address:match("^%a+://[^/?#@]+") or "") .. "/" .. HIDDEN
  if type(value) ~= "table" then return shown end
  return { url = shown, on = value.on }
end

local function plain(value)
  if type(value) ~= "table" then return type(value) ~= "userdata" and value or nil end
  if value[1] ~= nil or next(value) == nil then return value end
  local copy = {}
  for name, member in pairs(value) do copy[name] = plain(member) end
  return copy
end

--- syncOptions as they may be shown.
-- @param options table|nil
function settings.options(options)
  local shown = {}
  for name, value in pairs(options or {}) do
    if name == "webhook" then shown[name] = webhook(value) else shown[name] = plain(value) end
  end
  return shown
end

-- A calendar that was disconnected keeps its place, without credentials.
local function is_connected(calendar)
  if calendar.section.connected ~= nil then return calendar.section.connected end
  local traits = provider.traits(calendar.provider)
  return not (traits and traits.main_secret) or next(calendar.section.credentials or {}) ~= nil
end

local function binding_of(opened, name)
  for _, target in ipairs(opened.targets) do
    if target.name == name then return target.known or {} end
  end
  return {}
end

local function is_paused(opened, calendar)
  local own = calendar.section.syncOptions or {}
  if own.paused ~= nil then return own.paused end
  return (opened.settings.options.paused or false)
end

--- The calendars of a board, those that are switched off too, in its order.
-- @param opened fmcal.overview
-- @param wanted what was asked: a folder in place of an account is shown as seen from the board
-- @return list of { name, provider, connected, paused, account, calendar_id, calendar, section }
function settings.calendars(opened, wanted)
  local list = json.array {}
  for i, calendar in ipairs(opened.settings.calendars) do
    local section, known = calendar.section, binding_of(opened, calendar.name)
    local account = section.accountName or known.account
    list[i] = {
      name = calendar.name, provider = calendar.provider, connected = is_connected(calendar), section = section,
      paused = is_paused(opened, calendar), account = account and place.sentence(account, wanted),
      calendar_id = section.selectedCalendarId or section.calendarId or known.calendar_id,
      calendar = section.calendarName or known.name,
    }
  end
  return list
end

return settings
