---@meta

---What commands need from the system beyond Lua's own libraries: files, terminals, widths of text, child
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

---What the system says about a file; follows links.
---@param path string
---@return fmcal.sys.stat? stat
---@return fmcal.error? err `err.code` "notfound", "access", "io"
function sys.stat(path) end

---Whether waiting and trying again can help with an error of this code; `err.transient` says it of an error.
---@param code string
---@return boolean
function sys.is_transient(code) end

---The text of a file. Refuses anything else (a folder, a pipe), and never waits for it.
---@param path string
---@return string? text
---@return fmcal.error? err `err.code` "notfound", "access", "invalid", "limit" (above 256 MiB), "io"
function sys.read(path) end

---Replaces a file in one step, or makes it, for its owner alone. Symbolic links are followed.
---@param path string
---@param text string
---@return true? done
---@return fmcal.error? err `err.code` "readonly" in a dry run, "access", "io"
function sys.replace(path, text) end

---Makes a folder, for its owner alone, unless something of that name is there.
---@param path string
---@return true? done
---@return fmcal.error? err `err.code` "readonly" in a dry run, "notfound" (the folder around it), "access", "io"
function sys.make_folder(path) end

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

---How many processors this machine has.
---@return integer
function sys.processors() end

---Who runs this process: the user's name, or the number where there is none, and the host's.
---@return string who "kim@desk"
function sys.who() end

---@alias fmcal.sys.stream "stdin"|"stdout"|"stderr"

---Whether a stream is a terminal.
---@param stream fmcal.sys.stream
---@return boolean
function sys.is_terminal(stream) end

---The width of the terminal behind a stream; nil if there is no terminal.
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
---@return integer columns that it takes
function sys.fit(text, columns) end

---Starts a program; no shell is involved. Its standard input is empty; fmcal collects its standard output (at most
---256 MiB); its standard error is that of this process.
---
---    local p <close> = assert(sys.start { "date", "-u" })
---    sys.wait_any { p }
---    print(p:status(), p:output())
---@param argv string[] the program, looked up in PATH, and its arguments
---@param options? { master_keys: boolean? } master_keys: it gets CALENDAR_ENCRYPTION_KEY, unlike others
---@return fmcal.sys.process? process
---@return fmcal.error? err `err.code` "notfound", "access", "io"
function sys.start(argv, options) end

---Starts a program that keeps running when this process has ended, such as a browser. No shell is involved, its
---standard streams lead nowhere, and its environment does not have the master keys.
---@param argv string[] the program, looked up in PATH, and its arguments
---@param options? { hide: string[]? } hide: further environment variables that it does not get, at most 16
---@return true? started
---@return fmcal.error? err `err.code` "notfound", "access", "io"
function sys.detach(argv, options) end

---Whether a text has control characters other than tab and line feed.
---@param text string
---@return boolean
function sys.has_controls(text) end

---Whether a text is UTF-8, and not cut inside a character.
---@param text string
---@return boolean
function sys.is_utf8(text) end

---Waits until one of these processes ends; those that have ended before do not count.
---@param processes fmcal.sys.process[]
---@return integer? index its place in the list
---@return fmcal.error? err `err.code` "notfound": none of them runs; "canceled"
function sys.wait_any(processes) end

---From now on, the C core refuses to write files and calendars (`err.code` "readonly"), and opens states as copies in
---memory. This is for a program that is nothing but a dry run; you cannot undo it.
function sys.refuse_writes() end

---@class fmcal.sys.process
local process = {}

---What the program has printed so far.
---@return string
function process:output() end

---The program's exit status, 128 + n for signal n; nil while it runs.
---@return integer?
function process:status() end

---Stops the program if it still runs, and forgets it. The end of its scope and the collector do the same.
function process:close() end

return sys
