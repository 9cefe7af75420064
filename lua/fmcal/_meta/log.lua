---@meta

---Log lines. They go where the host sends them (fmcal-lua: standard error, at the level that FMCAL_LOG
---names, "warn" without it). Secrets are masked as "[secret]" whatever their spelling, control characters
---are escaped, so one call makes one line.
---
---The first argument of each writer may be a domain: one word that names the module. It is taken for one
---when it has neither a blank nor a `%` and another string follows.
---
---    log.info("nothing to do")
---    log.info("%d entries in %.1f s", n, seconds)
---    log.debug("sync", "%s: pushed", key)
---@class fmcal.log
local log = {}

---@alias fmcal.log.level "error"|"warn"|"info"|"debug"|"trace"

---Something failed and was not dealt with.
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

---A text as a log line would show it: secrets masked, control characters escaped. For what is told to people by another
---way than the log.
---@param text string
---@return string
function log.masked(text) end

---Whether lines of a level are wanted: ask before an argument that is costly to make.
---@param level fmcal.log.level
---@return boolean
function log.enabled(level) end

---The level, and sets it where one is given. Raises for a name that is none.
---@param level? fmcal.log.level the new level
---@return fmcal.log.level before
function log.level(level) end

return log
