---@meta

---A team's board: a JSON file, its entries, and edits to them that leave everything else as it is, byte for byte.
---
---Entries are items, subitems at any depth, epics (in `epics`, or in `items` with type "epic") and the court dates of
---epics. An entry's key is its id; that of a court date is the epic's id and ".court-date". A court date that lost its
---date stays an entry as long as it has a `metadata.courtDateSync`.
---
---    local b = assert(board.open("academy.json"))
---    b:set("XACA-0040", { "dueDate" }, "2026-02-15")
---    assert(b:save())
---
---What you read includes the edits made so far. A call that fails returns nil and an error; its message starts with the
---board and, if there is one, the line.
---@class fmcal.board
local board = {}

---Reads a board; follows symbolic links.
---@param path string
---@return fmcal.board.board? b
---@return fmcal.error? err code "notfound", "access", "parse" (with `line` and `column`), "limit" (over 1 GiB, or nested
---deeper than 64), "io"
function board.open(path) end

---Makes a board from a text. It cannot be saved.
---@param text string
---@param name? string what messages call it
---@return fmcal.board.board? b
---@return fmcal.error? err code "parse", "limit"
function board.parse(text, name) end

---Takes the lock PATH.lock (flock), so that only one process at a time works on a board or another file.
---@param path string the file to guard; need not exist
---@param timeout_ms? integer how long to wait for the holder; 0 by default
---@return fmcal.board.lock? lock
---@return fmcal.error? err code "locked" (the message names the holder's pid), "readonly" in a dry run, "canceled", "access"
function board.lock(path, timeout_ms) end

---Removes temporary files that a killed process left beside a board, or beside another file that fmcal replaces.
---@param path string absolute, without symbolic links
function board.sweep(path) end

---The collector releases a lock that nobody holds any more. It may be a to-be-closed variable.
---@class fmcal.board.lock
local lock = {}

---Releases the lock. A second call does nothing.
function lock:release() end

---@class fmcal.board.board
local b = {}

---@return string? path absolute, without symbolic links; nil for a board from memory
function b:path() end

---@return integer seconds since 1970: the file's time of change as it was read or saved; 0 from memory
function b:mtime() end

---@return string? text with the edits made so far
---@return fmcal.error? err
function b:text() end

---Frees the board. Unsaved edits are lost.
function b:close() end

---A member of the board's own object. In calendarConfig the strings below members named `credentials`, at any depth,
---are secrets: opaque userdata.
---@param name string
---@return any value nil if there is none
function b:member(name) end

---The names of the members of such a member, in the board's order; empty if it is no object.
---@param name string
---@return string[] names a name that the object has twice comes twice
function b:member_names(name) end

---@return string[] keys in the board's order, without entries that have a problem
function b:keys() end

---@class fmcal.board.problem
---@field key? string absent for an entry without a usable id
---@field line integer
---@field message string
---@field title any as the entry has it; nil if it is absent, null or ""
---@field hides boolean it may hide other entries, because it has no usable id or unreadable subitems

---The entries that fmcal cannot tell apart or name, and those whose subitems are no list of objects. An id (or the key
---of a court date) is a problem if several entries use it, if it is missing although there is a date, if it is no
---string, contains control characters or is longer than 1,000 bytes.
---@return fmcal.board.problem[]
function b:problems() end

---@class fmcal.board.entry
---@field key string
---@field id string
---@field kind "item"|"subitem"|"epic"|"court-date"
---@field line integer
---@field parent? string the parent's id (subitems)
---@field parent_title? string its own parentTitle, else the parent's title (subitems)
---@field counts? { total: integer, done: integer } items whose epicId it is; done: status done, completed, closed or
---archived (epics, court dates)
---@field value table its JSON object; a court date's is the epic's

---@param key string
---@return fmcal.board.entry? entry nil if there is none, or if it has a problem
function b:entry(key) end

---A hash of everything that the entry's event depends on: the entry's text without calendarSync and courtDateSync (its
---own and those of its subitems), its parent's title, an epic's item counts, and `context`; and of its own
---calendarSync.
---@param key string
---@param context string what else the mapping depends on
---@return string? fingerprint 32 bytes
---@return fmcal.error? err code "notfound"
function b:fingerprint(key, context) end

---A hash of what the entry's mapped members (title, description, dueDate, timeZone, durationMinutes, tags, priority; of
---a court date metadata.courtDate and timeZone) and its calendarSync mean, however they are spelled. If an entry has
---the snapshot again that it had before fmcal replaced it, a program has saved a stale copy over it.
---@param key string
---@return string? snapshot 32 bytes
---@return fmcal.error? err code "notfound"
function b:snapshot(key) end

---@class fmcal.board.comparison
---@field changed string[] keys of entries without a base row, with another fingerprint, or mapped for another day
---@field gone string[] keys of base rows without an entry; those of entries with a problem are not among them
---@field total integer number of entries, without those that have a problem and court dates without a date
---@field counts table<string, integer> how many of the others, by the status of their base row

---Compares with the fingerprints of a state target (fmcal.state).
---@param target fmcal.state.target
---@param context string as for fingerprint
---@param day string today, YYYY-MM-DD
---@return fmcal.board.comparison? found
---@return fmcal.error? err
function b:compare(target, context, day) end

---Sets a member of an entry or, with key nil, of the board. Makes objects that are missing (or null) on the path.
---Changes nothing if the present value means the same. It does not edit an entry's id, nor entries by way of the
---board's `items` and `epics`.
---@param key string? of an entry; its path starts at the entry's own object (of a court date at the epic's)
---@param path fmcal.json.path for example { "metadata", "courtDate" }
---@param value any `json.null` for null; members of a new object are sorted by name
---@return true? done
---@return fmcal.error? err code "notfound": no such entry; "invalid": something on the path is no object, or JSON cannot
---hold the value; "limit": nested too deeply
function b:set(key, path, value) end

---Removes a member. Does nothing if there is none. With a key and an empty path it takes the entry off the board, with all that
---is in it.
---@param key string?
---@param path fmcal.json.path
---@return true? done
---@return fmcal.error? err code "notfound": no such entry; "invalid": a subitem or a court date cannot be taken off
function b:remove(key, path) end

---Appends to a list of the board, for example { "items" }. Makes the list if it is missing.
---@param path fmcal.json.path
---@param value any
---@return true? done
---@return fmcal.error? err code "invalid": the present value is no list
function b:append(path, value) end

---@return boolean dirty whether the text differs from what was read
function b:dirty() end

---Whether the file can keep its owner when it is saved. save() checks this first; use it to check before other work.
---@return true?
---@return fmcal.error? err `err.code` "invalid"
function b:check_owner() end

---@class fmcal.board.save_options
---@field keep? string the file in which to keep the previous version of the board

---@class fmcal.board.skipped
---@field key string
---@field path fmcal.json.path

---Writes the edits in one step: other programs see either the old board or the new one. Writes nothing if nothing
---differs. If another program wrote the file meanwhile, save() makes the edits again on what it wrote. A member that
---both changed stays as the other program wrote it, and `skipped` lists it; this does not apply to calendarSync,
---courtDateSync and the board's own members. Afterwards the board equals the file. If save() fails, the file is as it
---was, or as the other program wrote it.
---@param options? fmcal.board.save_options
---@return { skipped: fmcal.board.skipped[] }? saved
---@return fmcal.error? err code "readonly" in a dry run, "io" (the disk is full), "access", "invalid" (a board from
---memory), "parse" (another program left no JSON), "precondition" (another program keeps writing)
function b:save(options) end

return board
