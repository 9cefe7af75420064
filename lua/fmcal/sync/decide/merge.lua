-- The three-way merge of one entry with one calendar: pure, no I/O, no clock.
--
-- Input:
--   base    nil, or { l = version the board had, r = version the calendar had, open = {field = true} (never agreed on:
--           in conflict until both sides are equal), deleted = true (the event was deleted and the entry keeps its date),
--           doubt = {field = true} (r is what was there before a write of ours that seems not to have got there; perhaps
--           somebody took it back), touched = true (the event was edited since such a write), rewound = {field = true} (the
--           entry seems to be an older copy; perhaps somebody gave it the value of before) }
--   cur     { version, present, exists, times = {field = epoch}, time = epoch } the entry, as folded so far:
--           present: it has a date and is selected here; exists: it is on the board and selected, with or without a date;
--           elsewhere: it has a date and is selected in another calendar
--   remote  nil, or { version, time = epoch, edited = boolean where it is known without comparing versions,
--             unknown = true where its date is not understood: it waits, whatever the version has in its place }
--   policy  { fields = list, direction = "both"|"outbound"|"inbound", careful = true for court dates,
--             decided = set of fields that are asked about though they may be equal, or nil,
--             adopted = true where the event is not of our making and is never deleted,
--             inward = set of fields that only the calendar changes, or nil,
--             resolve = function(conflict) -> {field = "local"|"external"|"manual"|{value = v}}, who decided that, and
--             {field = who decided it} where it was somebody else, or nil,
--             on_deleted = function() -> "clear-due-date"|"recreate"|"keep", and who decided that }
-- Output:
--   { cur = the entry after this calendar, presence = what becomes of the event, base = "keep"|"drop"|nil,
--     pulled = {field = true}, waits = {field = true},
--     open = {field = { local, external, base, decided_by }}: conflicts that wait, and who says so,
--     lost = {{field, side, value, action}, …}: every edit that gives way, dates that go with their event,
--     and what the event of an entry says that is gone from the board,
--     overwritten = {{field, side, value, reason}, …}: what the entry had until something was pulled over it,
--     settled = {{field, winner = "local"|"external"|"merged", decided_by, lost}, …}: conflicts that were decided, one
--     for each value that gives way,
--     stays = true where an event that is to leave has to wait for its conflict,
--     edit_wins = true where it brings a cleared date back, reason = why, in words, cause = name of fmcal.model.reasons
--     (nil where fields alone say it), decided_by = who decided what becomes of a deleted event }
--   presence: "sync" (there and wanted), "create", "delete", "keep-deleted", "cleared", "drop", "orphan", "none", "wait"

local fields = require "fmcal.model.fields"

local merge = {}

local function changed(list, old, new)
  return #fields.differences(list, old, new) > 0
end

local function result(cur, presence, reason, cause)
  return { cur = cur, presence = presence, reason = reason, cause = cause, pulled = {}, open = {}, waits = {}, lost = {},
    overwritten = {}, settled = {} }
end

local function copy_entry(cur)
  local copy = {}
  for name, value in pairs(cur) do copy[name] = value end
  copy.version = fields.copy(cur.version)
  copy.times = setmetatable({}, { __index = cur.times })
  return copy
end

local function take(out, field, value, at)
  out.cur.version[field] = value
  out.cur.times[field] = at
  out.pulled[field] = true
end

