-- What the scripted servers have in common as calendars of histories: one process for many histories, faults by the names
-- of swarm.lua. Control goes over a connection of its own.
local http = require "fmcal.http"
local json = require "fmcal.json"

local remote = {}

local FOR_EVER = 1000000

--- A control request; a table is sent as JSON. @return the answer, decoded
function remote.control(server, method, path, body)
  local text = type(body) == "table" and assert(json.encode(body)) or body
  local answer = assert(http.request { url = server.url .. path, method = method, body = text, retry = false })
  assert(answer.status < 300, ("%s %s: %d %s"):format(method, path, answer.status, answer.body))
  return json.decode(answer.body)
end

-- What is no answer, whatever its status says: { code, body }.
local PAGE = "<html><body>Please sign in</body></html>"
local HOLLOWS = { { 200, "" }, { 204, "" }, { 200, PAGE }, { 206, PAGE }, { 200, "{}" }, { 200, "null" },
  { 200, '{"error":{"code":503}}' }, { 207, '<?xml version="1.0"?><multistatus xmlns="DAV:"/>' } }

-- What is no object.
local DAMAGES = { "", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEV", "&lt;html&gt;", "BEGIN:VCALENDAR\r\nSUMMARY:\1\r\nEND:VCALENDAR\r\n" }
local ROWS = { json.null, json.array {}, "row", { kind = "calendar#event" } }

local function any_form(list, form)
  return list[form % #list + 1]
end

-- Faults of swarm.lua as the servers know them: function(fault) -> rule.
local rules = {}

function rules.lost() return { kind = "lose" } end
function rules.network() return { kind = "drop" } end
function rules.truncate() return { kind = "cut", bytes = 60 } end
function rules.server(fault) return { kind = "status", code = any_form({ 500, 503, 502 }, fault.form) } end
function rules.throttle() return { kind = "status", code = 429, headers = { ["Retry-After"] = "1" } } end
function rules.refuse() return { kind = "status", code = 403 } end
-- What a DELETE does not find is gone.
function rules.gone(fault) return { kind = "status", code = 404, on = fault.on == "write" and "update" or nil } end
function rules.forget() return { kind = "forget" } end
function rules.missing() return { kind = "missing" } end
function rules.lag(fault) return { kind = "lag", on = "write", reads = fault.times } end
function rules.damaged(fault) return { kind = "damaged", body = any_form(DAMAGES, fault.form) } end
function rules.odd(fault) return { kind = "odd", row = any_form(ROWS, fault.form) } end
function rules.tokenless() return { kind = "tokenless" } end
-- A DELETE may be answered with nothing.
function rules.hollow(fault)
  local code, body = table.unpack(any_form(HOLLOWS, fault.form))
  return { kind = "status", except = "delete", code = code, body = body }
end

local function rules_of(fault)
  if fault.kind == "cut" then
    return { { kind = fault.after and "lose" or "drop", skip = fault.at - 1, times = 1 },
      { kind = "drop", skip = fault.at - 1, times = FOR_EVER } }
  end
  local rule = rules[fault.kind](fault)
  rule.on, rule.skip, rule.times = rule.on or fault.on, fault.at - 1, fault.times
  return { rule }
end

--- Orders the faults of a run.
function remote.order(server, faults)
  local ordered = json.array {}
  for _, fault in ipairs(faults) do
    if fault.kind == "expired" then
      remote.control(server, "POST", "_expire")
    else
      for _, rule in ipairs(rules_of(fault)) do ordered[#ordered + 1] = rule end
    end
  end
  if #ordered > 0 then remote.control(server, "POST", "_fault", ordered) end
end

--- The requests of a run, as a log of a calendar.
-- @param is_body function(row) -> whether it asks for objects
function remote.log(server, is_body)
  local log = { writes = 0, bodies = 0, lines = {} }
  for i, row in ipairs(remote.control(server, "GET", "_log").requests) do
    local writes = row.method == "PUT" or row.method == "DELETE" or row.method == "PATCH"
      or row.method == "POST" and row.path:find("/events", 1, true)
    if writes then log.writes = log.writes + 1 end
    if is_body(row) then log.bodies = log.bodies + 1 end
    log.lines[i] = ("%s %s %d"):format(row.method, row.path, row.status)
  end
  return log
end

return remote
