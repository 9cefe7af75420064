-- Whether what a team's rules make of an entry comes back as the entry. What does not may go out; what somebody writes over
-- it in the calendar cannot be pulled, for it would grow with every way there and back.

local attempt = require "fmcal.util.attempt"
local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local quantity = require "fmcal.util.quantity"
local shown = require "fmcal.util.shown"

local inverse = {}

local ADVICE = "let to_entry take off what to_event adds"
-- Bytes that two texts have in common before they are shown from further on, and how many of them still are.
local LONG_IN_COMMON, COMMON_SHOWN = 40, 16

local function has_own_mapping(target)
  return target.rules.functions.to_event ~= nil or target.rules.functions.to_entry ~= nil
end

-- Whether two values of a member are the same to whoever reads the board; lists that are compared differ.
local function is_same(before, after)
  return type(before) ~= "table" and before == after
end

--- The fields of an entry that do not come back: the entry would be spelled in another way.
-- @param view of the entry
-- @param version of it that the event was made of
-- @param event from the rules' to_event
-- @return { [field] = { before, after } } in the board's words; or nil and a sentence where to_entry fails
function inverse.lost(target, view, version, event)
  local lost = {}
  if not has_own_mapping(target) then return lost end
  local members, sentence, left_out = target.rules:to_entry(view.key, event, entries.with_version(view, version))
  if not members then return nil, sentence end
  local ok, back = attempt.pcall(fields.version, members, target.options.timeZone, view.own)
  if not ok then return nil, target.rules:complaint("to_entry", view.key, back) end
  for _, field in ipairs(fields.differences(view.fields, version, back)) do
    local before, after = fields.spell(field, version, view.style), fields.spell(field, back, view.style)
    local is_said = not target.rules.mapped.never_out[field] and not (left_out and left_out[fields.MEMBER[field]])
    if is_said and not is_same(before, after) then
      lost[field] = { before = before, after = after }
    end
  end
  -- Without the date nothing is known of the zone and the length.
  if left_out and left_out.dueDate then lost.date, lost.zone, lost.duration = nil, nil, nil end
  return lost
end

-- Long texts begin shortly before the place where they part.
local function parted(before, after)
  if type(before) ~= "string" or type(after) ~= "string" then return before, after end
  local at = 1
  while at <= #before and before:byte(at) == after:byte(at) do at = at + 1 end
  if at <= LONG_IN_COMMON then return before, after end
  local from = utf8.offset(before, 0, at - COMMON_SHOWN)
  return "…" .. before:sub(from), "…" .. after:sub(from)
end

-- The function to blame: to_event, where the team has one.
local function complaint(target, key, problem)
  return target.rules:complaint(target.rules.functions.to_event and "to_event" or "to_entry", key, problem)
end

--- Why what a calendar says cannot be pulled, or nil: a field that it changed would not come back.
-- @param pulled set of fields
-- @param version of the entry with them
function inverse.refusal(target, view, pulled, remote, version)
  if not has_own_mapping(target) or not version.date then return nil end
  local event, lost, sentence
  event, sentence = target.rules:to_event(view.key, entries.with_version(view, version))
  if not event then return sentence end
  lost, sentence = inverse.lost(target, view, version, event)
  if not lost then return sentence end
  for _, field in ipairs(view.fields) do
    local is_theirs = pulled[field] and fields.equal(field, version[field], remote.version[field])
    if is_theirs and lost[field] then
      local before, after = parted(lost[field].before, lost[field].after)
      local problem = ("%s does not come back: the calendar's %s would become %s; the entry is left as it is; %s"):format(
        fields.MEMBER[field], shown(before), shown(after), ADVICE)
      return complaint(target, view.key, problem)
    end
  end
  return nil
end

--- Collects what does not come back, a finding for each calendar and member. @param findings list
function inverse.note(findings, target, key, lost)
  for _, field in ipairs(target.rules.mapped.all) do
    if lost[field] then
      local at = target.name .. "." .. field
      if not findings[at] then
        findings[at] = { target = target, key = key, member = fields.MEMBER[field], values = lost[field], keys = {} }
        findings[#findings + 1] = findings[at]
      end
      findings[at].keys[key] = true
    end
  end
end

local function count(set)
  local n = 0
  for _ in pairs(set) do n = n + 1 end
  return n
end

-- What the rules make of an entry where it is wanted, or nil; second, a sentence where they fail.
local function lost_of_entry(target, view)
  if not view.version.date then return nil end
  local wanted, event, sentence
  wanted, sentence = target.rules:wants(view.key, view.raw)
  if not wanted then return nil, wanted == nil and sentence or nil end
  event, sentence = target.rules:to_event(view.key, view.raw)
  if not event then return nil, sentence end
  event.uid = target:uid(view.key, view.sync, target:base(view.key))
  return inverse.lost(target, view, view.version, event)
end

--- Maps every entry of a board there and back.
-- @return findings, list of sentences of rules that failed, number of entries that were mapped
function inverse.of_board(board, target)
  local findings, failures, mapped = {}, {}, 0
  for _, key in ipairs(board:keys()) do
    local view = entries.view(attempt.found(board:entry(key)), target.options.timeZone, target.rules.mapped)
    local lost, sentence
    if view then lost, sentence = lost_of_entry(target, view) end
    failures[#failures + 1] = sentence
    if lost then
      inverse.note(findings, target, key, lost)
      mapped = mapped + 1
    end
  end
  return findings, failures, mapped
end

--- A sentence for each finding.
function inverse.sentences(findings)
  local list = {}
  for i, finding in ipairs(findings) do
    local others, before, after = count(finding.keys) - 1, parted(finding.values.before, finding.values.after)
    list[i] = complaint(finding.target, finding.key, ("%s does not come back: %s becomes %s%s; %s"):format(finding.member,
      shown(before), shown(after),
      others > 0 and (", and so in %s"):format(quantity(others, "other entry", "other entries")) or "", ADVICE))
  end
  return list
end

return inverse
