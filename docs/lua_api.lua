-- Writes docs/lua-api.md from the comments of the modules:
--   fmcal-lua docs/lua_api.lua SOURCE_DIR > docs/lua-api.md
-- Modules in C are described by their stubs in lua/fmcal/_meta, modules in Lua by their own comments.
local root = arg[1] or "."

-- The public modules, in reading order. `stub`: written in C; `hides`: a class whose methods are its own business.
local MODULES = {
  { "fmcal" }, { "fmcal.inspect" },
  { "fmcal.sync" }, { "fmcal.sync.run", hides = "Run" }, { "fmcal.sync.service" }, { "fmcal.event" }, { "fmcal.provider" },
  { "fmcal.overview" }, { "fmcal.feed" }, { "fmcal.sync.conflicts" }, { "fmcal.sync.explain" }, { "fmcal.sync.review" },
  { "fmcal.sync.plan_file" }, { "fmcal.sync.undo" },
  { "fmcal.config" }, { "fmcal.rules" }, { "fmcal.rules.defaults" }, { "fmcal.credentials" },
  { "fmcal.board", stub = true }, { "fmcal.state", stub = true }, { "fmcal.provider.core", stub = true },
  { "fmcal.mock", stub = true }, { "fmcal.credentials.core", stub = true }, { "fmcal.http", stub = true },
  { "fmcal.ical", stub = true }, { "fmcal.json", stub = true }, { "fmcal.crypto", stub = true },
  { "fmcal.url", stub = true }, { "fmcal.time", stub = true }, { "fmcal.log", stub = true }, { "fmcal.sys", stub = true },
  { "fmcal.loopback", stub = true }, { "fmcal.worker", stub = true },
  { "fmcal.loop", stub = true }, { "fmcal.child", stub = true }, { "fmcal.watch", stub = true }, { "fmcal.input", stub = true },
  { "fmcal.server", stub = true }, { "fmcal.service", stub = true },
}

local HEADER = [[
# Lua API

`docs/lua_api.lua` makes this page from the comments of the modules. To change the page, change these comments.

`require "fmcal"` returns a table with every module as a member: `fmcal.json` is `require "fmcal.json"`. A call that fails
returns `nil, err`. `err` has `code`, `domain`, `message` and, if known, `status`, `retry_after_s`, `line` and `column`;
`tostring(err)` is the message. Misuse raises an error at the caller's position.
]]

