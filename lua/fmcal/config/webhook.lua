-- syncOptions.webhook: a URL, or an object that says what is posted to it and what signs it.

local did_you_mean = require "fmcal.util.did_you_mean"
local schema = require "fmcal.util.schema"
local url = require "fmcal.url"

local webhook = {}

local MEMBERS = { url = "name", secret = "secret", on = "names" }

--- What can be posted: before a run, after one that went well, after one that failed, and when conflicts wait.
webhook.EVENTS = { "start", "ok", "fail", "conflict" }

local function is_event(name)
  for _, event in ipairs(webhook.EVENTS) do
    if event == name then return true end
  end
  return false
end

local function wrong_url(text, path)
  local parts = url.parse(text)
  if parts and (parts.scheme == "https" or parts.scheme == "http") then return nil end
  return ("%s must be a URL that begins with https:// or http://"):format(path)
end

local function wrong_events(names, path)
  for _, name in ipairs(names or {}) do
    if not is_event(name) then
      return ("%s holds %q%s; it can hold %s"):format(path, name,
        did_you_mean(name, webhook.EVENTS, ", did you mean %q?"), table.concat(webhook.EVENTS, ", "))
    end
  end
  return nil
end

--- What is wrong with it. @return nil, or a sentence that names the member
function webhook.wrong(value, path)
  if type(value) ~= "table" then return wrong_url(value, path) end
  local wrong = schema.wrong(MEMBERS, value, path .. ".")
  if wrong then return wrong end
  if not value.url then return ("%s.url is missing: where to post"):format(path) end
  if value.secret == "" then return ("%s.secret is empty: leave it out, or give a long random text"):format(path) end
  return wrong_url(value.url, path .. ".url") or wrong_events(value.on, path .. ".on")
end

--- Sentences about members that nobody reads.
function webhook.unknown(value, prefix)
  return type(value) == "table" and schema.unknown(MEMBERS, value, prefix) or {}
end

--- What syncOptions say, spread out.
-- @param options syncOptions that nothing is wrong with
-- @return nil, or { url, secret = text or fmcal.secret or nil, on = {[event] = true}, or nil: what is news }
function webhook.of(options)
  local value = options.webhook
  if not value then return nil end
  if type(value) ~= "table" then return { url = value } end
  local on = value.on and {}
  for _, name in ipairs(value.on or {}) do on[name] = true end
  return { url = value.url, secret = value.secret, on = on }
end

return webhook
