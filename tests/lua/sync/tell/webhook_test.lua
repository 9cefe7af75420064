local json = require "fmcal.json"
local lu = require "luaunit"
local webhook = require "fmcal.sync.tell.webhook"

local function result(members)
  local made = { team = "academy", direction = "both", success = true, exit = 0, message = "done", actions = {},
    result = { outbound = { error_messages = {} } } }
  for name, value in pairs(members) do made[name] = value end
  return made
end

local CONFLICT = { action = "conflict", key = "A-1", title = "T", target = "apple", detail = "edited" }
local FAILED, WAITING = result { success = false }, result { actions = { CONFLICT } }

TestWebhook = {}

function TestWebhook.test_summary()
  local summary = webhook.summary("fail", result { success = false, exit = 1, error = "the server is down",
    actions = { CONFLICT, { action = "create", key = "A-2" } }, result = { outbound = { error_messages = { "A-3: no" } } } })
  lu.assertEquals(summary.conflicts, { { id = "A-1", title = "T", calendar = "apple", reason = "edited" } })
  lu.assertEquals(summary.errors, { "the server is down", "A-3: no" })
  lu.assertEquals({ summary.event, summary.exit }, { "fail", 1 })
  lu.assertStrContains(json.encode(webhook.summary("ok", result {})), '"conflicts":[]')
end

function TestWebhook.test_without_a_choice_it_hears_of_what_is_new()
  local hook = { url = "https://example.org/" }
  lu.assertNil(webhook.event(hook, result {}))
  lu.assertEquals(webhook.event(hook, result { actions = { { action = "create", key = "A-2" } } }), "ok")
  lu.assertEquals({ webhook.event(hook, FAILED), webhook.event(hook, WAITING) }, { "fail", "conflict" })
end

function TestWebhook.test_with_a_choice_it_hears_of_that_alone()
  lu.assertEquals(webhook.event({ on = { ok = true } }, result {}), "ok")
  lu.assertEquals(webhook.event({ on = { ok = true } }, WAITING), "ok")
  lu.assertEquals(webhook.event({ on = { ok = true, conflict = true } }, WAITING), "conflict")
  lu.assertNil(webhook.event({ on = { ok = true } }, FAILED))
  lu.assertNil(webhook.event({ on = { fail = true, conflict = true } }, result {}))
end

-- By Healthchecks' manual: a ping's path ends with what it means.
function TestWebhook.test_an_address_of_healthchecks()
  local id = "0f5cd2f1-58e9-4f4e-9d0f-8d9c6a0c1c7e"
  for _, base in ipairs { "https://hc-ping.com/", "https://checks.example.org/ping/" } do
    local hook = { url = base .. id }
    lu.assertEquals(webhook.address(hook, "start"), base .. id .. "/start")
    lu.assertEquals(webhook.address(hook, "fail"), base .. id .. "/fail")
    lu.assertEquals(webhook.address(hook, "ok"), base .. id)
  end
  lu.assertEquals(webhook.address({ url = "https://example.org/" .. id }, "fail"), "https://example.org/" .. id)
end

-- openssl dgst -sha256 -hmac says the same of "1700000000.{}".
function TestWebhook.test_signature()
  lu.assertEquals(webhook.signature("key", 1700000000, "{}"), "t=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae")
end

function TestWebhook.test_what_is_not_posted()
  local nowhere = { options = { webhook = "http://127.0.0.1:9/" }, section = {} }
  lu.assertTrue(webhook.after({ settings = { options = {}, section = {} } }, FAILED))
  lu.assertTrue(webhook.after({ settings = nowhere }, result {}))
  lu.assertTrue(webhook.after({ settings = nowhere, dry_run = true }, FAILED))
  lu.assertTrue(webhook.before { settings = nowhere })
end

function TestWebhook.test_clear_text_beyond_this_machine_is_refused()
  local settings = { options = { webhook = "http://example.org/hook" }, section = {} }
  local told, err = webhook.after({ settings = settings }, FAILED)
  lu.assertNil(told)
  lu.assertStrContains(err.message, "the webhook was not told how the run ended")
  lu.assertStrContains(err.message, [["allowHttp"]])
end

os.exit(lu.LuaUnit.run())
