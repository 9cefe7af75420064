---@meta

---What fmcal remembers between runs, in one SQLite file: for each target the calendar as last seen
---(remote), what both sides last agreed on (base) and the writes under way (intents); besides, named
---values, snapshots and history.
---
---Every call that fails answers `nil, err`; a setter that succeeds answers `true`. `err.code`: "locked"
---(another process held the file longer than the busy timeout), "io" (disk full), "parse" (the file is
---damaged: it is set aside when closed), "access". Calls on a closed state raise, and so does a row with
---a member of the wrong type, naming the member. Strings that are keys (names, href, uid, …) hold no zero
---byte; `text`, `doc`, `value` and `snapshot` may hold any bytes.
---@class fmcal.state
local state = {}

---@class fmcal.state.options
---@field read_only? boolean a private copy in memory: neither the file nor its folder is touched or made
---@field named? boolean a person named this very file: one that is no state of fmcal's is refused, never set aside
---@field busy_timeout_ms? integer how long to wait for another process, 30000 by default

---Opens a state and makes it where it is missing (file mode 0600, folder 0700). A damaged file is renamed
---to PATH.damaged-DATE and a fresh state started; the second result then says so. In a dry run every
---state is opened read_only.
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

---Closes: an open transaction is taken back. Closing twice is allowed; `<close>` works.
function handle:close() end

---Starts a transaction; without one each change is committed by itself. `err.code` "invalid" within one.
---@return true?, fmcal.error?
function handle:begin() end

---Makes the changes since begin() last, power cuts included.
---@return true?, fmcal.error?
function handle:commit() end

---Takes the changes since begin() back.
---@return true?, fmcal.error?
function handle:rollback() end

---A named value.
---@param name string
---@return string? value nil where there is none
---@return fmcal.error?
function handle:get(name) end

---Sets a named value, nil removes it.
---@param name string
---@param value string?
---@return true?, fmcal.error?
function handle:set(name, value) end

---The target of that name, made where it is missing. It lives as long as the state is open.
---@param name string
---@return fmcal.state.target?, fmcal.error?
function handle:target(name) end

---Names of the targets in the order they were made.
---@return string[]?, fmcal.error?
function handle:targets() end

---The snapshot of an entry before fmcal last replaced it.
---@param key string
---@return string? snapshot
---@return fmcal.error?
function handle:replaced(key) end

---Sets it, nil removes it.
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
---@field value? string what was there before
---@field run integer number of the run, 0 by default

---Adds a row to the history.
---@param row fmcal.state.history_row
---@return true?, fmcal.error?
function handle:add_history(row) end

---Rows of the history, newest first.
---@param filter? {key?: string, run?: integer, limit?: integer}
---@return fmcal.state.history_row[]?, fmcal.error?
function handle:history(filter) end

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

---The calendar that the target is bound to, nil where it is not bound yet.
---@return fmcal.state.binding?, fmcal.error?
function target:binding() end

---Binds it. "changed" (another provider, endpoint, account or calendar_id): remote, base, intents and token are wiped.
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
---@field text? string the object; put_remote keeps the text that is there where it is nil
---@field pending boolean changed on the server and not yet settled; false by default
---@field gone boolean deleted on the server; false by default
---@field unread? string why it cannot be read now, or cannot be told from one that is gone; nil: it is as `text` says

---@param href string
---@return fmcal.state.remote?, fmcal.error?
function target:remote(href) end

---@param uid string
---@return fmcal.state.remote[]?, fmcal.error?
function target:remote_by_uid(uid) end

---All rows in the order of href, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:remotes() end

---The rows of objects that are there and that no base row has by its UID and href, in the order of href, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:unbased() end

---The rows that cannot be read now, and those that may be one of them, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:unread() end

---The rows that changed on the server and are not settled, without text.
---@return fmcal.state.remote[]?, fmcal.error?
function target:pending() end

---Puts a row, replacing what was there.
---@param row fmcal.state.remote
---@return true?, fmcal.error?
function target:put_remote(row) end

---@param href string
---@return true?, fmcal.error?
function target:delete_remote(href) end

---The run has dealt with the row: pending no more, and removed where it is gone.
---@param href string
---@return true?, fmcal.error?
function target:settle(href) end

---Says that the object was made here after the token was given, so that the next listing has to show it. Some servers
---do not tell of an object that was made and deleted since the token.
---@param href string
---@return true?, fmcal.error?
function target:expect(href) end

---Takes that back: the object was seen. Listings do so themselves.
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
---@field day? string YYYY-MM-DD, where rules read the clock
---@field doc? string the policy's own

---@param key string
---@return fmcal.state.base?, fmcal.error?
function target:base(key) end

---@param uid string
---@return fmcal.state.base?, fmcal.error?
function target:base_by_uid(uid) end

---Keys of the base rows in byte order, of one status where it is given.
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

---Adds a write that was decided.
---@param row fmcal.state.intent without id
---@return integer? id
---@return fmcal.error?
function target:add_intent(row) end

---All intents in the order they were added.
---@return fmcal.state.intent[]?, fmcal.error?
function target:intents() end

---@param id integer
---@return true?, fmcal.error?
function target:drop_intent(id) end

return state
