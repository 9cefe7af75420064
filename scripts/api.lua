#!/usr/bin/env fmcal-lua
-- Asks a running server.
local cli = require "fmcal.cli"
local http = require "fmcal.http"
local json = require "fmcal.json"
local url = require "fmcal.url"

local parser = cli.parser {
  name = "api.lua",
  summary = "Asks a server that serve.lua has started, and prints its answer. The server is FMCAL_URL (http://127.0.0.1:8470), "
    .. "the token FMCAL_TOKEN.",
  exits = { 0, 1, 2, 3 },
  meanings = { [0] = "the server did what was asked", [1] = "it refused" },
  examples = { "api.lua GET /api/calendar/teams", "api.lua GET /api/calendar/sync/status team=academy",
    "api.lua POST /api/calendar/sync/trigger team=academy dryRun=true" },
}
parser:argument("method", "GET, POST or DELETE."):convert(string.upper)
parser:argument("path", "As docs/http-api.md has it."):convert(function(path)
  return path:sub(1, 1) == "/" and path or nil, "a path begins with /"
end)
parser:argument("members", "MEMBER=VALUE: of the query for GET, of the body for POST. A value that is JSON is taken as such.")
  :args("*")

local DEFAULT_URL = "http://127.0.0.1:8470"

local function value_of(text)
  local value = json.decode(text)
  if value == nil then return text end
  return value
end

local function members_of(words)
  local members = {}
  for _, word in ipairs(words) do
    local name, text = word:match("^([^=]+)=(.*)$")
    if not name then cli.fail(("'%s' is no MEMBER=VALUE"):format(word)) end
    members[name] = text
  end
  return members
end

-- A run may take its time, and is not asked for twice.
local PATIENCE_MS = 3600000

local function request_of(values)
  local members = members_of(values.members)
  local request = { method = values.method, url = (os.getenv("FMCAL_URL") or DEFAULT_URL):gsub("/+$", "") .. values.path,
    headers = {}, bearer = os.getenv("FMCAL_TOKEN"), retry = false, follow = false, timeout_ms = PATIENCE_MS,
    stall_timeout_ms = PATIENCE_MS }
  if values.method ~= "POST" then
    if next(members) then request.url = request.url .. "?" .. url.query(members) end
    return request
  end
  for name, text in pairs(members) do members[name] = value_of(text) end
  request.headers["Content-Type"], request.body = "application/json", assert(json.encode(members))
  return request
end

cli.main(parser, function(values)
  local response = cli.check(http.request(request_of(values)))
  cli.print((response.body:gsub("\n$", "")))
  return response.status < 400 and cli.exits.OK or cli.exits.SOME_FAILED
end)
