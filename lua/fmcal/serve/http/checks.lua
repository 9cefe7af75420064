-- What a request's head must be before anybody looks at who sends it: for one of our hosts, from no foreign page, with JSON.

local problem = require "fmcal.serve.http.problem"
local url = require "fmcal.url"

local checks = {}

local SAFE = { GET = true, HEAD = true, OPTIONS = true }
local OWN_SITE = { ["same-origin"] = true, none = true }

-- A host without its port, an IPv6 address without its brackets.
local function name_of(host)
  return host:match("^%[([%x:.]+)%]:?%d*$") or host:match("^([^:]*):?%d*$")
end

--- The hosts that a server is: its addresses, localhost, those that were named.
-- @param addresses of fmcal.server
-- @param names list: --host
-- @param public string|nil --public-url
-- @return { names = set, wildcards = set of the listeners whose hosts are the addresses that connections come to }
function checks.hosts(addresses, names, public)
  local own = { names = { localhost = true }, wildcards = {}, public = public and url.parse(public) }
  for _, address in ipairs(addresses) do
    if address.is_wildcard then own.wildcards[address.text] = true
    elseif address.host ~= "" then own.names[address.host] = true end
  end
  for _, name in ipairs(names or {}) do own.names[name:lower()] = true end
  if own.public then own.names[own.public.host] = true end
  return own
end

local function check_host(own, request)
  local name = name_of(request.host)
  if name and (own.names[name] or own.wildcards[request.listener] and name == request.local_address) then return true end
  return nil, problem.of("wrong-host", "This server is not %s: start it with --host NAME or --public-url URL if it shall be.",
    (request.host:gsub("[^%w%-.:%[%]]", "?")))
end

local function authority_of(parts)
  return ("%s:%d"):format(parts.host, parts.port)
end

-- Whether a page of an origin is ours: of the host and port that it asks, or of --public-url.
local function is_own_origin(own, request, origin)
  local from = url.parse(origin)
  local to = from and url.parse(from.scheme .. "://" .. request.host)
  if not to then return false end
  return authority_of(from) == authority_of(to) or own.public ~= nil and authority_of(from) == authority_of(own.public)
end

local function check_origin(own, request)
  if SAFE[request.method] then return true end
  local site, origin = request.headers["sec-fetch-site"], request.headers.origin
  if site and OWN_SITE[site] or not site and (not origin or is_own_origin(own, request, origin)) then return true end
  return nil, problem.of("foreign-origin", "A page of another site sent this request; only this server's own page may.")
end

local function check_type(request)
  local given = request.headers["content-type"]
  if not request.has_body or given and given:lower():match("^application/json%s*$") or given
    and given:lower():match("^application/json%s*;") then return true end
  return nil, problem.of("wrong-type", "The body must be JSON: send it with Content-Type: application/json.")
end

--- Checks which host is meant. @return true; or nil and a problem
checks.host = check_host

--- Checks where a request comes from and what it brings. @return true; or nil and a problem
function checks.source(own, request)
  local ok, refused = check_origin(own, request)
  if not ok then return nil, refused end
  return check_type(request)
end

return checks
