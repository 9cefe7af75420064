-- A person signs in to Google: the link is shown, a browser opened where there is one, and the answer waited for, on
-- this machine's listener or pasted at the terminal.

local ask = require "fmcal.cli.ask"
local cli = require "fmcal.cli"
local google = require "fmcal.accounts.google"
local google_client = require "fmcal.accounts.google_client"
local loopback = require "fmcal.loopback"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local google_sign_in = {}

local BROWSER = "xdg-open"
local PAGE = [[
<!doctype html><html lang="en"><meta charset="utf-8"><title>fmcal</title>
<style>body{font:1.1em sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}</style>
<h1>%s</h1><p>%s</p></html>
]]
local ARRIVED = PAGE:format("fmcal has Google's answer",
  "You can close this window and go back to the terminal: it says whether the calendar is connected.")
local REFUSED = PAGE:format("Not connected", "Access was refused. Nothing was changed; the terminal says what to do.")
local STRANGE = PAGE:format("Not the answer that is waited for",
  "This belongs to another sign-in, or to none. Open the link that the terminal shows.")
local NOTHING = PAGE:format("Nothing here", "This is fmcal waiting for a sign-in, and no web site.")

local function has_display()
  for _, name in ipairs { "DISPLAY", "WAYLAND_DISPLAY" } do
    if (os.getenv(name) or "") ~= "" then return true end
  end
  return false
end

local function show(request, options)
  ask.say("Sign in to Google and allow what fmcal asks for, with this link:", "", request.url, "")
  if options.browser and has_display() and sys.detach({ BROWSER, request.url }, { hide = google_client.variables }) then
    ask.say("A browser should open with it now.")
  end
  if ask.possible() then
    ask.say("Where the browser runs on another machine, it ends at a page that does not load: copy that page's address",
      ("(%s?...) and paste it here."):format(request.redirect_uri))
  end
end

-- What a request of a browser amounts to: the code, or nil and whether the sign-in ends with an error.
local function take_request(listener, request, event)
  if event.path ~= "/" then
    listener:reply(404, NOTHING)
    return nil
  end
  local code, err = google.answer(request, event.query)
  listener:reply(code and 200 or 400, code and ARRIVED or err.code == "auth" and REFUSED or STRANGE)
  if not code and err.code == "auth" then cli.fail(err) end
  if not code and event.query ~= "" then ask.say("refused: " .. err.message) end
  return code
end

-- A line that was pasted: the code, or nil; second, whether there is nothing more to read.
local function take_line(request)
  local line = io.stdin:read("l")
  if not line then return nil, true end
  line = line:match("^%s*(.-)%s*$")
  if line == "" then return nil end
  local code, err = google.pasted(request, line)
  if not code and err.code == "auth" then cli.fail(err) end
  if not code then ask.say(err.message) end
  return code
end

local function timed_out(wait_s)
  cli.fail(("no answer came from the browser within %d seconds. Where Google's page showed an error instead "
    .. "(redirect_uri_mismatch, invalid_client), the OAuth client is not of the type \"Desktop app\" or its id is wrong; "
    .. "--wait gives more time"):format(wait_s), cli.exits.UNREACHABLE)
end

local function await_code(listener, request, wait_s)
  local deadline_ms, input = time.monotonic_ms() + wait_s * 1000, ask.possible()
  while true do
    local event, err = listener:wait { timeout_ms = math.max(deadline_ms - time.monotonic_ms(), 0), input = input }
    local code, ended
    if event and event.input then
      code, ended = take_line(request)
      input = not ended
    elseif event then
      code = take_request(listener, request, event)
    elseif err.code == "timeout" then
      timed_out(wait_s)
    else
      cli.fail(err)
    end
    if code then return code end
  end
end

local function check_scopes(kind, grant)
  local missing = google.missing(kind, grant.scopes)
  if #missing == 0 then return end
  cli.fail(("Google did not grant %s: connect again and leave the boxes on Google's page ticked")
    :format(table.concat(missing, ", ")), cli.exits.UNREACHABLE)
end

--- Signs a person in; ends the command where that fails.
-- @param kind "own" or "existing", as for fmcal.accounts.google.begin
-- @param client { id, secret }
-- @param endpoints from fmcal.accounts.google.endpoints
-- @param options { wait_s, port (0: any), browser = whether one may be opened, transport as for google.exchange }
-- @return what google.exchange gives
function google_sign_in.run(kind, client, endpoints, options)
  local listener <close> = cli.check(loopback.listen(options.port))
  local request = cli.check(google.begin(kind, client.id, listener:port(), endpoints))
  show(request, options)
  local code = await_code(listener, request, options.wait_s)
  listener:close()
  local grant = cli.check(google.exchange(request, client, code, endpoints, options.transport))
  check_scopes(kind, grant)
  return grant
end

return google_sign_in
