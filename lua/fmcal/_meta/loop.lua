---@meta

---Waiting for many things at once: children (`fmcal.child`), folders (`fmcal.watch`), a server (`fmcal.server`) and whatever
---else has a descriptor.
---
---    local waits <close> = assert(loop.new())
---    waits:add(child)
---    for _, thing in ipairs(assert(waits:wait(1000))) do print(thing) end
---@class fmcal.loop.module
local loop = {}

---@return fmcal.loop? loop
---@return fmcal.error? err "io": too many files are open
function loop.new() end

---@class fmcal.loop
local handle = {}

---Waits for a thing from now on. Remove it before you close it.
---@param thing userdata
---@return true? added
---@return fmcal.error? err
function handle:add(thing) end

---Waits for it no longer.
---@param thing userdata
function handle:remove(thing) end

---Waits until something has happened to at least one of the things.
---@param timeout_ms? integer nil: as long as it takes
---@return userdata[]? things those to ask now, at most 64; empty when the time is over
---@return fmcal.error? err "canceled" (Ctrl-C)
function handle:wait(timeout_ms) end

---Forgets its things. The end of its scope and the collector do the same.
function handle:close() end

return loop
