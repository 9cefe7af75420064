---@meta

---A listener for a browser on this machine that returns from a sign-in page: plain HTTP on 127.0.0.1, GET requests
---without a body, one at a time. It refuses any other request, and one that names another host, with 400.
---
---    local listener <close> = assert(loopback.listen())
---    print("http://127.0.0.1:" .. listener:port() .. "/")
---    local request = assert(listener:wait { timeout_ms = 60000 })
---    listener:reply(200, "<p>You can close this window.")
---@class fmcal.loopback
local loopback = {}

---Starts to listen.
---@param port? integer 0, the default: any free port
---@return fmcal.loopback.listener? listener
---@return fmcal.error? err "io": the port is taken
function loopback.listen(port) end

---@class fmcal.loopback.listener
local listener = {}

---@return integer
function listener:port() end

---@class fmcal.loopback.event
---@field input? true standard input can be read; there is no other member then
---@field path? string as spelled, starts with "/"
---@field query? string the part after the "?", as spelled; "" if there is none

---Waits for a request. Answer it before you wait for the next one.
---@param options { timeout_ms: integer, input: boolean? } input: also end the wait when standard input can be read
---@return fmcal.loopback.event? event
---@return fmcal.error? err "timeout", "canceled" (Ctrl-C), "invalid": the last request has no answer yet
function listener:wait(options) end

---Answers the request and closes its connection. It is no failure if the browser has gone.
---@param status 200|400|404
---@param html string at most 64 kB with its headers
---@return true? sent
---@return fmcal.error? err "invalid": no request waits for an answer
function listener:reply(status, html) end

---Stops listening. The end of its scope and the collector do the same.
function listener:close() end

return loopback
