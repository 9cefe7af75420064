-- Carries the writes of a round out: journal first, then the calendar, then one look at what it made of them.

local advice = require "fmcal.place.advice"
local fields = require "fmcal.model.fields"
local history = require "fmcal.place.history"
local journal = require "fmcal.place.journal"
local left_out = require "fmcal.model.left_out"

local deliver = {}

-- What an earlier note of the entry has led to is in the base before the next one is made. Nothing is noted for a calendar
-- that failed in an earlier slice: it is left alone.
local function note_writes(run, jobs)
  assert(run.state:begin())
  for _, job in ipairs(jobs) do
    history.keep(run, job.decision)
    if not job.side.target.error then
      journal.conclude(job.side, job.decision.key)
      journal.write(job)
      job.noted = true
    end
  end
  assert(run.state:commit())
end

-- What the calendar has instead of what was expected becomes a remote change that the next round plans with.
local function note_change(target, write, answer)
  local href = answer.href or write.href
  if answer.gone then
    if href then assert(target.state:put_remote { href = href, uid = write.uid, pending = true, gone = true }) end
    return true
  end
  if not answer.text then return false end
  assert(target.state:put_remote { href = href, uid = write.uid, etag = answer.etag, text = answer.text, pending = true })
  return true
end

-- Whether the next run may succeed with the same: it is the network's matter, or the run was stopped, or the sign-in is.
local function passes(err)
  return err ~= nil and (err.transient or err.code == "canceled" or err.code == "auth")
end

local function judge(job, answer, whole_error)
  job.outcome = answer.outcome
  if answer.outcome == "done" then
    job.href, job.etag, job.shown = answer.href or job.write.href, answer.etag, answer.text
  elseif answer.outcome == "changed" and note_change(job.side.target, job.write, answer) then
    job.changed = true
  else
    local err = answer.error or whole_error
    job.error = err and advice.in_board_words(err).message or "the calendar did not take it"
    job.transient = answer.outcome == "none" or passes(err)
  end
end

local function give_up(target, jobs)
  for _, job in ipairs(jobs) do judge(job, { outcome = "none" }, target.error) end
end

local function apply(run, target, jobs)
  local writes = {}
  for i, job in ipairs(jobs) do writes[i] = job.write end
  local answers, err = target.provider:apply(writes, function(done, total)
    run.progress("write", done, total, target.name)
  end)
  if not answers then
    answers = {}
    for i = 1, #jobs do answers[i] = { outcome = "none" } end
  end
  target.error = target.error or err
  for i, job in ipairs(jobs) do judge(job, answers[i], err) end
end

-- What a row says about the entry of a job, or nil and a sentence: a team's to_entry may fail on what the calendar made
-- of an event.
local function read(job, row)
  local there, sentence = job.side.target:read(job.decision.key, job.decision.view.raw, row)
  if not there then return nil, sentence end
  left_out.fill(there, job.action.version, nil, job.decision.plan.cur.version)
  return there
end

-- What we wrote, as if it had been read back.
local function as_written(job)
  return read(job, { href = job.href, text = job.write.text, uid = job.write.uid })
end

-- Whether what was read back is what was written, as the server rewrote it, and not somebody's later edit.
local function is_ours(job, row, there)
  if row.text == job.write.text then return true end -- one version may have several ETags (vdir)
  if job.etag and row.etag then return job.etag == row.etag end
  local written = as_written(job)
  return written ~= nil and written.event.lastModified == there.event.lastModified
end

-- Whether two readings of an event say the same: also in texts out of which an entry gets less, as its parent's title.
local function say_the_same(list, a, b)
  for _, field in ipairs(list) do
    if not fields.equal(field, a.version[field], b.version[field]) then return false end
  end
  for _, field in ipairs(fields.TEXTS) do
    if not fields.equal(field, a.event[field], b.event[field]) then return false end
  end
  return true
end

-- What rules leave out of an entry is not in its versions: then the events say it.
local function differ_in_what_is_left_out(target, written, there)
  return there.left_out ~= nil and target:content_hash(written.event) ~= target:content_hash(there.event)
end

-- Whether what was read back is the very version that was to be replaced, and says something else than what was written.
local function is_as_before(job, row, there)
  if not row.etag or row.etag ~= job.write.etag then return false end
  local written = as_written(job)
  if not written then return false end
  return not say_the_same(job.decision.view.fields, written, there)
    or differ_in_what_is_left_out(job.side.target, written, there)
end

-- An answer said that it was done, and the calendar does not show it: then it was not. The next run looks again.
local function disbelieve(job, sentence)
  job.outcome, job.error, job.transient = "failed", sentence, true
end

