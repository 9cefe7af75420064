---@meta

---What a process that serves and those who run it tell each other: sockets that it inherits from systemd, how it is, and
---signals. Without systemd the first two are silent.
---@class fmcal.service
local service = {}

---The descriptors of sockets that this process has inherited (LISTEN_FDS): for `fmcal.server`. A second call finds none.
---@return integer[]
function service.sockets() end

---Tells systemd how the service is: "READY=1", "STOPPING=1", "WATCHDOG=1".
---@param state string
---@return boolean told false: there is nobody to tell
function service.notify(state) end

---How often "WATCHDOG=1" is expected at least.
---@return integer? ms nil: nobody expects it
function service.watchdog_ms() end

---From now on SIGHUP, SIGINT and SIGTERM do nothing but show here: a thing that `fmcal.loop` waits for.
---@return fmcal.service.signals? signals
---@return fmcal.error? err "io"
function service.signals() end

---@class fmcal.service.signals
local signals = {}

---The next one that has come.
---@return "reread"|"stop"|nil signal "reread" is SIGHUP, "stop" the others
function signals:take() end

---Signals do again what they did before. The end of its scope and the collector do the same.
function signals:close() end

return service
