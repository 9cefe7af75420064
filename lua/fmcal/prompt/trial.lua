-- A rule that is edited to try it: its text goes to $EDITOR and comes back in place of the one in the rules file, in memory.
local folder_of = require "fmcal.util.folder_of"
local read_file = require "fmcal.util.read_file"
local rules = require "fmcal.rules"
local rules_in_use = require "fmcal.prompt.rules_in_use"
local sources = require "fmcal.rules.sources"

local trial = {}

-- The arguments of rules that take others than an entry.
local ARGUMENTS = { to_entry = "event, entry, ctx", on_conflict = "conflict, ctx", on_deleted = "entry, side, ctx" }

-- What stands where a team has no such rule.
local function default_text(name)
  local arguments = ARGUMENTS[name] or "entry, ctx"
  return ("  %s = function(%s)\n    return ctx.defaults.%s(%s)\n  end,\n"):format(name, arguments, name, arguments)
end

local function lines_of(text)
  local lines = {}
  for line in text:gsub("\n?$", "\n", 1):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

local function joined(lines, first, last)
  local text = table.concat(lines, "\n", first, last)
  return text == "" and "" or text .. "\n"
end

-- A rules file taken apart round a rule: what stands before it, the rule, what stands behind it. Or nil and a sentence.
local function taken_apart(texts, name)
  local loaded, err = rules.load(texts, { in_process = true })
  if not loaded then return nil, err.message end
  local path, first, last = loaded:lines_of(name)
  if path and path ~= texts.path then
    return nil, ("%s is defined in %s, and .try edits %s alone"):format(name, path, texts.path)
  end
  local lines = lines_of(texts.text)
  if first then return joined(lines, 1, first - 1), joined(lines, first, last), joined(lines, last + 1, #lines) end
  for i = #lines, 1, -1 do
    if lines[i]:find("^%s*return%s*{%s*$") then return joined(lines, 1, i), default_text(name), joined(lines, i + 1, #lines) end
  end
  return nil, ("there is no line `return {` in %s that %s could be put behind"):format(texts.path, name)
end

-- The rules that are in use, or what a rules file would be where there is none; or nil and a sentence.
local function current(session)
  local texts = rules_in_use.of(session)
  if type(texts) == "string" then return sources.read(texts) end
  return texts or sources.of(folder_of(session.board:path()) .. "/rules.lua", "return {\n}\n")
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

-- A file with an ending by which editors know what it is.
local function new_file()
  local made = os.tmpname()
  local path = made .. ".lua"
  return os.rename(made, path) and path or made
end

local function quoted(path)
  return "'" .. path:gsub("'", "'\\''") .. "'"
end

local function editor()
  for _, name in ipairs { "VISUAL", "EDITOR" } do
    local command = os.getenv(name)
    if command and command ~= "" then return command end
  end
  return "vi"
end

-- Lets a person edit a file. @return true, or nil and a sentence
local function edit(path)
  local command = editor()
  if os.execute(command .. " " .. quoted(path)) then return true end
  return nil, ("the editor %s failed: set EDITOR to another one"):format(command)
end

--- Lets a person edit a rule; where it was edited before, that goes on.
-- @return sources with the edited rule, or nil and a sentence
function trial.edit(session, name)
  local texts, unread = current(session)
  if not texts then return nil, unread end
  local before, rule, behind = taken_apart(texts, name)
  if not before then return nil, rule end
  local path = session.trials[name]
  if not path then
    path = new_file()
    write(path, rule)
    session.trials[name] = path
  end
  local ok, err = edit(path)
  if not ok then return nil, err end
  local edited
  edited, err = read_file(path, "rule")
  if not edited then return nil, err end
  return sources.of(texts.path, before .. edited:gsub("\n?$", "\n", 1) .. behind)
end

--- Where the edited rule is, for a person.
function trial.hint(session, name)
  return ("the edited rule is in %s until the prompt ends; .try %s goes on with it"):format(session.trials[name], name)
end

--- Removes what was edited.
function trial.forget(session)
  for _, path in pairs(session.trials) do os.remove(path) end
  session.trials = {}
end

return trial
