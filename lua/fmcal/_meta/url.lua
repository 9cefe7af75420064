---@meta

---URLs: parts, references, comparison. Only http and https; fmcal.http requests exactly the URL that was checked here.
---The module refuses a URL with a space, a control character or a user name. Functions raise for an argument of the
---wrong type and return `nil, err` (`err.code` "invalid") for text that is no such URL.
---
---    local u = assert(url.parse("https://cal.example.org/dav/?x=1"))
---    print(u.host, u.port, u.path)       --> cal.example.org  443  /dav/
---    url.resolve("https://h/a/", "b.ics")  --> "https://h/a/b.ics"
---@class fmcal.url
local url = {}

---@class fmcal.url.parts
---@field scheme string "http" or "https"
---@field host string lower-case; an IPv6 address without its brackets
---@field port integer the scheme's own if the URL names none
---@field path string as spelled, starts with "/"
---@field query? string after the "?", as spelled

---Takes an absolute URL apart.
---@param text string
---@return fmcal.url.parts? parts
---@return fmcal.error? err
function url.parse(text) end

---Resolves a reference against an absolute URL (RFC 3986 section 5). "a:b.ics" is a file name, not a scheme. resolve()
---percent-encodes spaces and bytes above 0x7E in the reference.
---@param base string
---@param reference string
---@return string? absolute
---@return fmcal.error? err
function url.resolve(base, reference) end

---The one spelling of a URL's path, for comparing: `/c/k1%40x` and `/c/k1@x` give the same.
---@param text string an absolute URL, or a path that starts with "/"
---@return string? path
---@return fmcal.error? err
function url.canonical_path(text) end

---Whether scheme, host and port agree.
---@param a string
---@param b string
---@return boolean? same
---@return fmcal.error? err
function url.same_origin(a, b) end

---Whether both hosts are in one registrable domain (public suffix list).
---@param a string
---@param b string
---@return boolean? same
---@return fmcal.error? err
function url.same_site(a, b) end

---Whether fmcal may send credentials of `home` to `target`: the same origin, https to https in one
---registrable domain, or both loopback.
---@param home string
---@param target string
---@return boolean? trusted
---@return fmcal.error? err
function url.trusts(home, target) end

---Whether a host is this machine: localhost, a name below it, 127.0.0.0/8, ::1.
---@param host string
---@return boolean
function url.is_loopback(host) end

---Percent-encodes everything but letters, digits and `-._~`: for one path segment or one query value.
---@param text string
---@return string
function url.encode(text) end

---Resolves percent-escapes; a `%` without two hexadecimal digits stays.
---@param text string
---@return string
function url.decode(text) end

---A query or form body from a table: `name=value` pairs, encoded, sorted by name.
---@param members table<string, string|number|boolean>
---@return string
function url.query(members) end

return url
