---@meta

---What fmcal remembers between runs, in one database: for each target the calendar as last seen
---(remote), what both sides last agreed on (base) and the writes under way (intents); also named
---values, snapshots and history.
---
---A call that fails returns `nil, err`; a setter that succeeds returns `true`. `err.code` is "locked" (another process
---held the file longer than the busy timeout), "io" (disk full), "parse" (the file is damaged; closing sets it aside)
---or "access". Calls on a closed state raise. A row with a member of the wrong type raises an error that names the
---member. Keys (names, href, uid, …) contain no zero byte; `text`, `doc`, `value` and `snapshot` may contain any bytes.
---@class fmcal.state
local state = {}

---@class fmcal.state.options
---@field read_only? boolean a private copy in memory; fmcal neither makes nor touches the file and its folder
---@field named? boolean a person named this very file: fmcal refuses a file that is no state, and never sets it aside
---@field busy_timeout_ms? integer how long to wait for another process, 30000 by default

---Opens a state, and makes it if it is missing (file mode 0600, folder 0700). If the file is damaged, open() renames it
---to PATH.damaged-DATE and starts a fresh state; the second result then says so. A dry run opens every state read_only.
---@param path string file name, or ":memory:"
---@param options? fmcal.state.options
---@return fmcal.state.handle? state
---@return string|fmcal.error|nil warning_or_err `err.code` "unsupported": made by a newer fmcal; "invalid": another program's
---file, or none
function state.open(path, options) end

---Whether there is a state of this name, so that opening it would make none.
---@param path string
---@return boolean
function state.exists(path) end

---The permission bits of the file that a state is; nil where there is none, or it is no file.
---@param path string
---@return integer?
function state.mode(path) end

---@class fmcal.state.handle
local handle = {}

---Its name as it was given to open(); nil for a state in memory.
---@return string?
function handle:path() end

---The path of a file that is kept with the state, such as the board that was replaced; nil for a state in memory.
---@param name string which one
---@return string?, fmcal.error?
function handle:beside(name) end

---Takes the lock that keeps two runs from working with the state at once. It is held until it is released, closed or
---collected.
---@param timeout_ms? integer how long to wait for the holder, 0 by default: not at all
---@return fmcal.board.lock? lock
---@return fmcal.error? err `err.code` "locked" names the holder's pid
function handle:lock(timeout_ms) end

---Closes, and undoes an open transaction. Closing twice is allowed; `<close>` works.
function handle:close() end

---Starts a transaction; without one, each change is committed by itself. `err.code` "invalid" inside a transaction.
---@return true?, fmcal.error?
function handle:begin() end

---Makes the changes since begin() permanent, even if the power fails afterwards.
---@return true?, fmcal.error?
function handle:commit() end

---Undoes the changes since begin().
---@return true?, fmcal.error?
function handle:rollback() end

---A named value.
---@param name string
---@return string? value nil if there is none
---@return fmcal.error?
function handle:get(name) end

---Sets a named value; nil removes it.
---@param name string
---@param value string?
---@return true?, fmcal.error?
function handle:set(name, value) end

---The target of that name; makes it if it is missing. It lives as long as the state is open.
---@param name string
---@return fmcal.state.target?, fmcal.error?
function handle:target(name) end

---Names of the targets, oldest first.
---@return string[]?, fmcal.error?
function handle:targets() end

---The snapshot of an entry before fmcal last replaced it.
---@param key string
---@return string? snapshot
---@return fmcal.error?
function handle:replaced(key) end

---Sets this snapshot; nil removes it.
---@param key string
---@param snapshot string?
---@return true?, fmcal.error?
function handle:set_replaced(key, snapshot) end

---@class fmcal.state.history_row
---@field time? string RFC 3339 UTC
---@field target? string
---@field key? string key of the entry
---@field field? string mapped field, nil for the whole entry
---@field side? string side that lost: "local", "external"
---@field action? string
---@field reason? string
---@field value? string the value before
---@field run integer number of the run, 0 by default
---@field cause? string the reason by name (see docs/reasons.md)
---@field decided_by? string

---Adds a row to the history.
---@param row fmcal.state.history_row
---@return true?, fmcal.error?
function handle:add_history(row) end

---Rows of the history, newest first.
---@param filter? {key?: string, run?: integer, limit?: integer}
---@return fmcal.state.history_row[]?, fmcal.error?
function handle:history(filter) end

---A run that changed something or failed.
---@class fmcal.state.run
---@field number integer
---@field time string when it began, RFC 3339 UTC
---@field kind? string "sync", "undo", "redo"
---@field undoes integer number of the run that it takes back, 0 for none
---@field who? string
---@field command? string
---@field version? string of fmcal
---@field rules? string hash of the rules
---@field status integer exit status; -1: it has not ended
---@field message? string

---Puts a run, and replaces the one of that number.
---@param row fmcal.state.run
---@return true?, fmcal.error?
function handle:put_run(row) end

