-- Examples in README and docs do what they say. A block is marked in its info string:
--   ```sh test     run by sh -eu       ```lua test    run by fmcal-lua       ```c test    compiled, not linked
--   ```text output right behind one of the first two: what it prints, whole
-- The blocks of one document share a folder and run in order.
local lu = require "luaunit"
local shell = require "shell"

local source_dir, build_dir = os.getenv("SOURCE_DIR"), os.getenv("BUILD_DIR")

-- The blocks of a document: { language, words = set, code, line }
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
      open = { language = info:match("^%w+") or "", words = {}, code = {}, line = number }
      for word in info:gmatch("%w+") do open.words[word] = true end
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

local function check_document(path)
  local folder <close> = shell.folder()
  local blocks, count = blocks_of(shell.source(path)), 0
  for i, block in ipairs(blocks) do
    if block.words.test then
      local out, errors, status = run_block(block, folder)
      local where = ("%s:%d"):format(path, block.line)
      lu.assertEquals(status, 0, where .. ": " .. errors .. out)
      local following = blocks[i + 1]
      if following and following.words.output then lu.assertEquals(out, following.code, where) end
      count = count + 1
    end
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
