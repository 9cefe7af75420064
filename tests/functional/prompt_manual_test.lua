-- Every command of the prompt is on docs/prompt.md; its session is tested as the other examples of the manual are.
local lu = require "luaunit"
local shell = require "shell"

local PAGE = shell.source("docs/prompt.md")

TestPage = {}

function TestPage.test_every_command()
  for _, name in ipairs(require("fmcal.prompt.commands").names()) do
    lu.assertStrContains(PAGE, "`." .. name, false, false, "." .. name)
  end
end

os.exit(lu.LuaUnit.run())
