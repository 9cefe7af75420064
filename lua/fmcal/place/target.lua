-- One calendar during a run: its provider, its part of the state, its rules.

local advice = require "fmcal.place.advice"
local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local calendar_sync = require "fmcal.model.calendar_sync"
local crypto = require "fmcal.crypto"
local failure = require "fmcal.util.failure"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local left_out_of = require("fmcal.model.left_out").fields
local names = require "fmcal.names"
local provider = require "fmcal.provider"
local provider_options = require "fmcal.place.provider_options"
local rules = require "fmcal.rules"
local time = require "fmcal.time"

local Target = {}
Target.__index = Target

-- A member that nobody knows may be a secret as well.
local function without_secrets(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, member in pairs(value) do
    local is_secret = name == "credentials" or type(member) == "userdata" and member ~= json.null
    if not is_secret then copy[name] = without_secrets(member) end
  end
  return copy
end

local function rules_config(settings, spec)
  local config = without_secrets(settings.section)
  config.syncOptions = spec.options
  return config
end

local function names_of(calendars)
  local list = {}
  for i, calendar in ipairs(calendars) do list[i] = calendar.name end
  return list
end

-- What the provider is made with, or nil and an error about the credentials.
local function options_of(settings, spec, state, resolve)
  local options, err = provider_options(settings.team, spec, resolve)
  if not options then return nil, err end
  local binding = attempt.found(state:binding())
  if binding then
    options.bound = true
    options.discovery = binding.discovery
  end
  return options
end

--- Makes a target; its provider is made when it is opened.
-- @param settings what fmcal.config.load gave
-- @param spec one of settings.targets
-- @param state the fmcal.state target
-- @param resolve function(path) -> path relative to the board
-- @param given fmcal.provider|nil an instance to use instead of making one
-- @return target, or nil and an error
function Target.new(settings, spec, state, resolve, given)
  local loaded, err = rules.load(settings.rules, {
    team = settings.team, provider = spec.provider, calendar = spec.name, calendars = names_of(settings.calendars),
    board = { team = settings.team, teamName = settings.team_name }, config = rules_config(settings, spec),
    in_process = settings.rules_in_process, clock = settings.clock,
  })
  if not loaded then return nil, err end
  local self = setmetatable({
    name = spec.name, spec = spec, options = spec.options, team = settings.team, state = state, rules = loaded,
    provider = given, borrowed = given ~= nil, suffix = "", counts = {}, settings = settings, resolve = resolve,
  }, Target)
  self.context = crypto.sha256(json.encode({ spec.name, spec.options, loaded.source }, { sort = true }))
  return self
end

-- Makes the provider. Only now: credentials that cannot be had are the failure of this target alone.
local function make_provider(self)
  local options, err = options_of(self.settings, self.spec, self.state, self.resolve)
  if not options then return nil, err end
  options.dry_run = self.dry_run
  return provider.new(self.spec.provider, options)
end

--- Signs in and binds the state to the account and calendar. @return true, or nil and an error
function Target:open()
  local err, binding
  if not self.provider then
    local known = attempt.found(self.state:binding())
    self.remembered = known ~= nil and known.discovery ~= nil
    self.provider, err = make_provider(self)
    if not self.provider then return nil, advice.in_board_words(err) end
  end
  binding, err = self.provider:open()
  if not binding then return nil, advice.on_calendar(err, self.spec) end
  self.binding = binding
  self.bound = self.state:bind {
    provider = self.spec.provider, account = binding.account, calendar_id = binding.calendar_id,
    endpoint = type(self.spec.endpoint) == "string" and self.spec.endpoint or nil, name = binding.name,
    discovery = binding.discovery,
  }
  return true
end

--- Sets the direction of this calendar. One that cannot be written to is only read; an outbound run fails there.
-- @return true, or nil and an error
function Target:set_direction(direction)
  self.read_only = self.binding.writable == false
  if self.read_only and direction == "outbound" then return nil, self:read_only_error() end
  self.direction = self.read_only and "inbound" or direction
  return true
end

--- What is told where a read-only calendar should have been written to.
function Target:read_only_error()
  local _, err = failure("access", "sync", "the calendar %q is read-only: choose another, ask its owner for the right to "
    .. "write, or sync with --direction inbound", self.binding.name)
  return err
end

--- Names the events of a further target in one account apart.
function Target:share_account()
  self.suffix = "." .. self.name
end

-- Failures that discovery of an earlier run may be the cause of: an account has moved to another host.
local MOVED = { notfound = true, access = true, auth = true, network = true, protocol = true, unsupported = true }

local function rediscover(self)
  self.provider:close()
  self.provider, self.remembered = nil, false
  assert(self.state:set_discovery(nil))
  return self:open()
end

-- What became of one of our own events that the listing did not show. @return whether it is there
local function look_at(self, row, now)
  if not now or now.deleted or now.unread then return false end
  assert(self.state:confirm(row.href))
  if now.etag ~= row.etag then
    assert(self.state:put_remote { href = row.href, uid = now.uid, etag = now.etag, text = now.text, pending = true })
  end
  return true
end

-- An event that was written in the last run and deleted since may be missing from a list of changes: where the list does
-- not show it, it is looked at. @return whether all are there; or nil and an error
local function look_at_unconfirmed(self)
  local rows, hrefs, found = assert(self.state:unconfirmed()), {}, {}
  if #rows == 0 then return true end
  for i, row in ipairs(rows) do hrefs[i] = row.href end
  local answers, err = self.provider:fetch(hrefs)
  if not answers then return nil, err end
  for _, answer in ipairs(answers) do found[answer.href] = answer end
  local all = true
  for _, row in ipairs(rows) do all = look_at(self, row, found[row.href]) and all end
  return all
end

-- The changes since the token. Where the calendar is no longer found at the place remembered from an earlier run, it
-- is looked for once more.
local function changes(self)
  local summary, err = self.provider:changes(self.state)
  if summary or not self.remembered or not MOVED[err.code] then return summary, err end
  if not rediscover(self) then return nil, err end
  return self.provider:changes(self.state)
end

--- Reads what changed in the calendar into the state. That an event is not found at its place is no word about it: a
-- server that lags behind says so of what was written just now. Then the whole calendar is listed.
-- @return summary, or nil and an error
function Target:refresh()
  local summary, err = changes(self)
  if not summary then return nil, advice.on_calendar(err, self.spec) end
  local all
  all, err = look_at_unconfirmed(self)
  if all == nil then return nil, err end
  if all then return summary end
  assert(self.state:set_token(nil))
  return changes(self)
end

--- Whether an event was made by somebody else: fmcal may have adopted it, and never deletes it.
function Target:is_foreign(uid) -- luacheck: no self
  return not names.is_ours(uid)
end

-- Whether a UID of ours is an entry's name apart: true, false where it is the plain one, nil where it is neither.
local function is_apart(self, uid, board)
  local name, suffix = names.of_uid(uid), "." .. self.name
  if attempt.found(board:entry(name)) then return false end
  return name:sub(-#suffix) == suffix and attempt.found(board:entry(name:sub(1, -#suffix - 1))) and true or nil
end

--- How most of the events in the calendar are named: true where apart, false where plainly, nil where that cannot be
-- seen.
function Target:names_in_use(board)
  local count = { [true] = 0, [false] = 0 }
  for _, row in ipairs(self.state:remotes()) do
    local apart = nil
    if not row.gone and names.is_ours(row.uid) then apart = is_apart(self, row.uid, board) end
    if apart ~= nil then count[apart] = count[apart] + 1 end
  end
  if count[true] + count[false] == 0 then return nil end
  return count[true] > count[false]
end

-- An adopted event keeps its own UID; the entry's calendarSync remembers it where the state was lost.
local function adopted_uid(self, key, sync)
  local uid = self.adopted and self.adopted[key]
  if uid then return uid end
  if not sync or sync.provider ~= self.spec.provider then return nil end
  uid = sync.externalEventId
  if type(uid) ~= "string" or names.is_ours(uid) or attempt.found(self.state:base_by_uid(uid)) then return nil end
  return uid
end

--- The UID of an entry's event.
-- @param sync the entry's calendarSync, nil for an entry that is gone
-- @param row its base row, nil where there is none
function Target:uid(key, sync, row)
  if row and row.uid then return row.uid end
  return adopted_uid(self, key, calendar_sync.own(sync, self)) or names.uid(key .. self.suffix)
end

--- The key of the entry whose event has this UID, or nil where it is no entry's name.
function Target:key(uid)
  local known = uid and attempt.found(self.state:base_by_uid(uid))
  if known then return known.key end
  if not names.is_ours(uid) then return nil end
  local key = names.of_uid(uid)
  if self.suffix == "" then return key end
  if key:sub(-#self.suffix) ~= self.suffix then return nil end
  return key:sub(1, -#self.suffix - 1)
end

--- The base row of an entry with its document decoded into `base`, or nil.
function Target:base(key)
  local row = attempt.found(self.state:base(key))
  if row then row.base = base.decode(row.doc) end
  return row
end

--- Puts the base row of an entry. @param row as fmcal.state has it, with `base` in the place of its document
function Target:put_base(row)
  row.doc = row.base and base.encode(row.base)
  row.base = nil
  assert(self.state:put_base(row))
end

-- Of several events with one UID the entry's is the one that the base knows.
local function is_copy(self, row, known)
  if row.href == known.href then return false end
  local chosen = self:event_row(row.uid, known.href)
  return chosen ~= nil and chosen.href ~= row.href
end

--- Whether an event is this team's, as far as the team on it tells: its own, or the one that it had before it was renamed.
function Target:is_of_team(event)
  return event.team == nil or event.team == self.team or event.team == self.former_team
end

--- Whether an event is external, none of this team's: by its UID, because another team's name is on it, or because it is a
-- copy.
-- @param row of a remote event; its text is read where the UID does not tell
function Target:is_external(row)
  if row.gone or row.unread then return false end
  local key = self:key(row.uid)
  if not key then return true end
  local known = attempt.found(self.state:base(key))
  if known and is_copy(self, row, known) then return true end
  if known and known.href and known.status ~= "error" then return false end
  local full = attempt.found(self.state:remote(row.href))
  local event = full and full.text and self.provider:decode(full.text)
  return event and not self:is_of_team(event) or false
end

local function choose(rows, href)
  local best
  for _, row in ipairs(rows) do
    if not row.gone then
      if row.href == href then return row end
      if not best or row.href < best.href then best = row end
    end
  end
  return best
end

local function last_modified(event)
  local parsed = event.lastModified and time.parse(event.lastModified)
  return parsed and parsed.epoch or nil
end

local function cannot_read(key, why)
  return ("the event of %s cannot be read: %s"):format(key, why)
end

--- What an event says of an entry that is gone: the event, or nil and a sentence.
function Target:read_of_gone(key, row)
  if row.unread then return nil, cannot_read(key, row.unread) end
  local event, err = self.provider:decode(row.text)
  if not event then return nil, cannot_read(key, err.message) end
  return event
end

--- Sentences about objects in the calendar that cannot be read, and are not known to be an entry's.
function Target:unreadable()
  local sentences = {}
  for _, row in ipairs(self.state:unread()) do
    if not self:key(row.uid) then
      sentences[#sentences + 1] = ("%s in the calendar %q cannot be read: %s"):format(row.href, self.binding.name, row.unread)
    end
  end
  return sentences
end

-- An event as rules read it. Where its date is not understood they are given the entry's own in its place, so that they
-- can read the rest; what they make of it does not count.
local function readable(event, raw)
  if not event.unknownDate then return event end
  local shown = {}
  for name, value in pairs(event) do shown[name] = value end
  shown.dueDate, shown.timeZone = raw.dueDate, raw.timeZone
  return shown
end

-- Takes the date out of a version. @return left_out with its fields
local function without_date(version, left_out)
  left_out = left_out or {}
  for _, field in ipairs(fields.OF_DATE) do version[field], left_out[field] = nil, true end
  if version[fields.START] then version[fields.START], left_out[fields.START] = nil, true end
  return left_out
end

--- The reason of a failure that a rule or the default in its place is behind (see fmcal.model.reasons).
function Target:rule_reason(name)
  return self.rules.functions[name] and "rule_failed" or "invalid"
end

-- The event of a row. One that was read ahead is used once: whoever has it may change it.
local function event_of(self, row)
  local ahead = row.ahead
  row.ahead = nil
  if ahead then return ahead end
  local event, err = self.provider:decode(row.text)
  if event then event.eventId, event.etag = row.href, row.etag end
  return event, err
end

--- Lets the rules begin with rows that will be read soon.
-- @param list of { key, raw, row }, as for read()
function Target:foresee(list)
  if not self.rules.functions.to_entry then return end
  local hints = {}
  for _, reading in ipairs(list) do
    local row = reading.row
    row.ahead = not row.unread and event_of(self, row) or nil
    if row.ahead then
      hints[#hints + 1] = { name = "to_entry", id = reading.key, readable(row.ahead, reading.raw), reading.raw }
    end
  end
  self.rules:foresee(hints)
end

--- What an event says about an entry: { version, stamp (the time of change that it says), time (when it was edited, as far
-- as that is known), event, row, left_out (see fmcal.model.left_out), unknown (why its date is not understood: that is left
-- out too) }, or nil, a sentence and perhaps a reason (see fmcal.model.reasons). A cancelled event says nothing but that.
function Target:read(key, raw, row)
  if row.unread then return nil, cannot_read(key, row.unread) end
  local event, err = event_of(self, row)
  if not event then return nil, cannot_read(key, err.message) end
  if not self:is_of_team(event) then
    return nil, ("an event with the UID %s belongs to team %s: give %s another id, or remove that event; where the team was "
      .. "renamed, take its events over with sync.lua --adopt-team %s"):format(row.uid, event.team, key, event.team)
  end
  if event.deleted then return { version = {}, event = event, row = row } end
  local members, sentence, left_out = self.rules:to_entry(key, readable(event, raw), raw)
  if not members then return nil, sentence, self:rule_reason("to_entry") end
  local ok, version = attempt.pcall(fields.version, members, self.options.timeZone,
    raw.eventType ~= "court-date" and self.rules.mapped.own or nil)
  if not ok then return nil, ("the event of %s: %s"):format(key, version), self:rule_reason("to_entry") end
  left_out = left_out and left_out_of(left_out, version)
  if event.unknownDate then left_out = without_date(version, left_out) end
  if not version.date and not (left_out and left_out.date) then
    return nil, ("the event of %s has no date that can be read"):format(key)
  end
  local stamp = last_modified(event)
  return { version = version, stamp = stamp, time = stamp, event = event, row = row, left_out = left_out,
    unknown = event.unknownDate }
end

--- The first failure of a whole calendar in a run, and the calendar's name; nil where none failed.
function Target.first_failure(run)
  local failed = run.failed_targets[1]
  if failed then return failed.error, failed.name end
  for _, target in ipairs(run.targets) do
    if target.error then return target.error, target.name end
  end
  return nil
end

--- A hash of what a person can edit in an event, without mapping it to an entry.
function Target:content_hash(event)
  local content = { unknownDate = event.unknownDate }
  for _, name in ipairs(fields.EVENT_MEMBERS) do content[name] = event[name] end
  for _, field in ipairs(self.rules.mapped.own) do
    if field.event then content[field.event] = event[field.event] end
  end
  return assert(json.digest(content))
end

--- The row of the event with a UID: the one at `href` where there are several; second, where there is none, a tombstone.
function Target:event_row(uid, href)
  local rows = attempt.found(self.state:remote_by_uid(uid))
  local row = choose(rows, href)
  if row then return row end
  return nil, rows[1]
end

--- The event of an entry in the calendar as last seen.
-- @return remote (nil: there is none), the row of an event that is gone or cancelled (nil: there is none), sentence, reason
function Target:remote(key, raw, base_row, uid)
  local row, tomb = self:event_row(uid, base_row and base_row.href)
  if not row then return nil, tomb, nil end
  local remote, sentence, reason = self:read(key, raw, row)
  if remote and remote.event.deleted then return nil, row, nil end
  return remote, nil, sentence, reason
end

return Target
