-- What may stand at the cursor of a command line: commands, options, and the values of both. It knows no shell.

local catalogue = require "fmcal.cli.catalogue"
local forms = require "fmcal.cli.completion.forms"
local values = require "fmcal.cli.completion.values"

local completion = {}

-- ---------------------------------------------------------------- the line as far as it goes

local function option_named(command, name)
  for _, option in ipairs(command.options) do
    for _, own in ipairs(option.names) do
      if own == name then return option end
    end
  end
end

-- Takes words apart: { before = list of words that are no options, option = the one whose value comes next, given = set }
local function read(command, words)
  local line, at = { before = {}, given = {} }, 1
  while words[at] do
    local name, has_value = words[at]:match("^(%-[^=]*)(=?)")
    local option = name and option_named(command, name)
    if not name then
      line.before[#line.before + 1] = words[at]
    elseif option then
      line.given[option.names[1]] = true
      local takes_next = option.value and has_value == ""
      if takes_next and not words[at + 1] then line.option = option end
      at = takes_next and at + 1 or at
    end
    at = at + 1
  end
  return line
end

-- The command of a line, or the action of one that has actions, which then is no word of it.
local function command_of(words)
  local name = words[1]:match("([^/]*)%.lua$") or words[1]
  local command = catalogue.command(name)
  local of_action = command and words[2] and catalogue.command(name, words[2])
  return of_action or command, of_action and 3 or 2
end

-- ---------------------------------------------------------------- what may follow

local function commands()
  local found = {}
  for i, name in ipairs(catalogue.names()) do
    found[i] = { word = name .. ".lua", about = catalogue.command(name).definition.summary:match("^[^\n]*") }
  end
  return found
end

local function options(command, given)
  local found = {}
  for _, option in ipairs(command.options) do
    if option.may_repeat or not given[option.names[1]] then
      for _, name in ipairs(option.names) do found[#found + 1] = { word = name, about = option.meaning } end
    end
  end
  return found
end

local function named_board(before)
  for _, word in ipairs(before) do
    if word:find("%.json$") then return word end
  end
end

local function value_of(about, before, typed)
  if not about.choices then return values.of(about.value, named_board(before), typed) end
  local found = {}
  for i, word in ipairs(about.choices) do found[i] = { word = word } end
  return found
end

--- What a command expects besides options, in one form (see forms): its only argument may be one already.
function completion.form_of(command)
  if #command.actions > 0 then return table.concat(command.actions, " | ") end
  local parts = {}
  for i, argument in ipairs(command.arguments) do
    if argument.value == "words" then return argument.meaning end
    local part = argument.value:upper() .. (argument.is_many and " ..." or "")
    parts[i] = argument.is_optional and ("[%s]"):format(part) or part
  end
  return table.concat(parts, " ")
end

local function arguments(command, before, typed)
  local found, files = {}, nil
  for _, token in ipairs(forms.next(completion.form_of(command), before)) do
    local more = forms.is_literal(token) and { { word = token } } or values.of(token, named_board(before), typed)
    if more == values.FILES then
      files = true
    else
      table.move(more, 1, #more, #found + 1, found)
    end
  end
  return found, files
end

local function follow(command, words, typed)
  local line = read(command, words)
  local name, part = typed:match("^(%-%-[^=]+)=(.*)$")
  local option = line.option or name and option_named(command, name)
  if option and option.value then
    local found = value_of(option, line.before, part or typed)
    if found == values.FILES then return {}, true end
    return found, false, part and name .. "=" or ""
  end
  if typed:sub(1, 1) == "-" then return options(command, line.given) end
  return arguments(command, line.before, typed)
end

local function matching(found, prefix, typed)
  local list = {}
  for _, candidate in ipairs(found) do
    local word = prefix .. candidate.word
    if word:sub(1, #typed) == typed then list[#list + 1] = { word = word, about = candidate.about } end
  end
  return list
end

--- What may stand at the cursor.
-- @param words list of the words behind fmcal-lua, the last of which is being typed
-- @return list of { word, about = string | nil }, and whether names of files belong there too
function completion.of(words)
  local before = table.move(words, 1, #words - 1, 1, {})
  local typed = words[#words] or ""
  if #before == 0 then return matching(commands(), "", typed), true end
  local command, from = command_of(before)
  if not command then return {}, true end
  local found, files, prefix = follow(command, table.move(before, from, #before, 1, {}), typed)
  return matching(found, prefix or "", typed), files or false
end

return completion
