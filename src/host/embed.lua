-- Compiles Lua files to bytecode (debug information kept) and writes them as one C table.
-- lua5.4 embed.lua OUT.c ROOT KIND=DIR:FILE ...   KIND is "module" (named a.b.c) or "script" (named x.lua), below ROOT;
--                                                  library=NAME:PATH is a module of somebody else's;
--                                                  text=NAME:PATH is a module whose value is the text of the file;
--                                                  file=NAME/FILE:PATH is a text of a module whose value is all such texts,
--                                                  { [FILE] = text }
local out_path, root = arg[1], arg[2]

local function c_bytes(data)
  local line, lines = {}, {}
  for i = 1, #data do
    line[#line + 1] = data:byte(i) .. ","
    if #line == 32 then
      lines[#lines + 1] = table.concat(line)
      line = {}
    end
  end
  lines[#lines + 1] = table.concat(line)
  return table.concat(lines, "\n")
end

local function module_name(file)
  return (file:gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

local rows, bodies = {}, {}
local folders = {} -- by module: "[FILE] = TEXT," for each file

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function add(kind, name, text, shown)
  local code = string.dump(assert(load(text, "=" .. shown))) -- "=", for it is a name: there need be no such file
  bodies[#bodies + 1] = ("static const unsigned char body_%d[] = {%s};\n"):format(#bodies + 1, c_bytes(code))
  rows[#rows + 1] = ('    {"%s", "%s", body_%d, %d},\n'):format(kind, name, #bodies, #code)
end

for i = 3, #arg do
  local kind, place, file = arg[i]:match("^(%a+)=([^:]+):(.+)$")
  assert(kind, "expected KIND=DIR:FILE, got " .. arg[i])
  if kind == "library" then
    add("module", place, read(file), file:match("[^/]+$"))
  elseif kind == "text" then
    add("module", place, ("return %q"):format(read(file)), file:match("[^/]+$"))
  elseif kind == "file" then
    local module, name = place:match("^([^/]+)/(.+)$")
    folders[module] = folders[module] or {}
    table.insert(folders[module], ("[%q] = %q,"):format(name, read(file)))
  else
    local shown = place .. "/" .. file
    add(kind, kind == "module" and module_name(file) or file, (read(root .. "/" .. shown):gsub("^#[^\n]*", "")), shown)
  end
end

for module, texts in pairs(folders) do add("module", module, "return {" .. table.concat(texts) .. "}", module) end

local out = assert(io.open(out_path, "wb"))
out:write('#include "bind/embedded.h"\n\n', table.concat(bodies))
out:write("const fm_embedded fm_embedded_files[] = {\n", table.concat(rows), "    {0, 0, 0, 0},\n};\n")
out:close()
