-- A calendar as the last run saw it: stands in for a provider where a run is only thought through, and answers from the state.
-- It asks nobody, needs no credentials, and takes no writes.

local fail = require "fmcal.util.failure"
local provider = require "fmcal.provider"

local AsSeen = {}
AsSeen.__index = AsSeen

function AsSeen:open()
  return self.seen
end

function AsSeen:binding()
  return self.seen
end

--- Nothing has changed since. @param state fmcal.state target
function AsSeen:changes(state)
  self.state = state
  return { changed = 0, deleted = 0 }
end

function AsSeen:fetch(hrefs)
  local answers = {}
  for i, href in ipairs(hrefs) do
    local row = self.state:remote(href)
    local is_there = row and not row.gone
    answers[i] = is_there and { href = href, uid = row.uid, etag = row.etag, text = row.text, unread = row.unread }
      or { href = href, deleted = true }
  end
  return answers
end

function AsSeen:apply() -- luacheck: no self
  return fail("readonly", "sync", "a calendar as it was seen takes no writes")
end

for _, name in ipairs { "capabilities", "close", "decode", "encode", "name" } do
  AsSeen[name] = function(self, ...) return self.codec[name](self.codec, ...) end
end

--- Makes one.
-- @param spec of fmcal.config.load
-- @param binding of the state; nil: no run has seen the calendar yet, and it counts as empty
-- @return what can be given to fmcal.sync.run.sync among `providers`, or nil and an error
local function as_seen(spec, binding)
  local codec, err = provider.codec(spec.provider)
  if not codec then return nil, err end
  local known = binding or {}
  local seen = { account = known.account or "", calendar_id = known.calendar_id or spec.calendar_id or "",
    name = known.name or spec.name, writable = true }
  return setmetatable({ codec = codec, seen = seen }, AsSeen)
end

return as_seen
