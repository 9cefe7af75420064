-- syncOptions.webhook: what is posted as JSON before a run and after it.

local advice = require "fmcal.place.advice"
local config_webhook = require "fmcal.config.webhook"
local crypto = require "fmcal.crypto"
local deliveries = require "fmcal.place.deliveries"
local failure = require "fmcal.util.failure"
local http = require "fmcal.http"
local json = require "fmcal.json"
local loop = require "fmcal.loop"
local time = require "fmcal.time"
local url = require "fmcal.url"

local webhook = {}

local TIMEOUT_MS = 10000
local WAITS_MS = { 1000, 4000 } -- before the second try and the third
local ID_BYTES = 16

local function has_news(result)
  return #(result.actions or {}) > 0 or not result.success
end

local function conflicts_of(result)
  local list = json.array {}
  for _, told in ipairs(result.actions or {}) do
    if told.action == "conflict" then
      list[#list + 1] = { id = told.key, title = told.title, calendar = told.target, reason = told.detail }
    end
  end
  return list
end

local function errors_of(result)
  local list = json.array {}
  list[1] = result.error
  for _, message in ipairs(((result.result or {}).outbound or {}).error_messages or {}) do list[#list + 1] = message end
  return list
end

--- What is posted after a run: { event, team, direction, success, message, exit, started, conflicts, errors, result }.
-- @param event "ok", "fail" or "conflict"
-- @param result of fmcal.sync.run
function webhook.summary(event, result)
  return { event = event, team = result.team, direction = result.direction, success = result.success,
    message = result.message, exit = result.exit, started = result.started, conflicts = conflicts_of(result),
    errors = errors_of(result), result = result.result }
end

--- Which event a run was for a webhook.
-- @param hook of fmcal.config.webhook
-- @return "ok", "fail" or "conflict"; nil where the webhook does not want to hear of it
function webhook.event(hook, result)
  local is_conflict = result.success and #conflicts_of(result) > 0
  local event = not result.success and "fail" or is_conflict and "conflict" or "ok"
  if not hook.on then return has_news(result) and event or nil end
  if hook.on[event] then return event end
  return is_conflict and hook.on.ok and "ok" or nil
end

-- ---------------------------------------------------------------- delivery

-- Healthchecks tells what a ping means by the end of its path.
local PING = "/%x+%-%x+%-%x+%-%x+%-%x+$"
local PING_ENDS = { start = "/start", fail = "/fail" }

local function is_ping(text)
  local parts = url.parse(text)
  if not parts or parts.query or not parts.path:find(PING) then return false end
  return parts.host == "hc-ping.com" or parts.path:find("/ping/", 1, true) ~= nil
end

--- Where an event is posted.
function webhook.address(hook, event)
  return is_ping(hook.url) and hook.url .. (PING_ENDS[event] or "") or hook.url
end

--- The header Fmcal-Signature: an HMAC over the time, a dot and the body, so that nobody can send an old one again.
-- @param now seconds since 1970
function webhook.signature(secret, now, body)
  local code = crypto.hmac("sha256", secret, ("%d.%s"):format(now, body))
  return ("t=%d,v1=%s"):format(now, crypto.encode("hex", code))
end

local function headers_of(hook, id, body)
  local headers = { ["Content-Type"] = "application/json", ["Fmcal-Delivery"] = id }
  if hook.secret then headers["Fmcal-Signature"] = webhook.signature(hook.secret, time.parse(time.now()).epoch, body) end
  return headers
end

local function post(hook, section, event, id, body)
  local answer, err = http.post(webhook.address(hook, event), body, { headers = headers_of(hook, id, body),
    timeout_ms = TIMEOUT_MS, retry = false, allow_http = section.allowHttp, proxy = section.proxy })
  if not answer then return nil, advice.in_board_words(err).message, err.transient end
  if answer.status < 300 then return answer.status end
  local is_busy = answer.status >= 500 or answer.status == 429
  return nil, ("%s answered %d"):format(answer.url, answer.status), is_busy
end

-- @return whether to go on: false where somebody stops the run
local function pause(ms)
  local waits <close> = loop.new()
  return waits ~= nil and waits:wait(ms) ~= nil
end

-- @return status, or nil and a sentence; how many tries that took
local function deliver(hook, section, event, members)
  local id = crypto.encode("hex", assert(crypto.random(ID_BYTES)))
  local body = assert(json.encode(members))
  for try = 1, #WAITS_MS + 1 do
    local status, sentence, can_help = post(hook, section, event, id, body)
    if status or not can_help or not WAITS_MS[try] or not pause(WAITS_MS[try]) then return status, sentence, try end
  end
end

local function tell(run, hook, event, members)
  local status, sentence, tries = deliver(hook, run.settings.section, event, members)
  if run.state then
    deliveries.keep(run.state, { at = time.now(), event = event, status = status, error = sentence, tries = tries })
  end
  if status then return true end
  local what = event == "start" and "that the run begins" or "how the run ended"
  return failure("server", "webhook", "the webhook was not told %s: %s", what, sentence)
end

-- ---------------------------------------------------------------- what a run calls

local function hook_of(run)
  return not run.dry_run and run.settings and config_webhook.of(run.settings.options)
end

--- Tells that a run begins, where that is wanted.
-- @param run of fmcal.sync.run, with its settings
-- @return true, or nil and an error
function webhook.before(run)
  local hook = hook_of(run)
  if not hook or not (hook.on and hook.on.start) then return true end
  return tell(run, hook, "start",
    { event = "start", team = run.settings.team, direction = run.direction, started = run.now })
end

--- Tells how a run ended, where that is wanted; dry runs are passed over.
-- @param result of fmcal.sync.run
-- @return true, or nil and an error
function webhook.after(run, result)
  local hook = hook_of(run)
  local event = hook and webhook.event(hook, result)
  if not event then return true end
  return tell(run, hook, event, webhook.summary(event, result))
end

return webhook
