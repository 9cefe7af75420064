#!/usr/bin/env fmcal-lua
-- Serves boards: keeps them in step, and answers HTTP.
local cli = require "fmcal.cli"
local service = require "fmcal.service"
local sys = require "fmcal.sys"

local parser = cli.parser {
  name = "serve.lua",
  summary = "Serves boards: keeps them in step with their calendars, shows how they stand on a page, and answers an HTTP API.",
  exits = { 0, 1, 2 },
  meanings = { [0] = "it was asked to stop, and did", [1] = "it cannot listen, or cannot write what it keeps" },
  examples = { "serve.lua boards/", "serve.lua boards/ --listen 127.0.0.1:0 --no-token",
    "serve.lua boards/ --listen unix:/run/fmcal.sock --public-url https://calendar.example.org" },
}
parser:argument("paths", "Boards, and folders with boards."):args("+")
parser:option("--listen", "Listen on 127.0.0.1:8470 (the default), [::1]:8470, or unix:PATH. Port 0 takes a free one.")
  :argname("ADDR"):count("*")
parser:option("--host", "Answer to this name too."):argname("NAME"):count("*")
parser:option("--public-url", "How browsers reach this server, through a proxy."):argname("URL")
parser:option("--trusted-proxy", "Believe what this network's proxies say of their clients."):argname("CIDR"):count("*")
parser:flag("--no-token", "Let in everybody who can connect, as admin. For loopback and Unix sockets only.")
parser:option("--jobs", "Most runs at a time; by default twice the processors."):argname("N")
  :convert(cli.whole_number(1, 512))
parser:option("--state", "Keep tokens, runs and states in this folder."):argname("DIR")
parser:option("--max-connections", "Most connections at a time, 512."):argname("N"):convert(cli.whole_number(1, 100000))
parser:option("--max-per-address", "Most connections of one address at a time, 64."):argname("N")
  :convert(cli.whole_number(1, 100000))

local function options_of(values)
  return { paths = values.paths, descriptors = service.sockets(), listen = values.listen, hosts = values.host,
    public_url = values.public_url,
    trusted_proxies = values.trusted_proxy, no_token = values.no_token, jobs = values.jobs, state = values.state,
    max_connections = values.max_connections, max_per_address = values.max_per_address }
end

local function tell(opened)
  for _, address in ipairs(opened:addresses()) do cli.print("listening on " .. address) end
  if opened.options.no_token then cli.complain("everybody who can connect is admin (--no-token)") end
  if sys.is_terminal("stdout") then
    local link = opened:link()
    if link then cli.print("sign in once, within 10 minutes: " .. link) end
  end
  cli.flush()
end

cli.main(parser, function(values)
  local serve = require "fmcal.serve"
  for _, path in ipairs(values.paths) do
    if not sys.stat(path) then cli.fail(("there is no %s"):format(path)) end
  end
  local opened = cli.check(serve.open(options_of(values)))
  cli.check(opened:run(function() tell(opened) end))
  return cli.exits.OK
end)
