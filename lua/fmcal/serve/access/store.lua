-- A small JSON file that several processes read and change: the server and tokens.lua. Changed under a lock, and read anew when
-- it looks different.

local board = require "fmcal.board"
local json = require "fmcal.json"
local log = require "fmcal.log"
local mark = require "fmcal.util.mark"
local sys = require "fmcal.sys"

local store = {}

local Store = {}
Store.__index = Store

local LOCK_MS = 2000

local function load(path)
  local text, err = sys.read(path)
  if not text then return err.code == "notfound" and {} or nil, err end
  local value
  value, err = json.decode(text)
  if type(value) ~= "table" then return nil, err or { code = "parse", message = path .. " is no JSON object" } end
  return value
end

--- What is in the file; {} where there is none, or it cannot be read: nobody gets in by a broken file.
function Store:read()
  local now = mark(self.path)
  if now == self.mark then return self.value end
  local value, err = load(self.path)
  if not value then log.error("serve", "%s", err.message) end
  self.mark, self.value = now, value or {}
  return self.value
end

--- Changes the file.
-- @param fn function(value) changes the table; what it returns is returned. Where that is nil, nothing is written.
-- @return its results; or nil and an error
function Store:change(fn)
  local lock <close>, err = board.lock(self.path, LOCK_MS)
  if not lock then return nil, err end
  local value, unread = load(self.path)
  if not value then return nil, unread end
  local result, more = fn(value)
  if result == nil then return nil, more end
  local written, unwritten = sys.replace(self.path, assert(json.encode(value, { indent = 2, sort = true })) .. "\n")
  if not written then return nil, unwritten end
  return result, more
end

function store.open(path)
  return setmetatable({ path = path }, Store)
end

return store
