local json = require "fmcal.json"
local lu = require "luaunit"
local webhook = require "fmcal.sync.tell.webhook"

local function result(members)
  local made = { team = "academy", direction = "both", success = true, exit = 0, message = "done", actions = {},
    result = { outbound = { error_messages = {} } } }
  for name, value in pairs(members) do made[name] = value end
  return made
end

TestWebhook = {}

function TestWebhook.test_summary()
  local summary = webhook.summary(result { success = false, exit = 1, error = "the server is down",
    actions = { { action = "conflict", key = "A-1", title = "T", target = "apple", detail = "edited" },
      { action = "create", key = "A-2" } }, result = { outbound = { error_messages = { "A-3: no" } } } })
  lu.assertEquals(summary.conflicts, { { id = "A-1", title = "T", calendar = "apple", reason = "edited" } })
  lu.assertEquals(summary.errors, { "the server is down", "A-3: no" })
  lu.assertEquals(summary.exit, 1)
  lu.assertStrContains(json.encode(webhook.summary(result {})), '"conflicts":[]')
end

function TestWebhook.test_what_is_not_posted()
  local nowhere = { options = { webhook = "http://127.0.0.1:9/" }, section = {} }
  lu.assertTrue(webhook.after({ options = {}, section = {} }, result { success = false }))
  lu.assertTrue(webhook.after(nowhere, result {}))
  lu.assertTrue(webhook.after(nowhere, result { success = false, dry_run = true }))
end

function TestWebhook.test_clear_text_beyond_this_machine_is_refused()
  local settings = { options = { webhook = "http://example.org/hook" }, section = {} }
  local told, err = webhook.after(settings, result { success = false })
  lu.assertNil(told)
  lu.assertStrContains(err.message, "the webhook was not told")
  lu.assertStrContains(err.message, [["allowHttp"]])
end

os.exit(lu.LuaUnit.run())
