-- The command conflicts.lua.

local boards = require "fmcal.board"
local calendar_sync = require "fmcal.model.calendar_sync"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local conflicts = require "fmcal.sync.conflicts"
local did_you_mean = require "fmcal.util.did_you_mean"
local fields = require "fmcal.model.fields"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local layout = require "fmcal.cli.table"
local sorted_names = require "fmcal.util.sorted_names"
local sync = require "fmcal.cli.sync"
local terminal = require "fmcal.cli.terminal"

local command = {}

local ACTIONS = { "list", "show", "resolve" }

local function is_action(word)
  for _, action in ipairs(ACTIONS) do
    if word == action then return true end
  end
  return false
end

-- BOARD may be left out, so the first word is a board unless it is an action.
local function split(words)
  local named
  if words[1] and not is_action(words[1]) then named = table.remove(words, 1) end
  local action = common.word(table.remove(words, 1) or "list", ACTIONS)
  return named, action, words
end

local function no_conflict(id, list)
  local ids = {}
  for i, conflict in ipairs(list) do ids[i] = conflict.id end
  if #ids == 0 then cli.fail(("%s has no conflict, and no other entry has one"):format(id)) end
  cli.fail(("%s has no conflict%s; these have: %s"):format(id, did_you_mean(id, ids, ", did you mean %s?"),
    table.concat(ids, ", ")))
end

local function find(list, id)
  if not id then cli.fail("which entry? Name its id, for example: conflicts.lua BOARD show XACA-0040") end
  for _, conflict in ipairs(list) do
    if conflict.id == id then return conflict end
  end
  return no_conflict(id, list)
end

-- ---------------------------------------------------------------- list, show

local function text(value)
  if value == nil or value == json.null then return "" end
  return type(value) == "table" and json.encode(value) or tostring(value)
end

-- The members in conflict, and both versions.
local function differing(conflict)
  return conflicts.members(conflict.conflictData), calendar_sync.versions(conflict.conflictData)
end

local LIST_COLUMNS = {
  { title = "Entry" }, { title = "Title", shrinks = true }, { title = "Calendar" }, { title = "Fields", shrinks = true },
  { title = "Since" },
}

local function show_list(list)
  if #list == 0 then return cli.print("no conflicts") end
  local rows = {}
  for i, conflict in ipairs(list) do
    rows[i] = { conflict.id, conflict.title, conflict.target or conflict.provider, table.concat(differing(conflict), ", "),
      common.when(conflict.since) }
  end
  cli.print(table.unpack(layout.lines(terminal.of("stdout"), LIST_COLUMNS, rows)))
end

local SHOW_COLUMNS = {
  { title = "Member" }, { title = "Board", shrinks = true }, { title = "Calendar", shrinks = true },
}

local function show_one(conflict)
  local names, here, there = differing(conflict)
  names[#names + 1] = "modifiedAt"
  local rows = {}
  for i, name in ipairs(names) do rows[i] = { name, text(here[name]), text(there[name]) } end
  common.print_clean(("%s  %s"):format(conflict.id, text(conflict.title)))
  cli.print(table.unpack(layout.lines(terminal.of("stdout"), SHOW_COLUMNS, rows)))
  cli.print(("decide with: conflicts.lua BOARD resolve %s keep_local | keep_external | merge MEMBER=VALUE ..."):format(
    conflict.id))
end

-- ---------------------------------------------------------------- resolve

local function number(value, name)
  return tonumber(value) or cli.fail(("%s=%s is not a number"):format(name, value))
end

local function texts(value)
  local list = json.array {}
  for one in value:gmatch("[^,]+") do list[#list + 1] = one:match("^%s*(.-)%s*$") end
  return list
end

-- What a VALUE means, by what a built-in member must be, and by what a side of the conflict has for one of the team's own.
local READERS = { minutes = number, texts = texts }
local READERS_OF_OWN = {
  number = number, table = texts,
  boolean = function(value, name)
    if value ~= "true" and value ~= "false" then cli.fail(("%s=%s is neither true nor false"):format(name, value)) end
    return value == "true"
  end,
}

local function reader(conflict, name)
  local kind = fields.TYPE[name]
  if kind then return READERS[kind] or tostring end
  local here, there = calendar_sync.versions(conflict.conflictData)
  return READERS_OF_OWN[type(given(here[name]) == nil and given(there[name]) or given(here[name]))] or tostring
end

-- What may be decided about are the built-in members, and those of the team's own in which the sides differ.
local function check_member(conflict, name)
  local contested, known = differing(conflict), {}
  for _, member in ipairs(contested) do known[member] = true end
  for member in pairs(fields.FIELD) do known[member] = true end
  if known[name] then return end
  cli.fail(("%s is not in conflict in '%s'%s; it is in %s: edit other members on the board"):format(conflict.id, name,
    did_you_mean(name, sorted_names(known), " (did you mean '%s'?)"), table.concat(contested, ", ")))
end

-- MEMBER=VALUE words as a table; lists are parted by commas.
local function members_of(words, conflict)
  local merge = {}
  for _, word in ipairs(words) do
    local name, value = word:match("^([%a][^=]*)=(.*)$")
    if not name then cli.fail(("'%s' is not MEMBER=VALUE, for example dueDate=2026-03-01"):format(word)) end
    check_member(conflict, name)
    merge[name] = reader(conflict, name)(value, name)
  end
  if not next(merge) then cli.fail("merge needs members, for example: merge dueDate=2026-03-01") end
  return merge
end

local function resolve(values, path, conflict, words)
  local resolution = table.remove(words, 1)
  if not resolution then cli.fail("how? keep_local, keep_external, or merge MEMBER=VALUE ...") end
  common.word(resolution, conflicts.RESOLUTIONS)
  local merge = resolution == "merge" and members_of(words, conflict) or nil
  local result = conflicts.resolve(common.engine_options(values, path), conflict.id, conflicts.answer(resolution, merge))
  sync.show(values, result)
  return result.exit
end

--- The command. @return exit status
function command.run(values)
  local named, action, words = split(values.words)
  local path = common.board(named, values.team)
  local list
  do
    local board <close> = cli.check(boards.open(path))
    list = conflicts.list(board)
  end
  if action == "resolve" then
    return resolve(values, path, find(list, table.remove(words, 1)), words)
  end
  if action == "show" then list = { find(list, words[1]) } end
  if values.json then
    for _, conflict in ipairs(list) do cli.print((json.encode(conflict, { sort = true }))) end
  elseif action == "show" then
    show_one(list[1])
  else
    show_list(list)
  end
  return cli.exits.OK
end

return command
