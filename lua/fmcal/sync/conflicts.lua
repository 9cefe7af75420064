-- Conflicts that wait for a person: listed from the board, answered through a run.

local attempt = require "fmcal.util.attempt"
local calendar_sync = require "fmcal.model.calendar_sync"
local fields = require "fmcal.model.fields"
local given = require "fmcal.util.given"
local run = require "fmcal.sync.run"

local conflicts = {}

conflicts.RESOLUTIONS = { "keep_local", "keep_external", "merge" }

local ANSWERS = { keep_local = "local", keep_external = "external" }

local function shown(entry, sync, target)
  return { id = entry.key, title = given(entry.value.title), provider = given(sync.provider), target = target,
    since = given(sync.lastSyncedAt), conflictData = given(sync.conflictData) }
end

--- The conflicts of an opened board.
-- @return list of { id, title, provider, target (nil for the first calendar), since, conflictData }, in the board's order
function conflicts.list(board)
  local list = {}
  for _, key in ipairs(board:keys()) do
    local entry = attempt.found(board:entry(key))
    for _, found in ipairs(calendar_sync.conflicts(calendar_sync.read(entry))) do
      list[#list + 1] = shown(entry, found.sync, found.target)
    end
  end
  return list
end

--- The members that are in conflict, in order: those in which both versions differ.
-- @param conflict_data of the list
function conflicts.members(conflict_data)
  local here, there = calendar_sync.versions(conflict_data)
  local differing = {}
  for _, name in ipairs(fields.members_of(here, there)) do
    local is_same = calendar_sync.text(given(here[name])) == calendar_sync.text(given(there[name]))
    if name ~= "modifiedAt" and not is_same then differing[#differing + 1] = name end
  end
  return differing
end

--- The answer that a resolution stands for, as the engine takes it.
-- @param resolution "keep_local", "keep_external" or "merge"
-- @param merge table|nil of members, for "merge"
-- @return answer, or nil where it is none of them
function conflicts.answer(resolution, merge)
  return ANSWERS[resolution] or (resolution == "merge" and type(merge) == "table" and merge) or nil
end

--- Decides a conflict and carries the decision out on both sides.
-- @param options of fmcal.sync.run.sync
-- @return result
function conflicts.resolve(options, key, answer)
  local asked = {}
  for name, value in pairs(options) do asked[name] = value end
  asked.only, asked.exact, asked.answers = { key }, true, { [key] = answer }
  return run.sync(asked)
end

return conflicts
