-- Signing in to Google in tests: commands that wait for a browser, and the browser.
local shell = require "shell"

local sign_in = {}

local BROWSER = "python3 " .. shell.quote(os.getenv("TESTS_DIR") .. "/support/browser.py")

--- What a browser does with a link; words as in browser.py. @return status, the address it ends at, the page
function sign_in.browse(link, words)
  local out, errors, status = shell.run(("%s %s %s"):format(BROWSER, words or "", shell.quote(link)))
  assert(status == 0, errors)
  local code, address, page = out:match("^(%d+) (%S+)\n(.*)$")
  return math.tointeger(code), address, page
end

--- Puts an xdg-open into a place that does what browser.py does with such words; what the browser shows goes to the
-- file "page", what its environment is to the file "environment". @return the environment for it
function sign_in.desktop(place, words)
  local folder = place:file("bin")
  shell.lines("mkdir -p " .. shell.quote(folder))
  shell.write(folder .. "/xdg-open", ("#!/bin/sh\nenv >%s\n%s %s \"$1\" >%s 2>&1\n"):format(
    shell.quote(place:file("environment")), BROWSER, words or "", shell.quote(place:file("page"))))
  shell.lines("chmod +x " .. shell.quote(folder .. "/xdg-open"))
  return ("DISPLAY=:0 PATH=%s:\"$PATH\""):format(shell.quote(folder))
end

local Waiting = {}
Waiting.__index = Waiting

--- Starts a command of fmcal that shows a link and waits. @return it, with its link
function sign_in.start(place, words, environment)
  local self = setmetatable({ errors = place:file("errors"), shown = "" }, Waiting)
  self.pipe = assert(io.popen(("cd %s && env -u DISPLAY -u WAYLAND_DISPLAY -u LUA_PATH_5_4 %s %s %s 2>&1 >%s </dev/null"):format(
    shell.quote(place.path), environment, shell.quote(os.getenv("FMCAL_LUA")), words, shell.quote(place:file("out")))))
  self.out = place:file("out")
  for line in self.pipe:lines() do
    self.shown = self.shown .. line .. "\n"
    self.link = line:match("^(http%S+)$")
    if self.link then return self end
  end
  local _, _, status = self.pipe:close()
  error(("%s: no link, status %s\n%s"):format(words, tostring(status), self.shown), 2)
end

--- Waits for the end. @return output, errors, exit status
function Waiting:finish()
  self.shown = self.shown .. self.pipe:read("a")
  local _, _, status = self.pipe:close()
  return shell.read(self.out), self.shown, status
end

--- The parameters of the link.
function Waiting:parameters()
  local url, members = require "fmcal.url", {}
  for name, value in self.link:match("%?(.*)$"):gmatch("([^&=]+)=([^&]*)") do members[name] = url.decode(value) end
  return members
end

return sign_in
