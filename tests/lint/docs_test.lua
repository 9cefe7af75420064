-- Examples in README and docs do what they say. A block is marked in its info string:
--   ```sh test     run by sh -eu       ```lua test    run by fmcal-lua       ```c test    compiled, not linked
--   ```text output right behind one of the first two: what it prints, whole
--   ```LANGUAGE file=NAME: a file that the blocks behind it find
--   ```text session: what is typed at the prompt, behind "> " or "held> ", and what it says
-- The blocks of one document share a folder and run in order.
local lu = require "luaunit"
local shell = require "shell"

local source_dir, build_dir = os.getenv("SOURCE_DIR"), os.getenv("BUILD_DIR")

-- The blocks of a document: { language, words = set, file, code, line }
local function blocks_of(text)
  local blocks, open, number = {}, nil, 0
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local info = line:match("^%s*```(.*)$")
    if open and info then
      open.code = table.concat(open.code, "\n") .. "\n"
      blocks[#blocks + 1], open = open, nil
    elseif open then
      open.code[#open.code + 1] = line
    elseif info then
      open = { language = info:match("^%w+") or "", words = {}, file = info:match("file=(%S+)"), code = {}, line = number }
      for word in info:gmatch("%S+") do open.words[word] = true end
    end
  end
  return blocks
end

local function run_block(block, folder)
  local file = folder.path .. "/block." .. block.language
  shell.write(file, block.code)
  local commands = {
    sh = "sh -eu block.sh",
    lua = "fmcal-lua block.lua",
    c = ("%s -fsyntax-only -std=c11 -Wall -Wextra -Werror -D_GNU_SOURCE -I%s/src/include -I%s/src %s block.c"):format(
      os.getenv("CC"), shell.quote(source_dir), shell.quote(source_dir), "$(pkg-config --cflags lua5.4)"),
  }
  return shell.run(("cd %s && env -u LUA_PATH_5_4 PATH=%s:\"$PATH\" %s"):format(
    shell.quote(folder.path), shell.quote(build_dir), assert(commands[block.language], "cannot run " .. block.language)))
end

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

local function check_session(block, folder, where)
  local typed, expected = taken_apart(block.code)
  local output = shell.run(("cd %s && %s -i 2>&1"):format(shell.quote(folder.path), shell.quote(build_dir .. "/fmcal-lua")),
    { input = table.concat(typed, "\n") .. "\n" })
  local said = {}
  for line in output:gsub("^[^\n]*\n", ""):gmatch("[^\n]+") do said[#said + 1] = without_prompts(line) end
  if said[#said] == "" then said[#said] = nil end
  lu.assertEquals(said, expected, where)
end

local function write_file(block, folder)
  local path = folder.path .. "/" .. block.file
  shell.lines("mkdir -p " .. shell.quote(path:match("^(.*)/")))
  shell.write(path, block.code)
end

local function check_program(block, following, folder, where)
  local out, errors, status = run_block(block, folder)
  lu.assertEquals(status, 0, where .. ": " .. errors .. out)
  if following and following.words.output then lu.assertEquals(out, following.code, where) end
end

-- @return how many examples it has
local function check_document(path)
  local folder <close> = shell.folder()
  local blocks, count = blocks_of(shell.source(path)), 0
  for i, block in ipairs(blocks) do
    local where = ("%s:%d"):format(path, block.line)
    if block.file then write_file(block, folder) end
    if block.words.session then check_session(block, folder, where) end
    if block.words.test then check_program(block, blocks[i + 1], folder, where) end
    if block.words.session or block.words.test then count = count + 1 end
  end
  return count
end

TestDocs = {}

function TestDocs.test_marked_examples()
  local documents = shell.sources("docs", "md")
  documents[#documents + 1] = "README.md"
  documents[#documents + 1] = "CONTRIBUTING.md"
  local total = 0
  for _, path in ipairs(documents) do total = total + check_document(path) end
  lu.assertTrue(total > 0, "no document has a marked example")
end

-- Files and folders that documents name in backquotes exist.
function TestDocs.test_named_files_exist()
  local documents = shell.sources("docs", "md")
  for _, path in ipairs({ "README.md", "CONTRIBUTING.md", "src/README.md" }) do documents[#documents + 1] = path end
  for _, path in ipairs(documents) do
    local prose = shell.source(path):gsub("```.-```", "")
    for name in prose:gmatch("`([%w_./-]+)`") do
      local top = name:match("^(%.?%w+)/")
      local placeholder = name:find("NAME", 1, true)
      if top and not placeholder and ({ src = 1, lua = 1, scripts = 1, tests = 1, examples = 1, docs = 1, [".ci"] = 1 })[top] then
        local exists = os.execute(("test -e %s"):format(shell.quote(source_dir .. "/" .. name)))
        lu.assertTrue(exists, ("%s names %s, which is not there"):format(path, name))
      end
    end
  end
end

-- The page about the modules is what the comments say now.
function TestDocs.test_lua_api_is_up_to_date()
  local generated = shell.run(("%s %s/docs/lua_api.lua %s"):format(
    shell.quote(os.getenv("FMCAL_LUA")), shell.quote(source_dir), shell.quote(source_dir)))
  lu.assertTrue(generated == shell.source("docs/lua-api.md"),
    "docs/lua-api.md is out of date: fmcal-lua docs/lua_api.lua . > docs/lua-api.md")
end

-- The page about the HTTP API is what the table of routes says now.
function TestDocs.test_http_api_is_up_to_date()
  local generated = shell.run(("%s %s/docs/http_api.lua"):format(shell.quote(os.getenv("FMCAL_LUA")), shell.quote(source_dir)))
  lu.assertTrue(generated == shell.source("docs/http-api.md"),
    "docs/http-api.md is out of date: fmcal-lua docs/http_api.lua > docs/http-api.md")
end

-- Relative links lead somewhere.
function TestDocs.test_links()
  local documents = shell.sources("docs", "md")
  documents[#documents + 1] = "README.md"
  documents[#documents + 1] = "CONTRIBUTING.md"
  for _, path in ipairs(documents) do
    local folder = path:match("^(.*/)") or ""
    for target in shell.source(path):gmatch("%]%(([^)#%s]+)[^)]*%)") do
      if not target:find("^%a+:") then
        lu.assertTrue(os.execute("test -e " .. shell.quote(source_dir .. "/" .. folder .. target)),
          ("%s links to %s, which is not there"):format(path, target))
      end
    end
  end
end

TestBlocks = {}

function TestBlocks.test_blocks_are_found()
  local blocks = blocks_of("text\n```sh test\necho a\n```\n\n```text output\na\n```\n```lua\nx\n```\n")
  lu.assertEquals(#blocks, 3)
  lu.assertEquals(blocks[1].code, "echo a\n")
  lu.assertTrue(blocks[1].words.test)
  lu.assertTrue(blocks[2].words.output)
  lu.assertNil(blocks[3].words.test)
end

function TestBlocks.test_a_wrong_example_is_seen()
  local folder <close> = shell.folder()
  local _, _, status = run_block({ language = "lua", code = "error('x')" }, folder)
  lu.assertEquals(status, 1)
  _, _, status = run_block({ language = "c", code = "int main(void) { return no_such_name; }\n" }, folder)
  lu.assertNotEquals(status, 0)
  lu.assertEquals(run_block({ language = "sh", code = "fmcal-lua -e 'print(1)'\n" }, folder), "1\n")
end

os.exit(lu.LuaUnit.run())
