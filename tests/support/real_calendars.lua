-- Calendars for scenes (fmcal.trial.scene) whose events are no memory: folders of .ics files, and a CalDAV server's. Each has
-- what a scene needs of a mock server: objects, object, put, delete.
--     suite.load(path, text, { calendars = real_calendars.in_folders(folder) })
local core = require "fmcal.provider.core"
local shell = require "shell"

local real_calendars = {}

local function uid_of(text)
  return text:gsub("\r?\n[ \t]", ""):match("\nUID:([^\r\n]*)")
end

-- ---------------------------------------------------------------- what both can do

local Calendar = {}
Calendar.__index = Calendar

function Calendar:objects()
  local list = {}
  for i, href in ipairs(self:hrefs()) do
    local text = self:read(href)
    list[i] = { href = href, uid = uid_of(text), text = text }
  end
  return list
end

-- Several calendars of one account name their events apart.
function Calendar:object(name)
  local apart = name:gsub("@fleetmonitor$", "." .. self.name .. "%0")
  for _, object in ipairs(self:objects()) do
    if object.href == name or object.uid == name or object.uid == apart then return object end
  end
  return nil
end

function Calendar:put(name, text)
  local known = self:object(name)
  local href = known and known.href or name:gsub("[^%w]", "-") .. ".ics"
  self:write(href, text)
  return href
end

local function class()
  local made = setmetatable({}, { __index = Calendar })
  made.__index = made
  return made
end

-- ---------------------------------------------------------------- folders

local Folder = class()

function Folder:hrefs()
  return shell.lines(("cd %s && find . -name '*.ics' -printf '%%f\\n' | sort"):format(shell.quote(self.path)))
end

function Folder:read(href) return shell.read(self.path .. "/" .. href) end

function Folder:write(href, text) shell.write(self.path .. "/" .. href, text) end

function Folder:delete(href) return os.remove(self.path .. "/" .. href) end

--- Calendars that are folders below a folder, each an empty one.
-- @return function(name) -> { server, provider }
function real_calendars.in_folders(folder)
  local count = 0
  return function(name)
    count = count + 1
    local id = "calendar-" .. count
    shell.lines("mkdir " .. shell.quote(folder.path .. "/" .. id))
    return { server = setmetatable({ name = name, path = folder.path .. "/" .. id }, Folder),
      provider = assert(core.new("vdir", { endpoint = folder.path, calendar_id = id })) }
  end
end

-- ---------------------------------------------------------------- a CalDAV server

local Dav = class()

local function ask(self, method, href, body, ...)
  local answer, status = self.account:request(method, self.url .. href, body, ...)
  assert(status < 300, ("%s %s answered %d: %s"):format(method, href, status, answer))
  return answer
end

function Dav:hrefs()
  local list = {}
  for href in ask(self, "PROPFIND", "", nil, "Depth: 1"):gmatch("<[^>]*href>([^<]*)</") do
    list[#list + 1] = href:match("/([^/]+%.ics)$")
  end
  return list
end

function Dav:read(href) return ask(self, "GET", href) end

function Dav:write(href, text) ask(self, "PUT", href, text, "Content-Type: text/calendar") end

function Dav:delete(href) return ask(self, "DELETE", href) end

local count = 0

--- Makes an empty calendar. @param account of tests/support/servers.lua @return its name, its address
function real_calendars.make(account)
  count = count + 1
  local name = "calendar-" .. count
  local url = account.cal:gsub("[^/]+/$", name .. "/")
  ask({ account = account, url = url }, "MKCALENDAR", "")
  return name, url
end

--- Calendars of an account, each a new one.
-- @return function(name) -> { server, provider }
function real_calendars.of_account(account)
  return function(name)
    local id, url = real_calendars.make(account)
    return { server = setmetatable({ name = name, account = account, url = url }, Dav),
      provider = assert(core.new("caldav", { endpoint = account.url, calendar_id = id, username = account.user,
        password = account.password })) }
  end
end

return real_calendars
