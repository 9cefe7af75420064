-- A conflict that waits for a person, as it is shown: the fields in conflict alone, and a tag that says whether what is decided
-- about is still what was shown.

local calendar_sync = require "fmcal.model.calendar_sync"
local conflicts = require "fmcal.sync.conflicts"
local crypto = require "fmcal.crypto"
local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local given = require "fmcal.util.given"
local json = require "fmcal.json"

local waiting = {}

local function or_null(value)
  if value == nil then return json.null end
  return value
end

-- What both sides agreed on before, by member; {} where they never have, or where the entry cannot be read now.
local function base_of(opened, target, key)
  local row = target and target:base(key)
  if not row or not row.base or not row.base.l then return {} end
  local zone, mapped = target.options.timeZone, target.rules.mapped
  local view = entries.view(opened.board:entry(key), zone, mapped)
  local shown = {}
  for _, field in ipairs(view and view.fields or {}) do
    shown[fields.MEMBER[field]] = fields.spell(field, row.base.l, view.style)
  end
  return shown
end

local function target_of(opened, name)
  for i, target in ipairs(opened.targets) do
    if name == nil and i == 1 or target.name == name then return target end
  end
  return nil
end

--- The tag of what is decided about: another one where either side has changed.
-- @param key of the entry
-- @param calendar name
-- @param list { field, local, external } of what is in conflict
function waiting.tag(key, calendar, list)
  local sides = json.array {}
  for i, about in ipairs(list) do sides[i] = json.array { about.field, or_null(about["local"]), or_null(about.external) } end
  return crypto.encode("hex", crypto.sha256(assert(json.encode(json.array { key, calendar, sides }, { sort = true })))):sub(1, 32)
end

-- A side is as the board has it now, and as the calendar had it in the last run.
local function shown(opened, found)
  local entry, target = opened.board:entry(found.id), target_of(opened, found.target)
  local here, there = calendar_sync.versions(found.conflictData)
  local base, list = base_of(opened, target, found.id), json.array {}
  for i, member in ipairs(conflicts.members(found.conflictData)) do
    list[i] = { field = member, base = or_null(base[member]), ["local"] = or_null(entries.member(entry, member)),
      external = or_null(there[member]) }
  end
  local calendar = target and target.name or found.target or found.provider
  return {
    id = found.id, title = found.title, type = entry.kind, line = entry.line, since = found.since,
    zone = given(entries.member(entry, "timeZone")) or opened.settings.options.timeZone or "UTC", calendar = calendar,
    fields = list, changed = { ["local"] = or_null(given(here.modifiedAt)), external = or_null(given(there.modifiedAt)) },
    etag = waiting.tag(found.id, calendar, list),
  }
end

--- The conflicts of a board.
-- @param opened fmcal.overview
-- @return list as the view `conflicts` answers it
function waiting.list(opened)
  local list = json.array {}
  for i, found in ipairs(conflicts.list(opened.board)) do list[i] = shown(opened, found) end
  return list
end

return waiting
