---@meta

---Child processes that are asked and answer in lines, while this process waits for other things too (`fmcal.loop`).
---A child reads requests from descriptor 3 and writes answers to descriptor 4; what it prints goes to standard error.
---@class fmcal.child.module
local child = {}

---Starts a child. It is the first of a process group of its own, and has no descriptor of this process but standard error.
---@param argv string[] the program, which is not looked up in PATH, and its arguments
---@param options? { memory_bytes: integer?, max_line_bytes: integer?, master_keys: boolean? } memory_bytes: most address
---space; max_line_bytes: a longer answer ends it (64 MiB); master_keys: it gets CALENDAR_ENCRYPTION_KEY
---@return fmcal.child? child
---@return fmcal.error? err "notfound", "access", "io"
function child.start(argv, options) end

---In a child: its side of the pipes. It dies when its parent does.
---@return fmcal.child.parent? parent
---@return fmcal.error? err "invalid": this process was not started by `child.start`
function child.parent() end

---@class fmcal.child
local handle = {}

---Sends a line. Never waits: what the pipe does not take goes out with later calls of `lines`.
---@param line string without a line end
---@return true? sent
---@return fmcal.error? err "limit": too much waits to be read, and the child is killed
function handle:send(line) end

---The lines that have arrived. Never waits.
---@return string[] lines
---@return "ended"? ended when it has ended, and these are the last
---@return integer? status its exit status, 128 + n for signal n
function handle:lines() end

---The number of its process; 0 once it has ended.
---@return integer
function handle:pid() end

---Asks it to stop (SIGINT to its group).
function handle:interrupt() end

---Kills its group; `lines` tells when it has ended.
function handle:kill() end

---Kills it and waits for its end. The end of its scope and the collector do the same.
function handle:close() end

---@class fmcal.child.parent
local parent = {}

---Waits for the next request.
---@return string? line
---@return fmcal.error? err "notfound": there are no more; "canceled" (Ctrl-C)
function parent:receive() end

---Writes an answer.
---@param line string without a line end
---@return true? sent
---@return fmcal.error? err "io": the parent is gone
function parent:send(line) end

---Forgets the pipes. The end of its scope and the collector do the same.
function parent:close() end

return child
