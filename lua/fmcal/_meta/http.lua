---@meta

---HTTP requests. Calls block until the answer arrives; http.all keeps many requests in flight. Any HTTP status is an
---answer; `nil, err` means that none came (`err.code` "network", "timeout", "limit", "invalid", "readonly", …). Wrong
---types raise.
---
---Unencrypted requests go only to this machine, unless `allow_http` is set. The module follows at most 5 redirects,
---with method and body, and never from https to http. It sends credentials on to the same origin, or over https within
---the registrable domain; it does not send on a form with a secret. It refuses credentials with a control character,
---and masks passwords and tokens in every log line. In a dry run it sends only GET, HEAD, OPTIONS, PROPFIND and REPORT.
---
---    local r = assert(http.get("https://example.org/feed.ics", { timeout_ms = 5000 }))
---    print(r.status, r.headers["content-type"], #r.body)
---    for i, r in ipairs(http.all{ { url = a }, { url = b, method = "PUT", body = text } }) do print(i, r.status, r.error) end
---@class fmcal.http
local http = {}

---@class fmcal.http.options
---@field headers? table<string, string> an empty value leaves out a header that fmcal would send
---@field username? string for Basic, sent at once over TLS and to this machine, or Digest where the server offers it
---@field password? string|fmcal.secret
---@field bearer? string|fmcal.secret bearer token; wins over username and password
---@field ca_file? string PEM file of further certificate authorities
---@field proxy? string proxy URL; without it fmcal uses none, whatever the environment says
---@field allow_http? boolean allow unencrypted requests to other machines (default false)
---@field http2? boolean offer HTTP/2 over TLS (default true)
---@field follow? boolean follow redirects (default true)
---@field retry? boolean try again after transient failures: reads after any, writes only where the server has not begun (default true)
---@field max_attempts? integer tries of one request; refusals (429, 503) count by time alone (default 5)
---@field backoff_ms? integer longest first wait before a retry, doubles each time (default 500)
---@field max_wait_ms? integer longest wait before one retry (default 60000)
---@field refused_wait_ms? integer least first wait after 429 or 503, doubles each time (default 1000)
---@field retry_for_ms? integer how long a refused request is repeated, unless max_attempts is 1 (default 300000)
---@field max_in_flight? integer most requests at a time to one server (default 16)
---@field max_bytes? integer largest decoded body (default 16 MiB); a larger one is err.code "limit"
---@field timeout_ms? integer for one attempt, 0 for none (default 600000)
---@field connect_timeout_ms? integer (default 10000)
---@field stall_timeout_ms? integer longest time with less than 1 kB a second (default 60000)

---@class fmcal.http.request: fmcal.http.options
---@field url string
---@field method? string (default "GET")
---@field body? string
---@field form? table<string, string|fmcal.secret> a form as the body, with its Content-Type; at most 64 kB

---@class fmcal.http.response
---@field status integer
---@field headers table<string, string> names in lower case; repeated ones joined with ", "
---@field body string
---@field url string that answered, after redirects
---@field attempts integer
---@field offers? string the sign-ins that a 401 names, such as "Digest, Basic"

---Sends one request.
---@param request fmcal.http.request
---@return fmcal.http.response? response
---@return fmcal.error? err
function http.request(request) end

---Closes all connections, and forgets what servers have said about signing in. For a process that works for one after the
---other, between two that are not the same.
function http.forget() end

---Sends many requests, as many at a time as the server allows, and waits for all. The results are in the order of
---the requests: a response, or `{ error = err }`.
---@param requests fmcal.http.request[]
---@return (fmcal.http.response|{ error: fmcal.error })[]? results
---@return fmcal.error? err the whole call was interrupted
function http.all(requests) end

---@param url string
---@param options? fmcal.http.options
---@return fmcal.http.response? response
---@return fmcal.error? err
function http.get(url, options) end

---@param url string
---@param options? fmcal.http.options
---@return fmcal.http.response? response
---@return fmcal.error? err
function http.head(url, options) end

---@param url string
---@param options? fmcal.http.options
---@return fmcal.http.response? response
---@return fmcal.error? err
function http.delete(url, options) end

---@param url string
---@param body string
---@param options? fmcal.http.options give the Content-Type in `headers`
---@return fmcal.http.response? response
---@return fmcal.error? err
function http.post(url, body, options) end

---@param url string
---@param body string
---@param options? fmcal.http.options
---@return fmcal.http.response? response
---@return fmcal.error? err
function http.put(url, body, options) end

---@param url string
---@param body string
---@param options? fmcal.http.options
---@return fmcal.http.response? response
---@return fmcal.error? err
function http.patch(url, body, options) end

return http
