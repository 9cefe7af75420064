---@meta

---The process in which a team's rules run: `fmcal-lua` itself, or `libexec/fmcal/worker` of the installed library. The
---variable FMCAL_WORKER names another program. What it says is the business of `fmcal.rules.client` and
---`fmcal.rules.worker`.
---@class fmcal.worker.module
local worker = {}

---Starts a worker.
---@return fmcal.worker? worker
---@return fmcal.error? err "notfound": the program is not there
function worker.start() end

---@class fmcal.worker
local handle = {}

---Lets the clocks of a question begin.
---@param cpu_ms integer milliseconds of the worker's processor time
---@param wall_ms integer milliseconds altogether
function handle:begin(cpu_ms, wall_ms) end

---Sends a question. Values may be whatever data can be, with any bytes in a string; a function arrives as one that does
---nothing. Several questions may be on their way, which are answered in turn.
---@param ... any
---@return true? sent
---@return fmcal.error? err "limit": it is too large
function handle:send(...) end

---Sends what the worker wants to know while it answers a question.
---@param ... any
---@return true? sent
---@return fmcal.error? err as of send
function handle:reply(...) end

---Waits for what the worker says. A worker that does not answer in time is ended.
---@return any ... values; nil and an error: "timeout" (the limits), "canceled" (Ctrl-C), "io" (it has ended), "limit" (too
---large an answer), "parse" (the answer is damaged)
function handle:receive() end

---Ends the worker. The end of its scope and the collector do the same.
function handle:close() end

return worker
