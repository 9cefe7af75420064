local json = require "fmcal.json"
local lu = require "luaunit"
local webhook = require "fmcal.config.webhook"

TestWebhook = {}

function TestWebhook.test_a_url_or_an_object()
  lu.assertNil(webhook.of {})
  lu.assertEquals(webhook.of { webhook = "https://example.org/" }, { url = "https://example.org/" })
  lu.assertEquals(webhook.of { webhook = { url = "https://example.org/", secret = "s", on = { "ok", "fail" } } },
    { url = "https://example.org/", secret = "s", on = { ok = true, fail = true } })
end

function TestWebhook.test_what_is_wrong_is_named()
  for sentence, value in pairs {
    ["webhook must be a URL"] = "ftp://example.org/", ["webhook.url is missing"] = { on = { "ok" } },
    ["webhook.url must be a URL"] = { url = "example.org" }, ["webhook.url must be a text"] = { url = 7 },
    ["webhook.secret is empty"] = { url = "https://example.org/", secret = "" },
    ["webhook.secret must be a text"] = { url = "https://example.org/", secret = { "s" } },
    ['did you mean "fail"?'] = { url = "https://example.org/", on = { "fails" } },
    ["webhook.on must be a list of texts"] = { url = "https://example.org/", on = json.array { 1 } },
  } do
    lu.assertStrContains(webhook.wrong(value, "webhook"), sentence)
  end
  lu.assertNil(webhook.wrong({ url = "http://127.0.0.1/", on = json.array {} }, "webhook"))
end

function TestWebhook.test_what_nobody_reads_is_named()
  lu.assertStrContains(webhook.unknown({ url = "https://example.org/", events = {} }, "webhook.")[1], "webhook.events")
  lu.assertEquals(webhook.unknown("https://example.org/", "webhook."), {})
end

os.exit(lu.LuaUnit.run())
