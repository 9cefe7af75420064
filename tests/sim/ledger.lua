-- What people wrote, and what they replaced: the promises are held against this, not against what the program knows.
--
-- Every value that somebody writes carries a token of its own, t12 or a day. A token may only disappear when somebody who
-- saw it wrote over it or deleted it; otherwise it must be found on a side, in a conflict that waits, or in the history.
-- A value that somebody replaced is old: it may not come back, unless somebody writes it once more.
local json = require "fmcal.json"

local Ledger = {}
Ledger.__index = Ledger

function Ledger.new()
  return setmetatable({ alive = {}, written = {}, old = {}, stands = {}, base = {}, unsure = {} }, Ledger)
end

local function add_tokens(found, text)
  for token in text:gmatch("t%d+") do found[token] = true end
  for date in text:gmatch("20[3-9]%d%-%d%d%-%d%d") do found[date] = true end
end

--- The tokens in a value: strings and tables of them.
function Ledger.tokens(value, found)
  found = found or {}
  if type(value) == "string" then add_tokens(found, value) end
  if type(value) == "table" then
    for _, member in pairs(value) do Ledger.tokens(member, found) end
  end
  return found
end

--- A value in the form in which both sides spell it alike, nil where there is none.
function Ledger.canonical(field, value)
  if value == nil or value == json.null or value == "" then return nil end
  if field == "dueDate" then return value:sub(1, 10) end
  if field == "tags" then
    local sorted = { table.unpack(value) }
    table.sort(sorted)
    return sorted[1] and table.concat(sorted, ",")
  end
  return (value:gsub("\r\n?", "\n"))
end

local function place(of, key, field)
  local name = key .. " " .. field
  of[name] = of[name] or {}
  return of[name]
end

--- Somebody wrote a value on a side. Where both sides were last agreed on it nothing was edited, all told.
function Ledger:wrote(side, key, field, value)
  local canonical = Ledger.canonical(field, value)
  if not canonical then return end
  local edited = place(self.base, key, field).value ~= canonical
  for token in pairs(edited and Ledger.tokens(value) or {}) do self.alive[token] = true end
  place(self.written, key, field)[canonical] = true
  place(self.old, key, field)[canonical] = nil
  place(self.stands, key, field)[side .. canonical] = true
end

--- Both sides hold a value: it is no longer one side's own.
function Ledger:agreed(key, field, canonical)
  local stands = place(self.stands, key, field)
  stands["board" .. canonical], stands["event" .. canonical] = nil, nil
  place(self.base, key, field).value = canonical
end

--- What both sides last agreed on, or nil.
function Ledger:agreed_value(key, field)
  return place(self.base, key, field).value
end

--- Somebody who saw a value deleted it, or what it stood in.
function Ledger:gave_up(value)
  for token in pairs(Ledger.tokens(value)) do self.alive[token] = nil end
end

local OTHER = { board = "event", event = "board" }

--- Somebody who saw a value on a side wrote another one in its place. It is old, unless somebody wrote it on the other
-- side, too.
function Ledger:replaced(side, key, field, value)
  self:gave_up(value)
  local canonical = Ledger.canonical(field, value)
  if not canonical then return end
  local stands = place(self.stands, key, field)
  stands[side .. canonical] = nil
  if not (self.unsure.all or self.unsure[key]) and not stands[OTHER[side] .. canonical] then place(self.old, key, field)[canonical] = true end
end

--- Nobody can tell what is old until both sides are in step again: the state was lost, or a program saved what it read
-- long ago.
function Ledger:forget_what_is_old()
  self.old, self.unsure.all = {}, true
end

--- Likewise of one entry that nobody wanted while its event was there: that may be an orphan.
function Ledger:orphaned(key)
  for name in pairs(self.old) do
    if name:sub(1, #key + 1) == key .. " " then self.old[name] = nil end
  end
  self.unsure[key] = true
end

function Ledger:in_step()
  self.unsure = {}
end

function Ledger:is_written(key, field, canonical)
  local written = place(self.written, key, field)
  if written[canonical] or not (key == "S-1" and field == "title") then return written[canonical] ~= nil end
  -- Where a subitem's own title begins, behind its parent's, cannot be told once both have changed.
  for title in pairs(written) do
    if canonical:sub(-#title) == title then return true end
  end
  return false
end

function Ledger:is_old(key, field, canonical)
  return place(self.old, key, field)[canonical] ~= nil
end

--- The first token that is in none of the sets, or nil.
function Ledger:missing(...)
  for token in pairs(self.alive) do
    local found = false
    for _, set in ipairs { ... } do found = found or set[token] ~= nil end
    if not found then return token end
  end
  return nil
end

return Ledger