local function take_back(job, row)
  local target = job.side.target
  if not row then
    journal.answered(job)
    return disbelieve(job, "the calendar took the event, and could not be asked what it made of it: the next run looks again")
  elseif row.deleted then
    journal.answered(job)
    return disbelieve(job, "the calendar took the event, and does not show it: the next run looks again")
  elseif row.uid and row.uid ~= job.write.uid then
    return disbelieve(job, "the calendar took the event, and shows another one in its place: the next run looks again")
  elseif row.unread then
    return disbelieve(job, "what the calendar made of the event cannot be read: " .. row.unread)
  end
  if not job.decision.view then
    job.after = { row = row, version = {} }
    return
  end
  local there = read(job, row)
  if there and is_as_before(job, row, there) then
    return disbelieve(job, "the calendar took the change, and shows the event as it was before: the next run looks again")
  end
  if there and is_ours(job, row, there) then
    job.after = there
    return
  end
  job.after, job.error = as_written(job)
  assert(target.state:put_remote { href = row.href, uid = row.uid, etag = row.etag, text = row.text, pending = true })
end

-- The next listing has to show what was written.
local function expect_written(run, target, jobs)
  assert(run.state:begin())
  for _, job in ipairs(jobs) do assert(target.state:expect(job.href)) end
  assert(run.state:commit())
end

-- What the answer to a write has shown need not be read; what is deleted cannot be.
-- @return jobs whose event is to be there now, rows shown by href
local function take_answers(run, target, jobs)
  local made, shown = {}, {}
  assert(run.state:begin())
  for _, job in ipairs(jobs) do
    if job.outcome == "done" and job.write.kind == "delete" then
      assert(target.state:delete_remote(job.write.href))
    elseif job.outcome == "done" then
      made[#made + 1] = job
      if job.shown then
        shown[job.href] = { href = job.href, uid = job.write.uid, etag = job.etag, text = job.shown }
        assert(target.state:put_remote(shown[job.href]))
      end
    end
  end
  assert(run.state:commit())
  return made, shown
end

-- The hrefs of jobs that no answer has shown, once each: a calendar that has lost an event may give its name to the next.
local function unseen(jobs, shown)
  local hrefs, asked = {}, {}
  for _, job in ipairs(jobs) do
    if not shown[job.href] and not asked[job.href] then
      hrefs[#hrefs + 1], asked[job.href] = job.href, true
    end
  end
  return hrefs
end

-- Lets the rules begin with what will be read.
local function foresee(target, jobs, found)
  local list = {}
  for _, job in ipairs(jobs) do
    local row = found[job.href]
    if row and not row.deleted and job.decision.view then
      list[#list + 1] = { key = job.decision.key, raw = job.decision.view.raw, row = row }
    end
  end
  target:foresee(list)
end

local function read_back(run, target, jobs)
  local made, found = take_answers(run, target, jobs)
  if #made == 0 then return end
  local hrefs = unseen(made, found)
  if #hrefs > 0 then
    run.progress("read", 0, #hrefs, target.name)
    local rows, err = target.provider:fetch(hrefs, target.state)
    target.error = target.error or err
    for _, row in ipairs(rows or {}) do found[row.href] = row end
  end
  foresee(target, made, found)
  for _, job in ipairs(made) do take_back(job, found[job.href]) end
  expect_written(run, target, made)
end

local function deliver_all(run, jobs)
  if #jobs == 0 then return end
  note_writes(run, jobs)
  for _, target in ipairs(run.targets) do
    local own = {}
    for _, job in ipairs(jobs) do
      if job.side.target == target then own[#own + 1] = job end
    end
    if target.error then
      give_up(target, own)
    elseif #own > 0 then
      apply(run, target, own)
      read_back(run, target, own)
    end
  end
end

-- Whether the entry of an event that is to leave has one in another calendar.
local function has_arrived(job)
  local decision = job.decision
  for i, action in ipairs(decision.plan.actions) do
    local made = decision.jobs[i]
    if action.kind == "create" then
      if made and made.outcome == "done" and not made.error then return true end
    elseif action.deleted_mark or action.remote and not action.drop_base then
      return true
    end
  end
  return false
end

-- What leaves a calendar goes once it has arrived in another one.
-- @return jobs that come first, jobs that may leave after them
local function apart(jobs)
  local first, leaving = {}, {}
  for _, job in ipairs(jobs) do
    local list = job.action.leaves and leaving or first
    list[#list + 1] = job
  end
  return first, leaving
end

local function let_leave(jobs)
  local free = {}
  for _, job in ipairs(jobs) do
    if has_arrived(job) then
      free[#free + 1] = job
    else
      job.error, job.transient = "its event stays in this calendar until another one has it: the next run tries again", true
    end
  end
  return free
end

--- Carries out a round.
-- @param run { state, targets, progress }
-- @param jobs list of { decision, side, action, write }; afterwards each has `outcome` ("done", "changed", …),
--   `after` (what the calendar holds now), `changed`, `error`, `transient`, `noted` (in the journal)
function deliver.round(run, jobs)
  local first, leaving = apart(jobs)
  deliver_all(run, first)
  deliver_all(run, let_leave(leaving))
end

return deliver
