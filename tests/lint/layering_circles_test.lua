-- Circles between sources, measured by what the linker sees: a file uses another where it needs a symbol that is defined
-- there. A circle is a set of files that can only be understood, tested and moved together.
local lu = require "luaunit"
local shell = require "shell"

-- State machines in more than one file, each with a header that says which file does what. There are no others.
local machines = {
  "caldav/apply caldav/reread caldav/search",
  "google/apply google/exceptions google/reread",
  "http/connection http/exchange http/server http/stream",
  "mock/server mock/store",
}

-- The name of a source without its folder's parents and its extension: src/provider/google/apply.c is google/apply.
local function short(path)
  return path:match("([^/]+/[^/]+)%.c$")
end

-- Notes one line of nm: who defines or uses a symbol.
local function note(files, name, line)
  local symbols = files[name] or { defined = {}, used = {} }
  files[name] = symbols
  local kind, symbol = line:match("(%a) (%S+)$")
  if kind == "U" then
    symbols.used[symbol] = true
  elseif kind and kind:find("^[TDBRVW]$") then
    symbols.defined[symbol] = true
  end
end

-- { name = { defined = { symbol = true }, used = { symbol = true } } } of all objects that make the library.
local function measure()
  local root = os.getenv("BUILD_DIR") .. "/CMakeFiles/fmcal_objects.dir/"
  local paths, files = {}, {}
  for _, path in ipairs(shell.sources("src", "c")) do
    if not path:find("^src/host/program/") and not path:find("^src/host/worker/") then paths[#paths + 1] = shell.quote(path .. ".o") end
  end
  for _, line in ipairs(shell.lines(("cd %s && nm -gA %s"):format(shell.quote(root), table.concat(paths, " ")))) do
    note(files, short(line:match("^(.-)%.o:")), line)
  end
  return files
end

-- Who uses whom: { name = { name, … } }.
local function graph_of(files)
  local home = {}
  for name, symbols in pairs(files) do
    for symbol in pairs(symbols.defined) do home[symbol] = name end
  end
  local graph = {}
  for name, symbols in pairs(files) do
    local uses = {}
    for symbol in pairs(symbols.used) do
      if home[symbol] and home[symbol] ~= name then uses[home[symbol]] = true end
    end
    graph[name] = uses
  end
  return graph
end

-- The circles of a graph, each as its sorted names in one string, sorted (Tarjan).
local function circles_of(graph)
  local circles, number, low, stack, on_stack, count = {}, {}, {}, {}, {}, 0
  local function visit(name)
    count = count + 1
    number[name], low[name], on_stack[name] = count, count, true
    stack[#stack + 1] = name
    for used in pairs(graph[name] or {}) do
      if not number[used] then visit(used) end
      if on_stack[used] then low[name] = math.min(low[name], low[used]) end
    end
    if low[name] ~= number[name] then return end
    local members = {}
    repeat
      local member = table.remove(stack)
      on_stack[member] = nil
      members[#members + 1] = member
    until member == name
    table.sort(members)
    if #members > 1 then circles[#circles + 1] = table.concat(members, " ") end
  end
  for name in pairs(graph) do
    if not number[name] then visit(name) end
  end
  table.sort(circles)
  return circles
end

TestCircles = {}

function TestCircles.test_only_the_named_machines_are_circles()
  lu.assertEquals(circles_of(graph_of(measure())), machines)
end

-- fm_<module>_<verb>: an embedding program links the library among names of its own.
function TestCircles.test_names_for_the_linker_have_the_prefix()
  for file, symbols in pairs(measure()) do
    for symbol in pairs(symbols.defined) do
      lu.assertTrue(symbol:find("^fm_") ~= nil or symbol:find("^luaopen_") ~= nil,
        ("%s defines %s, which does not begin with fm_"):format(file, symbol))
    end
  end
end

function TestCircles.test_the_check_sees_a_circle()
  local files = {}
  for name, lines in pairs({
    ["a/one"] = { "0000 T one", "     U two" },
    ["a/two"] = { "0000 T two", "     U three" },
    ["b/three"] = { "0000 T three", "     U one", "     U free" },
    ["b/four"] = { "0000 D four", "     U one" },
  }) do
    for _, line in ipairs(lines) do note(files, name, line) end
  end
  lu.assertEquals(circles_of(graph_of(files)), { "a/one a/two b/three" })
end

os.exit(lu.LuaUnit.run())