local function is_something(value)
  return value ~= nil and value ~= "" and not (type(value) == "table" and #value == 0)
end

-- Takes what was edited in the calendar; what the entry had until then is not lost.
local function pull(out, field, remote)
  local value = out.cur.version[field]
  if is_something(value) and not fields.equal(field, value, remote.version[field]) then
    out.overwritten[#out.overwritten + 1] = { field = field, side = "local", value = value,
      reason = "edited in the calendar" }
  end
  take(out, field, remote.version[field], remote.time)
end

local DATE_FIELDS = fields.OF_DATE
local OF_DATE = { date = true, zone = true, duration = true, [fields.START] = true }

-- Fields that are decided about together: where one side has a day and the other a time, their zone and duration
-- mean nothing without the date.
local function bound_to(field, cur, remote)
  local whole = OF_DATE[field] and fields.date_kind(cur.version) ~= fields.date_kind(remote.version)
  return whole and DATE_FIELDS or { field }
end

local function any_open(base, list)
  for _, field in ipairs(list) do
    if base.open and base.open[field] then return true end
  end
  return false
end

-- What each field needs: "push", "pull", "both" (edited differently on both sides), or nil.
local function field_state(field, base, cur, remote)
  if fields.equal(field, cur.version[field], remote.version[field]) then return nil end
  local list = bound_to(field, cur, remote)
  if not base or any_open(base, list) then return "both" end
  local here_changed = changed(list, base.l, cur.version)
  local there_changed = changed(list, base.r, remote.version)
  if here_changed and there_changed then return "both" end
  if here_changed then return "push" end
  if there_changed then return "pull" end
  return nil
end

-- What a person decides is asked about, whether it differs or not.
local function state_of(field, base, cur, remote, policy)
  if policy.decided and policy.decided[field] then return "both" end
  local state = field_state(field, base, cur, remote)
  if not state or not policy.inward or not policy.inward[field] then return state end
  -- Where both have never met, a calendar that says nothing has taken nothing away.
  local is_agreed = base and not any_open(base, { field })
  return state ~= "push" and (is_agreed or is_something(remote.version[field])) and "pull" or nil
end

local function conflict_on(contested, base, cur, remote)
  local conflict = { fields = {}, local_time = cur.time, external_time = remote.time }
  for _, field in ipairs(contested) do
    conflict.fields[field] = {
      ["local"] = cur.version[field],
      external = remote.version[field],
      base = base and base.l[field],
      local_time = cur.times[field] or cur.time,
    }
  end
  return conflict
end

-- One of the two values of a conflict gives way, unless the other one is the same.
local function give_way(out, field, side, sides, winner, decided_by)
  if fields.equal(field, sides["local"], sides.external) and winner ~= "merged" then return end
  local lost = { field = field, side = side, value = sides[side] }
  out.lost[#out.lost + 1] = lost
  out.settled[#out.settled + 1] = { field = field, winner = winner, decided_by = decided_by, lost = lost }
end

-- Carries one answer out.
local function settle(out, field, answer, sides, remote, decided_by)
  if answer == "local" then
    give_way(out, field, "external", sides, "local", decided_by)
  elseif answer == "external" then
    give_way(out, field, "local", sides, "external", decided_by)
    take(out, field, sides.external, remote.time)
  elseif type(answer) == "table" then
    for _, side in ipairs { "local", "external" } do
      if not fields.equal(field, sides[side], answer.value) then give_way(out, field, side, sides, "merged", decided_by) end
    end
    take(out, field, answer.value, nil)
  else
    sides.decided_by = decided_by
    out.open[field] = sides
  end
end

-- Zone and duration follow the date that wins; with a date of a rule's own, those that suit it.
local function bind_to_date(answers, cur, remote)
  local own = type(answers.date) == "table" and { date = answers.date.value } or nil
  if not own and answers[fields.START] then answers[fields.START] = answers.date end
  for _, field in ipairs { "zone", "duration" } do
    local given = type(answers[field]) == "table" and answers[field].value
    if own then own[field] = given or cur.version[field] or remote.version[field] else answers[field] = answers.date end
  end
  if not own then return end
  local zone, duration = fields.suiting_date(own)
  answers.zone, answers.duration = { value = zone }, { value = duration }
end

-- Whether a day and a time are among what the date may become.
local function mixes_kinds(answer, cur, remote)
  local kind = fields.date_kind(cur.version)
  if type(answer) == "table" and fields.date_kind { date = answer.value } ~= kind then return true end
  return fields.date_kind(remote.version) ~= kind
end

local function resolve(out, contested, base, cur, remote, policy)
  local conflict = conflict_on(contested, base, cur, remote)
  local answers, decided_by, by_field = policy.resolve(conflict)
  if mixes_kinds(answers.date, cur, remote) then bind_to_date(answers, cur, remote) end
  for _, field in ipairs(contested) do
    settle(out, field, answers[field] or "manual", conflict.fields[field], remote, by_field and by_field[field] or decided_by)
  end
end

-- A pulled date may be of another kind than the one it replaces.
local function suit_date(out)
  local version = out.cur.version
  local zone, duration = fields.suiting_date(version)
  if zone ~= version.zone then take(out, "zone", zone, out.cur.times.date) end
  if duration ~= version.duration then take(out, "duration", duration, out.cur.times.date) end
end

local function members_of(list)
  local names = {}
  for i, field in ipairs(list) do names[i] = fields.MEMBER[field] end
  return table.concat(names, ", ")
end

local function merge_fields(base, cur, remote, policy, reason, cause)
  local out = result(copy_entry(cur), "sync", reason, cause)
  local contested, edited_here = {}, false
  for _, field in ipairs(policy.fields) do
    local unknown = remote.unknown and OF_DATE[field]
    local state = not unknown and state_of(field, base, cur, remote, policy) or nil
    if unknown then out.waits[field] = true end
    local careful = state == "pull" and policy.careful
    if state == "both" or careful then
      if policy.direction == "both" then
        contested[#contested + 1] = field
        edited_here = edited_here or state == "both"
      else
        out.waits[field] = true
      end
    elseif state == "push" and base.doubt and base.doubt[field] then
      out.lost[#out.lost + 1] = { field = field, side = "external", value = remote.version[field] }
    elseif state == "pull" then
      if policy.direction == "outbound" then
        out.waits[field] = true
      else
        if base.rewound and base.rewound[field] then
          out.lost[#out.lost + 1] = { field = field, side = "local", value = cur.version[field] }
          take(out, field, remote.version[field], remote.time)
        else
          pull(out, field, remote)
        end
      end
    end
  end
  if #contested > 0 then
    resolve(out, contested, base, cur, remote, policy)
    out.reason = (edited_here and "edited on both sides: " or "moved in the calendar: ") .. members_of(contested)
  end
  if out.pulled.date then suit_date(out) end
  return out
end

local function without_date(list)
  local rest = {}
  for _, field in ipairs(list) do
    if not OF_DATE[field] then rest[#rest + 1] = field end
  end
  return rest
end

-- The date was cleared here while somebody edited the event there: the edit wins, the other fields merge as ever.
local function date_back(base, cur, remote, policy)
  local reason = "date cleared here, edited in the calendar"
  if remote.unknown then return result(cur, "wait", reason .. " to one that is not understood", "direction_held") end
  if policy.direction == "outbound" then return result(cur, "wait", reason, "direction_held") end
  local out = merge_fields(base, cur, remote, { fields = without_date(policy.fields), direction = policy.direction,
    resolve = policy.resolve }, reason .. ": the edit wins", "recreated")
  for _, field in ipairs(DATE_FIELDS) do pull(out, field, remote) end
  if remote.version[fields.START] then pull(out, fields.START, remote) end
  out.edit_wins = true
  return out
end

-- Why an entry's event is not wanted any more: in words, and as a reason.
local function why_unwanted(cur)
  if not cur.on_board then return "gone from the board", "removed" end
  if cur.exists then return "the date was cleared on the board", "undated" end
  if cur.elsewhere then return "not selected for this calendar any more", "deselected" end
  return "not selected any more", "deselected"
end

-- Whoever took an entry off the board may have seen an older copy of it: nothing else holds what its event says.
local function delete(base, cur, policy, why, cause)
  local out = result(cur, "delete", why, cause)
  for _, field in ipairs(cur.on_board and {} or policy.fields) do
    local value = base.r[field]
    if is_something(value) then
      out.lost[#out.lost + 1] = { field = field, side = "external", value = value, action = "deleted" }
    end
  end
  return out
end

-- An event that leaves this calendar, while its entry stays in another one, was edited here: the entry takes the edit along.
local function leave(base, cur, remote, policy, why, cause)
  local out = merge_fields(base, cur, remote, policy, "not selected for this calendar any more, and edited here", nil)
  if next(out.open) or next(out.waits) then
    out.stays = true
  else
    out.presence, out.reason, out.cause = "delete", why, cause
  end
  return out
end

local function gone_here(base, cur, remote, policy)
  if not remote then return result(cur, "drop", "gone on both sides") end
  local edited = remote.edited
  if edited == nil then edited = remote.unknown or base.touched or changed(policy.fields, base.r, remote.version) end
  if not edited then
    local why, cause = why_unwanted(cur)
    if policy.adopted then return result(cur, "delete", why .. ": an adopted event stays", cause) end
    if policy.direction == "inbound" then return result(cur, "wait", why, "direction_held") end
    return delete(base, cur, policy, why, cause)
  end
  if cur.exists then return date_back(base, cur, remote, policy) end
  if cur.elsewhere then return leave(base, cur, remote, policy, why_unwanted(cur)) end
  return result(cur, "orphan", "gone from the board, edited in the calendar: the event stays", "orphaned")
end

-- Nobody edited the entry: what becomes of it is asked.
local function fate_of(cur, policy)
  local answer, decided_by = policy.on_deleted()
  local out
  if answer == "keep" then
    out = result(cur, "keep-deleted", "deleted in the calendar: the entry keeps its date", "kept_deleted")
  elseif policy.direction == (answer == "recreate" and "inbound" or "outbound") then
    out = result(cur, "wait", "deleted in the calendar", "direction_held")
  elseif answer == "recreate" then
    out = result(cur, "create", "deleted in the calendar: made again", "recreated")
  else
    out = result(copy_entry(cur), "cleared", "deleted in the calendar: the date is cleared", "cleared")
    for _, field in ipairs(DATE_FIELDS) do
      local value = cur.version[field]
      if value ~= nil then out.lost[#out.lost + 1] = { field = field, side = "local", value = value, action = "cleared" } end
      out.cur.version[field] = nil
    end
    out.pulled.date = true
  end
  out.decided_by = decided_by
  return out
end

local function deleted_there(base, cur, policy)
  if changed(policy.fields, base.l, cur.version) then
    if policy.direction == "inbound" then
      return result(cur, "wait", "deleted in the calendar, edited here", "direction_held")
    end
    return result(cur, "create", "deleted in the calendar, edited here: the edit wins", "recreated")
  end
  if base.deleted then return result(cur, "keep-deleted", "deleted in the calendar, the entry keeps its date") end
  return fate_of(cur, policy)
end

local function without_base(cur, remote, policy)
  if not cur.present then
    if remote then return result(cur, "orphan", "an event without an entry", "orphaned") end
    return result(cur, "none", "nothing to do")
  end
  if remote then
    return merge_fields(nil, cur, remote, policy, "already in the calendar: adopted", "adopted")
  end
  if policy.direction == "inbound" then return result(cur, "wait", "new on the board", "direction_held") end
  return result(cur, "create", "new on the board", "created")
end

--- One step of the fold: the entry meets one calendar.
function merge.step(base, cur, remote, policy)
  if not base then return without_base(cur, remote, policy) end
  if not cur.present then return gone_here(base, cur, remote, policy) end
  if not remote then return deleted_there(base, cur, policy) end
  return merge_fields(base, cur, remote, policy, "compared with the base")
end

return merge
