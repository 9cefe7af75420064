---@meta

---JSON (RFC 8259): text to Lua values and back, and documents that you edit in place.
---
---| JSON | Lua |
---|---|---|
---| null | `json.null`, which is true in a condition |
---| whole number that fits 64 bits | integer, exact |
---| any other number | float (`-0`, `1.0`, `1e2`, `12345678901234567890`; too large ones are infinite) |
---| string | string; `\u0000` is kept, a lone surrogate such as `\ud83d` becomes U+FFFD |
---| array | table with the keys 1 to n and a metatable that marks it (`getmetatable(t)` gives "fmcal.json.array") |
---| object | table; the last of several members with the same name counts |
---
---    local board = assert(json.decode(text))
---    board.items[1].title = "new"
---    local text = assert(json.encode(board, { indent = 2, sort = true }))
---@class fmcal.json
---@field null lightuserdata stands for null
local json = {}

---@class fmcal.json.decode_options
---@field max_depth? integer nesting allowed, 1 to 1000; 64 by default
---@field secret? string|string[] strings in members of this name (or these names), at any depth, become secrets: opaque userdata

---Reads a text, strictly: no comments, no trailing commas, no raw control characters, UTF-8 only. A byte order
---mark at the start is skipped.
---@param text string
---@param options? fmcal.json.decode_options
---@return any value nil if the text is refused
---@return fmcal.error? err code "parse" or "limit" (too deep), with `line` and `column` (in bytes)
function json.decode(text, options) end

---@class fmcal.json.encode_options
---@field indent? integer spaces a level, 0 to 16; without it everything is on one line without spaces
---@field sort? boolean members in the order of their names' bytes; without it in no order
---@field max_depth? integer nesting allowed, 1 to 1000; 64 by default; also ends a table that contains itself

---Writes a value. Numbers get the shortest spelling that reads back as the same number, whole floats without point.
---A table is an array if it is marked or has elements, else an object. Metamethods are not called.
---@param value any
---@param options? fmcal.json.encode_options
---@return string? text
---@return fmcal.error? err code "invalid": NaN, infinity, a function, a string that is not UTF-8, a table with names and
---elements or with holes; code "limit": too deep. The message names the place
function json.encode(value, options) end

---A print of a value, to tell whether two are the same: base64 of the SHA-256 of the text that `json.encode(value,
---{ sort = true })` gives.
---@param value any
---@return string? digest 44 characters
---@return fmcal.error? err as of `encode`
function json.digest(value) end

---Marks a table as an array, so that it is written as one even when it is empty.
---@param t? table made if absent
---@return table t
function json.array(t) end

---@alias fmcal.json.path (string|integer)[] names of members and indexes (from 1) of elements, from the outside in

---A text that you edit in place. Everything else keeps its order, spelling, indentation and line ends, byte for byte. A
---new member goes last, with the white space of the member before it; an object on one line stays on one line. Setting
---an equal value changes nothing. Setting an object over an object merges it member by member.
---@class fmcal.json.document
local document = {}

---@param text string
---@return fmcal.json.document? document
---@return fmcal.error? err as for decode
function json.document(text) end

---@param path fmcal.json.path
---@return any value nil if there is none
function document:get(path) end

---Sets the value at a path. Makes objects that are missing (or null) on the path.
---@param path fmcal.json.path
---@param value any `json.null` for null
---@return true? done
---@return fmcal.error? err code "invalid": something on the path is no object, or JSON cannot hold the value
function document:set(path, value) end

---Removes a member (all members of that name) or an element. Does nothing if there is none.
---@param path fmcal.json.path not empty
---@return true? done
---@return fmcal.error? err
function document:remove(path) end

---Appends to an array. Makes the array if it is missing.
---@param path fmcal.json.path
---@param value any
---@return true? done
---@return fmcal.error? err code "invalid": the present value is no array
function document:append(path, value) end

---@return string text as it is now
function document:text() end

---Frees the text. The document cannot be used afterwards.
function document:close() end

return json
