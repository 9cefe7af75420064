---@meta

---An HTTP server without threads, which is asked what has arrived: a thing that `fmcal.loop` waits for. It decides nothing
---but what concerns bytes: sizes, counts, deadlines, and heads that can be read in two ways, which it refuses with 400. A
---request's head comes first, so that a body is read only for those who may send one.
---
---    local handle <close> = assert(server.listen { addresses = { "127.0.0.1:0" } })
---    all:add(handle)
---    all:wait()
---    for _, event in ipairs(assert(handle:step())) do
---      if event.kind == "head" then event.exchange:respond(404, {}, "") end
---    end
---@class fmcal.server
local server = {}

---@class fmcal.server.options
---@field addresses? string[] "127.0.0.1:8470", "[::1]:0" (any free port), "unix:PATH"
---@field descriptors? integer[] of sockets that listen already; the server closes them
---@field trusted_proxies? string[] networks: "10.0.0.0/8", "::1"
---@field max_connections? integer at once, 512
---@field max_per_address? integer at once from one address (of IPv6 one /64), 64; not for Unix sockets and proxies
---@field bodies_bytes? integer of bodies in memory at once, 16 MiB
---@field stream_bytes? integer that may be unsent in a stream, 256 KiB
---@field head_ms? integer for a head, 10,000
---@field body_ms? integer for a body, 30,000
---@field send_ms? integer until an answer is taken, 60,000
---@field idle_ms? integer between two requests of a connection, 75,000

---Starts to listen.
---@param options fmcal.server.options
---@return fmcal.server.handle? server
---@return fmcal.error? err "invalid": an address, descriptor or network is none; "access", "io": it is taken; "readonly";
---"unsupported": libmicrohttpd is not installed
function server.listen(options) end

---@class fmcal.server.handle
local handle = {}

---@class fmcal.server.address
---@field text string "127.0.0.1:41234", "[::1]:8470", "unix:PATH"
---@field host string "127.0.0.1"; "" for a Unix socket
---@field is_local boolean nobody from another machine can connect
---@field is_wildcard boolean any address of the machine

---Where it listens.
---@return fmcal.server.address[]
function handle:addresses() end

---Whether an address, without a port, is a trusted proxy's.
---@param address string
---@return boolean
function handle:trusts(address) end

---What it is doing: open connections, answers on their way (streams left out), requests that it refused by itself.
---@return { connections: integer, answering: integer, refused: integer }
function handle:counts() end

---@class fmcal.server.event
---@field kind "head"|"request"|"gone" its head is here; its body too; the client has gone before the answer was taken
---@field exchange fmcal.server.exchange the same one for the same request

---Does what there is to do, without waiting for more, and says what has happened.
---@return fmcal.server.event[]? events
---@return fmcal.error? err "canceled" (Ctrl-C), "io"
function handle:step() end

---Closes everything. The end of its scope and the collector do the same.
function handle:close() end

---A request and its answer. One that is given up without an answer is answered with 500.
---@class fmcal.server.exchange
local exchange = {}

---@class fmcal.server.head
---@field method string as spelled
---@field target string as spelled: visible ASCII without "%00"
---@field headers table<string, string> by their names in small letters; what came twice is joined
---@field peer string the other side's address; "unix" for a Unix socket
---@field listener string as in `addresses()`
---@field local_address string the address that it came to; "" for a Unix socket
---@field is_trusted boolean the other side is a trusted proxy
---@field has_body boolean

---@return fmcal.server.head? head
---@return fmcal.error? err "network": the client has gone
function exchange:head() end

---Lets the body come, once the head is here.
---@param max_bytes integer
---@return boolean? here true: there is none to wait for; false: an event will tell of it
---@return fmcal.error? err "limit": the head says that it is larger; "throttled": too many are on their way; "network"
function exchange:receive(max_bytes) end

---@return string body "" before it is here, and after the answer
function exchange:body() end

---Answers. Content-Length and Date are added; to HEAD, and with 304, the body's length is sent alone. A connection whose
---body was not read is closed.
---@param status integer
---@param headers table<string, string>
---@param body? string
---@return true? done
---@return fmcal.error? err "network": the client has gone; "invalid": it was answered, or a header cannot be sent
function exchange:respond(status, headers, body) end

---Answers with a stream.
---@param status integer
---@param headers table<string, string>
---@return true? done
---@return fmcal.error? err as `respond()`
function exchange:stream(status, headers) end

---Writes to a stream.
---@param text string
---@return true? done
---@return fmcal.error? err "limit": too much is unsent, and the client was dropped; "network", "invalid"
function exchange:write(text) end

---Ends a stream when all of it is sent.
function exchange:finish() end

---Lets go of it. The collector does the same.
function exchange:close() end

return server
