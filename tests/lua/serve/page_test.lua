-- The files of the page as a browser gets them.
local lu = require "luaunit"
local page = require "fmcal.serve.page"
local shell = require "shell"

local function assets(text)
  local found = {}
  for path in text:gmatch('"(assets/[^"]+)"') do found[#found + 1] = "/" .. path end
  return found
end

TestPage = {}

function TestPage.testTheFirstFileNamesTheOthersByWhatTheyHold()
  local body, headers = page.file("/")
  lu.assertEquals(headers["Content-Type"], "text/html; charset=utf-8")
  lu.assertEquals(headers["Cache-Control"], "no-cache")
  local named = assets(body)
  lu.assertTrue(#named >= 3)
  for _, path in ipairs(named) do
    local file, its = page.file(path)
    lu.assertNotNil(file, path)
    lu.assertStrContains(its["Cache-Control"], "immutable")
    lu.assertStrContains(headers.ETag, path:match("/assets/(%x+)/"))
  end
end

function TestPage.testEachFileHasItsTypeAndThePolicy()
  local folder = page.file("/"):match('"(assets/%x+/)main.js"')
  local types = { ["main.js"] = "text/javascript", ["views/overview.js"] = "text/javascript", ["style.css"] = "text/css",
    ["icon.svg"] = "image/svg+xml" }
  for name, kind in pairs(types) do
    local body, headers = page.file("/" .. folder .. name)
    lu.assertTrue(body == shell.source("src/page/" .. name), name)
    lu.assertStrContains(headers["Content-Type"], kind)
    lu.assertEquals(headers["Content-Security-Policy"], page.POLICY)
    lu.assertEquals(headers["X-Content-Type-Options"], "nosniff")
  end
end

function TestPage.testThePolicyLetsInNothingElse()
  for _, part in ipairs { "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'" } do
    lu.assertStrContains(page.POLICY, part)
  end
  lu.assertNotStrContains(page.POLICY, "unsafe")
end

function TestPage.testWhatIsNotThereIsNotThere()
  local folder = page.file("/"):match('"(assets/%x+/)main.js"')
  for _, path in ipairs { "/assets/0000000000000000/main.js", "/" .. folder .. "none.js", "/" .. folder .. "index.html",
    "/" .. folder .. "../main.js", "/assets/main.js", "/index.html", "", "/assets/" } do
    lu.assertNil((page.file(path)), path)
  end
end

-- Text reaches the page as text: nothing in it parses markup, evaluates a string or asks another server.
function TestPage.testTheSourcesHoldTheRules()
  local banned = { "innerHTML", "outerHTML", "insertAdjacentHTML", "document%.write", "%f[%w]eval%(", "new Function", "setAttribute%(\"style",
    "DOMParser", "createContextualFragment", "javascript:" }
  for _, path in ipairs(shell.sources("src/page", "js", "html")) do
    local text = shell.source(path)
    for _, word in ipairs(banned) do lu.assertNil(text:match(word), path .. " has " .. word) end
    lu.assertNil(text:match("fetch%(\"http"), path)
    lu.assertNil(text:match("import [^\n]*from \"[^.]"), path .. " imports from elsewhere")
  end
end

os.exit(lu.LuaUnit.run())
