-- Reads the Markdown that the documents here use, and no other.

local markdown = {}

local function cells_of(line)
  local cells = {}
  local inside = line:gsub("^|", ""):gsub("|%s*$", ""):gsub("\\|", "\0")
  for cell in (inside .. "|"):gmatch("%s*(.-)%s*|") do cells[#cells + 1] = (cell:gsub("%z", "|")) end
  return cells
end

-- What a line begins: its kind, and its text where it has one.
local function kind_of(line)
  local marks, heading = line:match("^(#+)%s+(.*)$")
  if marks then return "heading", heading, #marks end
  local info = line:match("^%s*```(.*)$")
  if info then return "code", info end
  if line:find("^|") then return "table" end
  local item = line:match("^[-*]%s+(.*)$")
  if item then return "bullet", item end
  local number, step = line:match("^(%d+)%.%s+(.*)$")
  if number then return "number", step end
  if line:find("^%s*$") then return "blank" end
  return "text", line
end

local function read_code(lines, at, info)
  local indent, code = #lines[at]:match("^%s*"), {}
  at = at + 1
  while lines[at] and not lines[at]:find("^%s*```") do
    code[#code + 1] = lines[at]:gsub("^" .. (" "):rep(indent), "")
    at = at + 1
  end
  return { kind = "code", info = info, lines = code }, at + 1
end

local function read_table(lines, at)
  local head, rows = cells_of(lines[at]), {}
  at = at + 2
  while lines[at] and kind_of(lines[at]) == "table" do
    rows[#rows + 1] = cells_of(lines[at])
    at = at + 1
  end
  return { kind = "table", head = head, rows = rows }, at
end

local function read_text(lines, at)
  local parts = {}
  while lines[at] and kind_of(lines[at]) == "text" do
    parts[#parts + 1] = lines[at]:match("^%s*(.-)%s*$")
    at = at + 1
  end
  return { kind = "paragraph", text = table.concat(parts, " ") }, at
end

-- An item goes on in the lines that are indented as its text is; they are a document of their own.
local function read_item(lines, at, first)
  local indent = #lines[at] - #first
  local own = { first }
  at = at + 1
  while lines[at] and (lines[at]:find("^" .. (" "):rep(indent)) or (lines[at] == "" and (lines[at + 1] or ""):find("^   *%S"))) do
    own[#own + 1] = lines[at]:sub(indent + 1)
    at = at + 1
  end
  return markdown.parse(table.concat(own, "\n")), at
end

local function read_list(lines, at, kind)
  local list = { kind = kind, items = {} }
  while lines[at] do
    local what, first = kind_of(lines[at])
    if what ~= kind then break end
    list.items[#list.items + 1], at = read_item(lines, at, first)
  end
  return list, at
end

--- The blocks of a document.
-- @return list of { kind = "heading", level, text }, { kind = "paragraph", text }, { kind = "code", info, lines },
--   { kind = "table", head, rows }, { kind = "bullet" | "number", items = lists of blocks }
function markdown.parse(text)
  local lines, blocks, at = {}, {}, 1
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  while lines[at] do
    local kind, first, level = kind_of(lines[at])
    local block
    if kind == "heading" then
      block, at = { kind = kind, level = level, text = first }, at + 1
    elseif kind == "code" then
      block, at = read_code(lines, at, first)
    elseif kind == "table" then
      block, at = read_table(lines, at)
    elseif kind == "text" then
      block, at = read_text(lines, at)
    elseif kind == "blank" then
      at = at + 1
    else
      block, at = read_list(lines, at, kind)
    end
    blocks[#blocks + 1] = block
  end
  return blocks
end

--- The blocks below one heading, up to the next one of its level.
-- @param wanted function(text of the heading) -> boolean
function markdown.section(blocks, wanted)
  local found, level = {}, nil
  for _, block in ipairs(blocks) do
    if block.kind == "heading" and level and block.level <= level then break end
    if level then found[#found + 1] = block end
    if not level and block.kind == "heading" and wanted(block.text) then level = block.level end
  end
  return found
end

return markdown
