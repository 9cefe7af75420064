-- Idempotency-Key: a request that is sent again gets the answer that the first one got, and is not done again. Answers are kept
-- for a day, in a file, so that a restart forgets none.

local attempt = require "fmcal.util.attempt"
local crypto = require "fmcal.crypto"
local json = require "fmcal.json"
local log = require "fmcal.log"
local problem = require "fmcal.serve.http.problem"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local idempotency = {}

local Keys = {}
Keys.__index = Keys

local KEPT_S = 86400
local MOST_KEYS, MOST_BYTES = 10000, 65536
local KEY_MAX = 255

-- Answers that say to try again are not kept: that is what the key is for.
local PASSING = { [409] = true, [429] = true }

local function hash(...)
  return crypto.encode("hex", crypto.sha256(table.concat({ ... }, "\0")))
end

-- The key of a request, of this caller and for this call; nil where it has none.
local function key_of(request)
  local given = request.headers["idempotency-key"]
  given = given and (given:match('^"(.*)"$') or given)
  if not given or given == "" or #given > KEY_MAX then return nil end
  local caller = request.caller
  return hash(request.method, request.path, caller.kind, caller.name, given)
end

local function is_old(kept)
  return time.epoch() - kept.at >= KEPT_S
end

-- Forgets what is old; where there is still too much, the oldest half.
local function make_room(self)
  local order = {}
  for id, kept in pairs(self.kept) do
    if kept.at and is_old(kept) then self.kept[id] = nil elseif kept.at then order[#order + 1] = id end
  end
  if #order < MOST_KEYS then return end
  table.sort(order, function(a, b) return self.kept[a].at < self.kept[b].at end)
  for i = 1, #order // 2 do self.kept[order[i]] = nil end
end

local function save(self)
  local lines = {}
  for id, kept in pairs(self.kept) do
    if kept.at then lines[#lines + 1] = assert(json.encode({ id = id, kept = kept }, { sort = true })) end
  end
  local done, err = sys.replace(self.path, table.concat(lines, "\n") .. "\n")
  if not done then log.warn("serve", "answers are not kept: %s", err.message) end
end

local function append(self, id, kept)
  local file <close>, err = io.open(self.path, "a")
  if not file then return log.warn("serve", "answers are not kept: %s", err) end
  file:write(assert(json.encode({ id = id, kept = kept }, { sort = true })), "\n")
end

local function keep(self, id, body, made)
  if PASSING[made.status] or made.status >= 500 or #made.body > MOST_BYTES then
    self.kept[id] = nil
    return
  end
  self.count = self.count + 1
  if self.count >= MOST_KEYS then
    make_room(self)
    self.count = 0
    save(self)
  end
  local kept = { at = time.epoch(), body = body, status = made.status, headers = made.headers,
    text = not made.is_secret and made.body or nil }
  self.kept[id] = kept
  append(self, id, kept)
end

local function repeated(kept, body)
  if kept.body ~= body then
    return nil, problem.of("other-body", "This Idempotency-Key was used with another body: use a key for one request only.")
  end
  if not kept.at then return nil, problem.of("key-in-use", "The request with this Idempotency-Key is still under way.") end
  if not kept.text then
    return nil, problem.of("key-in-use", "The answer to this Idempotency-Key held a secret, and is not given twice.")
  end
  local headers = { ["Idempotency-Replayed"] = "true" }
  for name, value in pairs(kept.headers) do headers[name] = value end
  return { status = kept.status, headers = headers, body = kept.text }
end

--- Does what a request asks, once.
-- @param fn function() -> answer, or nil and a problem
-- @return the same
function Keys:through(request, fn)
  local id = request.method == "POST" and request.caller and key_of(request)
  if not id then return fn() end
  local body, kept = hash(request.text), self.kept[id]
  if kept and not (kept.at and is_old(kept)) then return repeated(kept, body) end
  self.kept[id] = { body = body }
  local ok, made, refused = attempt.xpcall(fn, debug.traceback)
  if not ok then
    self.kept[id] = nil
    error(made, 0)
  end
  local given = refused and refused:answer() or made
  if given then keep(self, id, body, given) else self.kept[id] = nil end
  return made, refused
end

local function load(path)
  local kept = {}
  for line in (sys.read(path) or ""):gmatch("[^\n]+") do
    local row = json.decode(line)
    if row and not is_old(row.kept) then kept[row.id] = row.kept end
  end
  return kept
end

--- @param path of the file
function idempotency.open(path)
  local self = setmetatable({ path = path, kept = load(path), count = 0 }, Keys)
  save(self)
  return self
end

return idempotency
