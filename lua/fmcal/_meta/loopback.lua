---@meta

---A listener for a browser on this machine that comes back from a sign-in page: plain HTTP on 127.0.0.1, GET requests
---without a body, one at a time. What is no such request, or names another host, is refused with 400 here.
---
---    local listener <close> = assert(loopback.listen())
---    print("http://127.0.0.1:" .. listener:port() .. "/")
---    local request = assert(listener:wait { timeout_ms = 60000 })
---    listener:reply(200, "<p>You can close this window.")
---@class fmcal.loopback
local loopback = {}

---Starts to listen.
---@param port? integer 0, the default: any that is free
---@return fmcal.loopback.listener? listener
---@return fmcal.error? err "io": the port is taken
function loopback.listen(port) end

---@class fmcal.loopback.listener
local listener = {}

---@return integer
function listener:port() end

---@class fmcal.loopback.event
---@field input? true standard input can be read; nothing else is there then
---@field path? string as spelled, starts with "/"
---@field query? string what stands behind the "?", as spelled; "" where there is none

---Waits for a request, which has to be answered before the next wait.
---@param options { timeout_ms: integer, input: boolean? } input: end the wait when standard input can be read, too
---@return fmcal.loopback.event? event
---@return fmcal.error? err "timeout", "canceled" (Ctrl-C), "invalid": the last request was not answered
function listener:wait(options) end

---Answers the request and closes its connection. A browser that has gone meanwhile is no failure.
---@param status 200|400|404
---@param html string at most 64 kB with its headers
---@return true? sent
---@return fmcal.error? err "invalid": no request waits for an answer
function listener:reply(status, html) end

---Stops listening. Also at the end of its scope, and when collected.
function listener:close() end

return loopback
