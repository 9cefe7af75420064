---@meta

---Log lines. They go where the host sends them. fmcal-lua sends them to standard error, at the level that FMCAL_LOG
---names ("warn" without it). The log masks secrets as "[secret]" whatever their spelling, and escapes control
---characters: one call makes one line.
---
---The first argument of each writer may be a domain: one word that names the module. It counts as one if it has neither
---a blank nor a `%` and another string follows.
---
---    log.info("nothing to do")
---    log.info("%d entries in %.1f s", n, seconds)
---    log.debug("sync", "%s: pushed", key)
---@class fmcal.log
local log = {}

---@alias fmcal.log.level "error"|"warn"|"info"|"debug"|"trace"

---Something failed, and nothing dealt with it.
---@param domain_or_format string
---@param ... any format and arguments as for string.format
function log.error(domain_or_format, ...) end

---Something is wrong that the run can live with.
---@param domain_or_format string
---@param ... any
function log.warn(domain_or_format, ...) end

---What a run did.
---@param domain_or_format string
---@param ... any
function log.info(domain_or_format, ...) end

---Why it did it.
---@param domain_or_format string
---@param ... any
function log.debug(domain_or_format, ...) end

---Everything, requests and answers included.
---@param domain_or_format string
---@param ... any
function log.trace(domain_or_format, ...) end

---A text as a log line would show it: secrets masked, control characters escaped. Use it for messages to people that do
---not go through the log.
---@param text string
---@return string
function log.masked(text) end

---Whether the log shows lines of this level. Ask before you make a costly argument.
---@param level fmcal.log.level
---@return boolean
function log.enabled(level) end

---Returns the level, and sets a new one if you give one. Raises if there is no such level.
---@param level? fmcal.log.level the new level
---@return fmcal.log.level before
function log.level(level) end

return log
