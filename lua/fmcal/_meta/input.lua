---@meta

---Lines of standard input as they come, none longer than allowed, for programs that wait for other things too
---(`fmcal.loop`). Once you read lines so, `io.read` misses what was read.
---
---    local lines <close> = assert(input.open(1 << 20))
---    local found, line = lines:take()
---@class fmcal.input.module
local input = {}

---@param max_bytes integer most bytes of a line
---@return fmcal.input? lines
---@return fmcal.error? err
function input.open(max_bytes) end

---@class fmcal.input
local handle = {}

---Takes what is there. Never waits: `loop:wait` does, once "none" was the answer.
---@return "line"|"too_long"|"none"|"end"|nil found "too_long": a line that is longer than allowed, told once; "none": no line
---is complete yet; "end": there will be no more
---@return string|fmcal.error|nil line without its end; or an error, "io"
function handle:take() end

---Forgets what was read. The end of its scope and the collector do the same.
function handle:close() end

return input
