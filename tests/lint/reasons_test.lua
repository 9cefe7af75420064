-- docs/reasons.md has a section for each reason of fmcal.model.reasons, in their order, and no others.
local lu = require "luaunit"
local reasons = require "fmcal.model.reasons"
local shell = require "shell"

local SEVERITIES = { done = true, notice = true, waits = true, failed = true }

local function flat(text)
  return (text:gsub("%s+", " "))
end

TestReasons = {}

function TestReasons.test_the_manual_has_them_all_in_order()
  local page, at = flat(shell.source("docs/reasons.md")), 1
  for _, reason in ipairs(reasons.LIST) do
    local expected = ("## %s %s Severity: `%s`."):format(reason.name, reason.sentence, reason.severity)
    local found = page:find(expected, at, true)
    lu.assertNotNil(found, "docs/reasons.md lacks, or has at another place: " .. expected)
    at = found
  end
end

function TestReasons.test_the_manual_has_no_others()
  for name in shell.source("docs/reasons.md"):gmatch("\n## ([%w_]+)\n") do
    lu.assertNotNil(reasons.RANK[name], "docs/reasons.md has " .. name .. ", which is no reason")
  end
end

function TestReasons.test_each_is_one_sentence_of_a_severity()
  for _, reason in ipairs(reasons.LIST) do
    lu.assertTrue(SEVERITIES[reason.severity], reason.name)
    lu.assertTrue(reason.sentence:find("^%u.*[^.]%.$") ~= nil, reason.name)
  end
end

-- Sources name reasons only as they are in the list.
function TestReasons.test_sources_use_no_others()
  local unknown = {}
  for _, folder in ipairs { "look", "decide", "act", "keep", "tell" } do
    for _, path in ipairs(shell.sources("lua/fmcal/sync/" .. folder, "lua")) do
      for name in shell.source(path):gmatch('%f[%w]cause%s*==%s*"([%w_]+)"') do
        if not reasons.RANK[name] then unknown[#unknown + 1] = path .. ": " .. name end
      end
    end
  end
  lu.assertEquals(unknown, {})
end

os.exit(lu.LuaUnit.run())
