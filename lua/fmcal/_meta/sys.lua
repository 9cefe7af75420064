---@meta

---What commands need of the system beside Lua's own libraries: files, terminals, widths of text, child
---processes.
---@class fmcal.sys
local sys = {}

---@class fmcal.sys.stat
---@field kind "file"|"folder"|"other"
---@field size integer bytes
---@field inode integer
---@field mode integer permission bits
---@field own boolean it belongs to the user of this process
---@field mtime_ns integer time of change, nanoseconds since 1970

---What the system says about a file; links are followed.
---@param path string
---@return fmcal.sys.stat? stat
---@return fmcal.error? err `err.code` "notfound", "access", "io"
function sys.stat(path) end

---The text of a file. What is no file (a folder, a pipe) is refused and never waited for.
---@param path string
---@return string? text
---@return fmcal.error? err `err.code` "notfound", "access", "invalid", "limit" (above 256 MiB), "io"
function sys.read(path) end

---The names in a folder, in no order, without "." and "..".
---@param path string
---@return string[]? names
---@return fmcal.error? err
function sys.list(path) end

---The absolute path of something that exists, links resolved.
---@param path string
---@return string? path
---@return fmcal.error? err
function sys.absolute(path) end

---@alias fmcal.sys.stream "stdin"|"stdout"|"stderr"

---Whether a stream is a terminal.
---@param stream fmcal.sys.stream
---@return boolean
function sys.is_terminal(stream) end

---The width of the terminal behind a stream, or nil where it is none.
---@param stream fmcal.sys.stream
---@return integer? columns
function sys.columns(stream) end

---How many columns of a terminal a text takes: two for wide characters and emoji, none for combining marks.
---@param text string
---@return integer columns
function sys.width(text) end

---The longest beginning of a text that takes at most so many columns.
---@param text string
---@param columns integer
---@return string part
---@return integer columns those it takes
function sys.fit(text, columns) end

---Starts a program; no shell is involved. Its standard input is empty, its standard output is collected
---(at most 256 MiB), its standard error is ours.
---
---    local p <close> = assert(sys.start { "date", "-u" })
---    sys.wait_any { p }
---    print(p:status(), p:output())
---@param argv string[] the program, looked up in PATH, and its arguments
---@param options? { master_keys: boolean? } master_keys: it gets CALENDAR_ENCRYPTION_KEY, which others do not
---@return fmcal.sys.process? process
---@return fmcal.error? err `err.code` "notfound", "access", "io"
function sys.start(argv, options) end

---Starts a program that goes on by itself when this process has ended, such as a browser. No shell is involved, its
---standard streams lead nowhere, and the master keys are not in its environment.
---@param argv string[] the program, looked up in PATH, and its arguments
---@param options? { hide: string[]? } hide: further environment variables that it does not get, at most 16
---@return true? started
---@return fmcal.error? err `err.code` "notfound", "access", "io"
function sys.detach(argv, options) end

---Whether a text holds control characters other than tab and line feed.
---@param text string
---@return boolean
function sys.has_controls(text) end

---Waits until one of some processes has ended; those that ended earlier do not count.
---@param processes fmcal.sys.process[]
---@return integer? index its place in the list
---@return fmcal.error? err `err.code` "notfound": none of them runs; "canceled"
function sys.wait_any(processes) end

---From now on the C core refuses to write files and calendars (`err.code` "readonly"), and opens states as copies in
---memory: for a program that is nothing but a dry run. There is no way back.
function sys.refuse_writes() end

---@class fmcal.sys.process
local process = {}

---What it has printed so far.
---@return string
function process:output() end

---Its exit status, 128 + n for signal n; nil while it runs.
---@return integer?
function process:status() end

---Stops it where it still runs, and forgets it. Also at the end of its scope, and when collected.
function process:close() end

return sys
