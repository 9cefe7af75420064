-- What the state keeps of runs, in the words of the API.

local change = require "fmcal.model.change"
local fields = require "fmcal.model.fields"
local place = require "fmcal.serve.views.place"
local reasons = require "fmcal.model.reasons"

local shown = {}

--- A run of fmcal.overview.
function shown.run(run, wanted)
  return { number = run.number, at = run.time, kind = run.kind, undoes = (run.undoes or 0) > 0 and run.undoes or nil,
    who = run.who, command = run.command and place.sentence(run.command, wanted), version = run.version, status = run.status,
    message = run.message and place.sentence(run.message, wanted), takenBack = run.taken_back or false }
end

--- A change of a run of fmcal.overview.
function shown.change(made)
  return { id = made.key, title = made.title, calendar = made.calendar, did = made.did, reason = made.reason,
    sentence = reasons.SENTENCE[made.reason], decidedBy = made.decided_by, fields = made.fields }
end

--- A row of the history of fmcal.overview.
function shown.overwritten(row)
  return { at = row.time, run = row.run, id = row.key, calendar = row.target, field = fields.MEMBER[row.field] or row.field,
    side = row.side, action = row.action, reason = row.reason, value = row.value, cause = row.cause,
    decidedBy = row.decided_by }
end

--- A row of changes of the state without its document: what was last done to an entry in a calendar.
-- @param times {[number of a run] = when it was}
function shown.last(row, times)
  return { run = row.run, at = times[row.run], calendar = row.target, reason = row.reason,
    sentence = reasons.SENTENCE[row.reason], decidedBy = row.decided_by, did = change.decode(row.doc).did }
end

return shown
