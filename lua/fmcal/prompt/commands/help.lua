-- What a command, a function, a module or a member is.
local did_you_mean = require "fmcal.util.did_you_mean"
local terminal = require "fmcal.cli.terminal"

-- So many topics of one name are shown in full; of more there is a list.
local MOST_IN_FULL = 3

local function heading(view, text)
  return terminal.paint(view, "bold", text)
end

local function add_module(lines, view, manual, topic)
  lines[#lines + 1] = heading(view, topic.title)
  table.move(topic.lines, 1, #topic.lines, #lines + 1, lines)
  for _, fn in ipairs(manual.functions_of(topic.title)) do
    lines[#lines + 1] = ("  %s  %s"):format(heading(view, fn.title), fn.lines[1] or "")
  end
end

local function add_topic(lines, view, manual, topic)
  if topic.kind == "module" then
    add_module(lines, view, manual, topic)
  elseif topic.kind == "member" then
    lines[#lines + 1] = ("%s  %s"):format(heading(view, topic.title), table.concat(topic.lines, " "))
  else
    lines[#lines + 1] = heading(view, topic.title)
    table.move(topic.lines, 1, #topic.lines, #lines + 1, lines)
  end
end

-- Members take a line each; of the others some in full, or all by their names.
local function add_topics(lines, view, manual, topics)
  local others = {}
  for _, topic in ipairs(topics) do
    if topic.kind == "member" then add_topic(lines, view, manual, topic) else others[#others + 1] = topic end
  end
  for _, topic in ipairs(others) do
    if #others <= MOST_IN_FULL then
      add_topic(lines, view, manual, topic)
    else
      lines[#lines + 1] = ("%s  %s"):format(heading(view, topic.title), topic.lines[1] or "")
    end
  end
end

local function command_line(view, name, command)
  return ("%s  %s"):format(heading(view, "." .. name .. (command.usage == "" and "" or " " .. command.usage)), command.help)
end

--- Explains a name.
-- @param view from terminal.of
-- @param commands {[name] = fmcal.prompt.command}
-- @return text, or nil and a sentence
local function help(view, commands, name)
  local manual = require "fmcal.prompt.manual"
  local lines, command = {}, commands[name:gsub("^%.", "")]
  if command then lines[1] = command_line(view, name:gsub("^%.", ""), command) end
  if name:sub(1, 1) ~= "." then add_topics(lines, view, manual, manual.find(name)) end
  if #lines > 0 then return table.concat(lines, "\n") end
  return nil, ("the manual says nothing about %s%s"):format(name, did_you_mean(name, manual.names(), ": did you mean %s?"))
end

return help
