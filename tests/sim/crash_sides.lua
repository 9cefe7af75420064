-- The calendars of crash scenes, as another program reaches them: see crash_scene.lua.
local json = require "fmcal.json"
local shell = require "shell"

local sides = {}

--- A folder of objects, as for Scene.new.
function sides.vdir(path)
  local side, folder = {}, path .. "/calendars/academy"
  os.execute("mkdir -p " .. folder)

  function side.config() return { provider = "vdir", endpoint = "calendars", calendarId = "academy" } end
  function side.trouble() end
  function side.await() end

  function side.objects()
    local found = {}
    for _, name in ipairs(shell.lines(("cd %s && ls"):format(folder))) do found[name] = shell.read(folder .. "/" .. name) end
    return found
  end

  -- Files that were on their way out; what only was to become a file may lie there for a while.
  function side.leftovers()
    return shell.lines(("find %s -name '.*-aside-*'"):format(folder))
  end

  function side.put(_, name, text)
    shell.write(folder .. "/.other", text)
    assert(os.rename(folder .. "/.other", folder .. "/" .. name))
  end

  function side.delete(_, name) assert(os.remove(folder .. "/" .. name)) end

  -- As links: an object that is copied would be another version.
  function side.keep(_, root) shell.lines(("cp -al %s/calendars %s/calendars"):format(path, root)) end
  function side.go_back() shell.lines(("rm -r %s/calendars && cp -al %s/../calendars %s"):format(path, path, path)) end

  return side
end

local function on_server(server)
  local side = {}

  function side.config()
    return { provider = "caldav", endpoint = server.url, calendarId = "kanban",
      credentials = { username = server.user, command = { "printf", server.password } } }
  end

  -- The server does what it is asked to and the answer is lost.
  function side.trouble()
    local faults = json.array { { kind = "lose", method = "DELETE", path = "K--03" } }
    for i, event in ipairs { "K--02", "K--08", "K--12", "K--14" } do
      faults[i + 1] = { kind = "lose", method = "PUT", path = event }
    end
    server:fault(faults)
    side.open = server:control("GET", "_log").open
  end

  function side.await()
    repeat until server:control("GET", "_log").open <= side.open
    server:control("DELETE", "_fault")
  end

  function side.objects()
    local found = {}
    for name, object in pairs(server:control("GET", "_objects").kanban) do found[name] = object.text end
    return found
  end

  function side.leftovers() return {} end
  function side.put(_, name, text) server:control("PUT", "_objects/kanban/" .. name, text) end
  function side.delete(_, name) server:control("DELETE", "_objects/kanban/" .. name) end
  function side.keep() server:control("POST", "_keep") end
  function side.go_back() server:control("POST", "_return") end

  return side
end

--- A scripted CalDAV server that loses replies. @return function for Scene.new
function sides.caldav(server)
  return function() return on_server(server) end
end

return sides
