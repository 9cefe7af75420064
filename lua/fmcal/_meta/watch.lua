---@meta

---What changes in folders, as the system tells it (inotify). `fmcal.loop` waits for it.
---@class fmcal.watch.module
local watch = {}

---@return fmcal.watch? watch
---@return fmcal.error? err "io": the system allows no more of them
function watch.open() end

---@class fmcal.watch
local handle = {}

---Watches a folder from now on.
---@param folder string
---@return true? added
---@return fmcal.error? err "notfound", "access", "io"
function handle:add(folder) end

---@class fmcal.watch.change
---@field kind "written"|"gone"|"folder_gone"|"lost" lost: more happened than was kept, so look at everything; written: a file
---was made, written or moved there; folder_gone: the folder itself, which is not watched any longer
---@field folder? string as given to `add`
---@field name? string of the file in it

---What has happened since the last call, a few hundred changes at most; more are told by the next call. Never waits.
---@return fmcal.watch.change[] changes
function handle:changes() end

---Watches no longer. The end of its scope and the collector do the same.
function handle:close() end

return watch
