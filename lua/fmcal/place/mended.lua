-- Events that nobody could read and that are whole again: a server may mend an event and let it keep its ETag, so that no
-- listing names it. Those of entries that failed are read again each run, all of them with one request.
--
-- What a provider itself could not read is not meant: that has no ETag in the state, and the next listing reads it again.

local attempt = require "fmcal.util.attempt"

-- The event of an entry that cannot be read as it is in the state, or nil.
local function broken_event(target, key)
  local base = attempt.found(target.state:base(key))
  local row = base and base.uid and target:event_row(base.uid, base.href)
  if not row or row.unread or not row.text or target.provider:decode(row.text) then return nil end
  return row
end

local function broken_events(target)
  local rows, hrefs = {}, {}
  for _, status in ipairs { "error", "delete_error" } do
    for _, key in ipairs(target.state:bases(status)) do
      local row = broken_event(target, key)
      if row then rows[row.href], hrefs[#hrefs + 1] = row, row.href end
    end
  end
  return rows, hrefs
end

--- Reads again what could not be read; what is another one now counts as changed in the calendar.
-- @param target that has been refreshed
-- @return true, or nil and an error
local function look_for_mended(target)
  local rows, hrefs = broken_events(target)
  if #hrefs == 0 then return true end
  local answers, err = target.provider:fetch(hrefs)
  if not answers then return nil, err end
  for _, now in ipairs(answers) do
    if now.text and now.text ~= rows[now.href].text then
      assert(target.state:put_remote { href = now.href, uid = now.uid, etag = now.etag, text = now.text, pending = true })
    end
  end
  return true
end

return look_for_mended