local function read(path)
  local file = assert(io.open(root .. "/" .. path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function exists(path)
  local file = io.open(root .. "/" .. path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function path_of(module)
  local file = module[1]:gsub("%.", "/")
  if module.stub then return "lua/" .. file:gsub("^fmcal", "fmcal/_meta") .. ".lua" end
  local path = "lua/" .. file .. ".lua"
  return exists(path) and path or "lua/" .. file .. "/init.lua"
end

-- ---------------------------------------------------------------- blocks of comments

-- Lists { comment = lines without their marks, code = the line behind them }; the first one may have no code.
local function blocks_of(text)
  local blocks, comment, documented = {}, {}, false
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local mark, rest = line:match("^(%-%-%-?)%s?(.*)$")
    if mark then
      if #comment == 0 then documented = mark == "---" end
      comment[#comment + 1] = rest
    else
      if #comment > 0 then blocks[#blocks + 1] = { comment = comment, code = line, documented = documented } end
      comment = {}
    end
  end
  return blocks
end

-- A comment as text, parameters, results and fields. Tags are `@param name type meaning` in both styles.
local function parse(comment)
  local parsed = { text = {}, params = {}, returns = {}, fields = {} }
  local last
  for _, whole in ipairs(comment) do
    local line, result = whole:match("^([^@].-)%s+@return%s+(.*)$")
    line = line or whole
    if result then parsed.returns[#parsed.returns + 1] = { result } end
    local tag, rest = line:match("^@(%w+)%s*(.*)$")
    if tag == "param" then
      last = { rest }
      parsed.params[#parsed.params + 1] = last
    elseif tag == "return" then
      last = { rest }
      parsed.returns[#parsed.returns + 1] = last
    elseif tag == "field" then
      last = { rest }
      parsed.fields[#parsed.fields + 1] = last
    elseif tag then
      parsed[tag] = rest
      last = nil
    elseif last and line:find("%S") then
      last[#last + 1] = line:match("^%s*(.-)%s*$")
    else
      last = nil
      parsed.text[#parsed.text + 1] = line
    end
  end
  return parsed
end

-- ---------------------------------------------------------------- Markdown

local out = {}

local function write(line)
  out[#out + 1] = line
end

local function escaped(text)
  return (text:gsub("([<|])", "\\%1"))
end

-- Indented lines are code.
local function write_text(lines)
  local fenced = false
  for _, line in ipairs(lines) do
    local code = line:match("^  %s?%s?(.*)$")
    if code and not fenced then write("```lua") end
    if fenced and not code and line ~= "" then write("```") end
    fenced = code ~= nil or (fenced and line == "")
    write(code or line)
  end
  if fenced then write("```") end
end

local function without_blank_ends(lines)
  while lines[1] == "" do table.remove(lines, 1) end
  while lines[#lines] == "" do table.remove(lines) end
  return lines
end

-- The lines behind a tag: what goes on, and members of their own ("name   meaning", parted by several blanks).
local function parted(lines)
  local text, members = lines[1], {}
  for i = 2, #lines do
    local name, meaning = lines[i]:match("^(%l[%w_, ]-)%s%s+(.+)$")
    if name then
      members[#members + 1] = ("`%s` %s"):format(name, escaped(meaning))
    elseif #members > 0 then
      members[#members] = members[#members] .. " " .. escaped(lines[i])
    else
      text = text .. " " .. lines[i]
    end
  end
  return text, members
end

-- "name type meaning" as an item of a list.
local function write_named(lines)
  local text, members = parted(lines)
  local name, rest = text:match("^(%S+)%s+(.*)$")
  write(name and ("- `%s` %s"):format(name, escaped(rest)) or ("- `%s`"):format(text))
  for _, member in ipairs(members) do write("  - " .. member) end
end

local function write_parsed(parsed)
  local text = without_blank_ends(parsed.text)
  if #text > 0 then
    write_text(text)
    write("")
  end
  for _, param in ipairs(parsed.params) do write_named(param) end
  for _, field in ipairs(parsed.fields) do write_named(field) end
  for _, result in ipairs(parsed.returns) do write("- returns " .. escaped(table.concat(result, " "))) end
  if #parsed.params + #parsed.fields + #parsed.returns > 0 then write("") end
end

-- How a function is called: `module.name(args)` or `Type:method(args)`.
local function signature(code)
  local name, arguments = code:match("^function ([%w_%.:]+)(%b())")
  if not name then name, arguments = code:match("^local function ([%w_]+)(%b())") end -- a module that is a function
  return name and name .. arguments
end

local function write_module(module)
  local path = path_of(module)
  if not exists(path) then return end
  local blocks = blocks_of(read(path))
  write(("\n## %s\n"):format(module[1]))
  for i, block in ipairs(blocks) do
    local parsed, call = parse(block.comment), signature(block.code)
    local is_class = parsed.class ~= nil and parsed.class:match("^[%w_%.]+") ~= module[1]
    local hidden = call and module.hides and call:find(module.hides .. ":", 1, true) == 1
    if call and not hidden and (block.documented or module.stub) then
      write(("### `%s`\n"):format(call))
      write_parsed(parsed)
    elseif not call and (is_class or parsed.alias) then
      write(("**%s**\n"):format(escaped(parsed.class or parsed.alias)))
      write_parsed(parsed)
    elseif not call and (parsed.class or (i == 1 and not module.stub)) then
      write_parsed(parsed)
    end
  end
end

write(HEADER)
for _, module in ipairs(MODULES) do write_module(module) end
io.write((table.concat(out, "\n"):gsub("\n\n\n+", "\n\n")), "\n")
