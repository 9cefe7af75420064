-- syncOptions.webhook: a summary of a run that had something to tell, posted as JSON.

local advice = require "fmcal.place.advice"
local failure = require "fmcal.util.failure"
local http = require "fmcal.http"
local json = require "fmcal.json"

local webhook = {}

local TIMEOUT_MS = 10000

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

--- What is posted: { team, direction, success, message, exit, started, conflicts, errors, result }.
-- @param result of fmcal.sync.run
function webhook.summary(result)
  return { team = result.team, direction = result.direction, success = result.success, message = result.message,
    exit = result.exit, started = result.started, conflicts = conflicts_of(result), errors = errors_of(result),
    result = result.result }
end

--- Posts the summary where the configuration asks for it; runs without news and dry runs are passed over.
-- @param settings of fmcal.config.load
-- @param result of fmcal.sync.run
-- @return true, or nil and an error
function webhook.after(settings, result)
  local url, section = settings.options.webhook, settings.section
  if not url or result.dry_run or not has_news(result) then return true end
  local answer, err = http.post(url, assert(json.encode(webhook.summary(result))), {
    headers = { ["Content-Type"] = "application/json" }, timeout_ms = TIMEOUT_MS, retry = false,
    allow_http = section.allowHttp, proxy = section.proxy,
  })
  if not answer then
    return failure(err.code, "webhook", "the webhook was not told: %s", advice.in_board_words(err).message)
  end
  if answer.status >= 300 then
    return failure("server", "webhook", "the webhook was not told: %s answered %d", answer.url, answer.status)
  end
  return true
end

return webhook
