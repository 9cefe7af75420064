-- The session in docs/prompt.md is what the prompt says, with the files of the page.
local lu = require "luaunit"
local shell = require "shell"

local PAGE = shell.source("docs/prompt.md")

-- A line without the prompts before it: on a pipe nobody sees what is typed, nor its line end.
local function without_prompts(line)
  local rest = line
  repeat
    line = rest
    rest = line:gsub("^> ", ""):gsub("^held> ", "")
  until rest == line
  return line
end

-- What is typed in a session, and what is said.
local function taken_apart(session)
  local typed, said = {}, {}
  for line in session:gmatch("[^\n]+") do
    local command = without_prompts(line)
    local list = command ~= line and typed or said
    list[#list + 1] = command
  end
  return typed, said
end

TestPage = {}

function TestPage.test_the_session()
  local folder <close> = shell.folder()
  for name, text in PAGE:gmatch("```%l+ file=(%S+)\n(.-)```") do shell.write(folder.path .. "/" .. name, text) end
  local typed, expected = taken_apart(PAGE:match("```text session\n(.-)```"))
  local output = shell.run(("cd %s && %s -i 2>&1"):format(shell.quote(folder.path), shell.quote(os.getenv("FMCAL_LUA"))),
    { input = table.concat(typed, "\n") .. "\n" })
  local said = {}
  for line in output:gsub("^[^\n]*\n", ""):gmatch("[^\n]+") do said[#said + 1] = without_prompts(line) end
  if said[#said] == "" then said[#said] = nil end
  lu.assertEquals(said, expected)
end

-- Every command is on the page.
function TestPage.test_every_command()
  for _, name in ipairs(require("fmcal.prompt.commands").names()) do
    lu.assertStrContains(PAGE, "`." .. name, false, false, "." .. name)
  end
end

os.exit(lu.LuaUnit.run())
