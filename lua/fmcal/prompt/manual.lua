-- What the manual says about a name: a module, a function, a method, a record and its members, what rules see. It is read
-- from the pages that are compiled in, when somebody asks.

local manual = {}

--- @class fmcal.prompt.topic
--- @field title string     how it is called: "board.open(path)", "event.dueDate"
--- @field lines string[]   what is said about it
--- @field kind "module"|"function"|"record"|"member"
--- @field names string[]   by which it is found, the longest first

local function without_marks(text)
  return (text:gsub("\\([<|])", "%1"))
end

local function plain(text)
  return (without_marks(text):gsub("%[([^%]]+)%]%([^)]+%)", "%1"))
end

local function add_line(topic, line)
  local lines = topic.lines
  if line == "" and (#lines == 0 or lines[#lines] == "") then return end
  lines[#lines + 1] = plain(line)
end

-- "a.b.c" by all its ends: "a.b.c", "b.c", "c".
local function ends_of(path)
  local names = { path }
  for at in path:gmatch("%.()") do names[#names + 1] = path:sub(at) end
  return names
end

-- A method is found by the name of its object in the page, and by that of its module.
local function names_of_call(module, call)
  local owner, name = call:match("^([%w_]+)[.:]([%w_]+)")
  if not owner then return ends_of(module) end
  local names = ends_of(module .. "." .. name)
  table.insert(names, owner .. "." .. name)
  return names
end

-- ---------------------------------------------------------------- the page about the API

-- Members of a record: "- `url` string". They are topics of their own, and lines of the record.
local function member_of_record(record, line)
  local name, meaning = line:match("^%- `([%w_]+)%??`%s*(.*)$")
  if not name then return nil end
  local path = record.title:match("^[%w_%.]+") .. "." .. name
  return { title = path, lines = { plain(meaning) }, kind = "member", names = ends_of(path) }
end

local function read_api(topics, text)
  local module, topic
  local function start(title, kind, names)
    topic = { title = plain(title), lines = {}, kind = kind, names = names }
    topics[#topics + 1] = topic
  end
  for line in text:gmatch("(.-)\n") do
    local heading, call, record = line:match("^## (.+)$"), line:match("^### `(.+)`$"), line:match("^%*%*(.+)%*%*$")
    if heading then
      module = heading
      start(heading, "module", ends_of(heading))
    elseif call then
      start(call, "function", names_of_call(module, call))
    elseif record then
      start(record, "record", ends_of(record:match("^[%w_%.]+")))
    elseif topic then
      local member = topic.kind == "record" and member_of_record(topic, line)
      if member then topics[#topics + 1] = member end
      add_line(topic, line)
    end
  end
end

-- ---------------------------------------------------------------- the page about rules

-- What a row of a table is about: names in backticks, of arguments nothing.
local function names_in(cell)
  local names = {}
  for name in cell:gmatch("`([%w_]+)[^`]*`") do names[#names + 1] = name end
  return names
end

local OWNERS = { lib = true, t = true, s = true }

-- What `lib`, and a test of rules, offers: "lib.slug(text)", "t.none", "s:item { id = … }".
local function add_calls(topics, cell, meaning)
  for call in cell:gmatch("`([^`]+)`") do
    local owner, name = call:match("^(%l+)[.:]([%w_]+)")
    if OWNERS[owner] then
      topics[#topics + 1] = { title = call, lines = { meaning }, kind = "member", names = ends_of(owner .. "." .. name) }
    end
  end
end

-- The tables of members, and of functions, which belong to no record.
local function read_rules(topics, text)
  local section = ""
  for line in text:gmatch("(.-)\n") do
    section = line:match("^##+ (.+)$") or section
    local cell, rest = line:match("^| (`.-) | (.+) |$")
    local meaning, record = cell and plain(rest:gsub(" | ", " · ")), section:match("^%l+$")
    if cell then add_calls(topics, cell, meaning) end
    for _, name in ipairs(cell and section ~= "lib" and (record or section == "The functions") and names_in(cell) or {}) do
      local path = record and record .. "." .. name or "rules." .. name
      local title = record and path or cell:gsub("`", "")
      topics[#topics + 1] = { title = title, lines = { meaning }, kind = "member", names = ends_of(path) }
    end
  end
end

local function read()
  local topics = {}
  read_rules(topics, require "fmcal.prompt.pages.rules")
  read_api(topics, require "fmcal.prompt.pages.api")
  for _, topic in ipairs(topics) do
    if topic.lines[#topic.lines] == "" then table.remove(topic.lines) end
  end
  return topics
end

local topics

local function all()
  topics = topics or read()
  return topics
end

--- What there is about a name.
--- @param name string   "json.decode", "board:save", "decode", "fmcal.http", "event.dueDate"
--- @return fmcal.prompt.topic[]
function manual.find(name)
  local wanted, found = name:gsub(":", "."):gsub("%(.*", ""), {}
  for _, topic in ipairs(all()) do
    for _, known in ipairs(topic.names) do
      if known == wanted then
        found[#found + 1] = topic
        break
      end
    end
  end
  return found
end

--- The functions of a module, in the order of the manual.
--- @param module string   "fmcal.json"
--- @return fmcal.prompt.topic[]
function manual.functions_of(module)
  local list, inside = {}, false
  for _, topic in ipairs(all()) do
    if topic.kind == "module" then
      inside = topic.title == module
    elseif inside and topic.kind == "function" then
      list[#list + 1] = topic
    end
  end
  return list
end

--- All names by which something is found, sorted.
--- @return string[]
function manual.names()
  local set, list = {}, {}
  for _, topic in ipairs(all()) do
    for _, name in ipairs(topic.names) do
      if not set[name] then
        set[name] = true
        list[#list + 1] = name
      end
    end
  end
  table.sort(list)
  return list
end

return manual