---The runs that are kept, newest first.
---@return fmcal.state.run[]?, fmcal.error?
function handle:runs() end

---What a run changed of one entry in one calendar.
---@class fmcal.state.change
---@field run integer
---@field target string
---@field key string
---@field reason? string by name (see docs/reasons.md)
---@field decided_by? string
---@field doc? string what the Lua policy keeps

---Puts a change, and replaces the run's earlier one of that entry in that calendar.
---@param row fmcal.state.change
---@return true?, fmcal.error?
function handle:put_change(row) end

---Changes, those of the newest run first.
---@param filter? {key?: string, run?: integer}
---@return fmcal.state.change[]?, fmcal.error?
function handle:changes(filter) end

---Forgets runs that began before a time and have a smaller number than `below`, with their changes and history.
---@param before string RFC 3339 UTC
---@param below integer
---@return integer? runs how many there were
---@return fmcal.error?
function handle:prune(before, below) end

---@class fmcal.state.target
local target = {}

---@return string
function target:name() end

---@class fmcal.state.binding
---@field provider string
---@field account? string
---@field calendar_id? string
---@field endpoint? string
---@field name? string display name
---@field discovery? string what saves the discovery requests next time

---The calendar that the target is bound to; nil if it is not bound yet.
---@return fmcal.state.binding?, fmcal.error?
function target:binding() end

---Binds the target. "changed" means another provider, endpoint, account or calendar_id; bind() then wipes remote, base,
---intents and token.
---@param binding fmcal.state.binding
---@return "new"|"same"|"changed"|nil
---@return fmcal.error?
function target:bind(binding) end

---@param text string?
---@return true?, fmcal.error?
function target:set_discovery(text) end

---The sync token; nil: list everything.
---@return string?, fmcal.error?
function target:token() end

---@param token string?
---@return true?, fmcal.error?
function target:set_token(token) end

---@class fmcal.state.remote
---@field href string key
---@field uid? string
---@field etag? string
---@field text? string the object; if nil, put_remote keeps the present text
---@field pending boolean changed on the server and not yet settled; false by default
---@field gone boolean deleted on the server; false by default
---@field unread? string why fmcal cannot read it now, or cannot tell it from a deleted one; nil: it is as `text` says

---@param href string
---@return fmcal.state.remote?, fmcal.error?
function target:remote(href) end

---@param uid string
---@return fmcal.state.remote[]?, fmcal.error?
function target:remote_by_uid(uid) end

---All rows in the order of href, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:remotes() end

---The rows of existing objects that no base row has by its UID and href, in the order of href, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:unbased() end

---The rows that fmcal cannot read now, and those that may be one of them, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:unread() end

---The rows that changed on the server and are not settled, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:pending() end

---Puts a row, and replaces the present one.
---@param row fmcal.state.remote
---@return true?, fmcal.error?
function target:put_remote(row) end

---@param href string
---@return true?, fmcal.error?
function target:delete_remote(href) end

---The run has dealt with the row: it is no longer pending; if it is gone, settle() removes it.
---@param href string
---@return true?, fmcal.error?
function target:settle(href) end

---Notes that fmcal made the object after the server gave the token: the next listing must show it. Some servers do not
---report an object that was made and deleted since the token.
---@param href string
---@return true?, fmcal.error?
function target:expect(href) end

---Undoes expect(): the object was seen. Listings do this themselves.
---@param href string
---@return true?, fmcal.error?
function target:confirm(href) end

---The rows that no listing has shown since expect(), without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:unconfirmed() end

---@class fmcal.state.base
---@field key string
---@field uid? string
---@field href? string
---@field status? string
---@field fingerprint? string 32 bytes; nil: the entry counts as changed
---@field day? string YYYY-MM-DD, if rules read the clock
---@field doc? string what the Lua policy keeps

---@param key string
---@return fmcal.state.base?, fmcal.error?
function target:base(key) end

---@param uid string
---@return fmcal.state.base?, fmcal.error?
function target:base_by_uid(uid) end

---Keys of the base rows in byte order; with `status`, only of that status.
---@param status? string
---@return string[]?, fmcal.error?
function target:bases(status) end

---@param row fmcal.state.base
---@return true?, fmcal.error?
function target:put_base(row) end

---@param key string
---@return true?, fmcal.error?
function target:delete_base(key) end

---Number of base rows.
---@return integer?, fmcal.error?
function target:count() end

---@class fmcal.state.intent
---@field id integer given by the state
---@field key? string
---@field kind? string
---@field uid? string
---@field href? string
---@field etag? string
---@field doc? string

---Adds a decided write.
---@param row fmcal.state.intent without id
---@return integer? id
---@return fmcal.error?
function target:add_intent(row) end

---All intents, oldest first.
---@return fmcal.state.intent[]?, fmcal.error?
function target:intents() end

---@param id integer
---@return true?, fmcal.error?
function target:drop_intent(id) end

return state
