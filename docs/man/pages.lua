-- Writes the manual pages: those of the commands from the tables behind --help and from docs/commands.md, the others from the
-- documents they are about.
--   fmcal-lua docs/man/pages.lua SOURCE_DIR OUTPUT_DIR    where the folders man1, man5 and man7 are
local root, output = arg[1], arg[2]
package.path = root .. "/docs/man/?.lua;" .. package.path

local catalogue = require "fmcal.cli.catalogue"
local exits = require "fmcal.exits"
local fmcal_version = require "fmcal.version"
local markdown = require "markdown"
local roff = require "roff"

local function read(path)
  local file <close> = assert(io.open(root .. "/" .. path, "rb"))
  return file:read("a")
end

local function write(name, section, text)
  local file <close> = assert(io.open(("%s/man%d/%s.%d"):format(output, section, name, section), "wb"))
  assert(file:write(text))
end

-- ---------------------------------------------------------------- what is there

local MONTHS = { January = 1, February = 2, March = 3, April = 4, May = 5, June = 6, July = 7, August = 8, September = 9,
  October = 10, November = 11, December = 12 }

-- The page that is written by hand names the day of the manual.
local function day_of(text)
  local month, day, year = text:match("^%.Dd (%a+) (%d+), (%d+)")
  return ("%s-%02d-%02d"):format(year, MONTHS[month], day)
end

local program = read "docs/fmcal-lua.1"
local date = day_of(program)
local readme, commands = markdown.parse(read "README.md"), markdown.parse(read "docs/commands.md")

-- More of the manual, for a command of which docs/commands.md says little.
local MORE = { undo = { "docs/undo.md" }, connect = { "docs/accounts.md", "docs/google.md" } }

local function page(name, section, summary)
  return roff.page { name = name, section = section, summary = summary, date = date, version = fmcal_version }
end

local function see_also(made, names)
  made:section("See also")
  made:text(roff.references(names))
end

-- ---------------------------------------------------------------- commands

-- The first half of a summary, without what makes a sentence of it.
local function in_short(summary)
  local first = summary:match("^(.-)[.:;]%s") or summary:gsub("%.$", "")
  return first:sub(1, 1):lower() .. first:sub(2)
end

local function option_term(option)
  local names = {}
  for i, name in ipairs(option.names) do names[i] = "\\fB" .. roff.literal(name) .. "\\fR" end
  return table.concat(names, ", ") .. (option.value and (" \\fI%s\\fR"):format(roff.literal(option.value)) or "")
end

local function synopsis(made, command)
  made:line(".nf")
  for line in command.usage:gsub("^Usage: ", "       "):gmatch("[^\n]+") do
    made:line((roff.literal(line:sub(8)):gsub("^(%l+%.lua[%l ]*)", "fmcal\\-lua \\fB%1\\fR")))
  end
  made:line(".fi")
end

local function elements(made, command)
  for _, argument in ipairs(command.arguments) do
    made:entry("\\fI" .. roff.literal(argument.value) .. "\\fR", roff.inline(argument.meaning))
  end
  for _, option in ipairs(command.options) do made:entry(option_term(option), roff.inline(option.meaning)) end
end

-- Paragraphs of a summary; lists in it keep their lines.
local function summary(made, text)
  for part in (text .. "\n\n"):gmatch("(.-)\n\n") do
    if part:find("\n", 1, true) then
      local lines = {}
      for line in part:gmatch("[^\n]+") do lines[#lines + 1] = line end
      made:example(lines)
    elseif part ~= "" then
      made:paragraph(part)
    end
  end
end

local function statuses(made, definition)
  for _, status in ipairs(definition.exits) do
    made:entry(("\\fB%d\\fR"):format(status), roff.inline(definition.meanings and definition.meanings[status]
      or exits.MEANING[status]))
  end
end

local function examples(made, list)
  local lines = {}
  for i, example in ipairs(list) do lines[i] = "fmcal-lua " .. example end
  made:example(lines)
end

-- What docs/commands.md says besides: its usage and its tables of options are the parser's.
local function manual_of(name)
  local found = markdown.section(commands, function(heading)
    return (" " .. heading):find("%W" .. name .. "%.lua") ~= nil and not heading:find(name .. "%.lua %l")
  end)
  local more = {}
  for _, block in ipairs(found) do
    local is_usage = block.kind == "code" and (block.lines[1] or ""):find("^%l+%.lua ")
    local is_options = block.kind == "table" and block.head[1] == "option"
    if not is_usage and not is_options then more[#more + 1] = block end
  end
  return more
end

local function actions(made, name, list)
  for _, action in ipairs(list) do
    local command = assert(catalogue.command(name, action), action)
    made:section(command.name)
    synopsis(made, command)
    summary(made, command.definition.summary)
    elements(made, command)
    if #command.definition.exits > 0 then
      made:paragraph("Exit status:")
      statuses(made, command.definition)
      examples(made, command.definition.examples)
    end
  end
end

local function command_page(name)
  local command = catalogue.command(name)
  local definition = command.definition
  local made = page("fmcal-" .. name, 1, in_short(definition.summary))
  made:section("Synopsis")
  synopsis(made, command)
  made:section("Description")
  summary(made, definition.summary)
  made:section("Options")
  elements(made, command)
  actions(made, name, command.actions)
  local manual = manual_of(name)
  if #manual > 0 then
    made:section("Details")
    made:blocks(manual, 1)
  end
  for _, path in ipairs(MORE[name] or {}) do made:blocks(markdown.parse(read(path)), 1) end
  made:section("Exit status")
  statuses(made, definition)
  made:section("Examples")
  examples(made, definition.examples)
  see_also(made, { "fmcal-lua(1)", "fmcal-config(5)", "fmcal-rules(5)", "fmcal(7)" })
  write("fmcal-" .. name, 1, tostring(made))
  return in_short(definition.summary)
end

-- ---------------------------------------------------------------- documents

local function named(title)
  return function(heading) return heading == title end
end

-- A document is a page: its title says nothing that the name does not, what stands below it is the description.
local function document_page(name, section, summary_line, path)
  local made, blocks = page(name, section, summary_line), markdown.parse(read(path))
  table.remove(blocks, 1)
  made:section("Description")
  made:blocks(blocks, 2)
  see_also(made, { "fmcal-lua(1)", "fmcal-doctor(1)", "fmcal-sync(1)", "fmcal(7)" })
  write(name, section, tostring(made))
end

-- What stands before the first section.
local function introduction(blocks)
  local first = {}
  for i = 2, #blocks do
    if blocks[i].kind == "heading" then break end
    first[#first + 1] = blocks[i]
  end
  return first
end

local function overview_page(summaries)
  local made = page("fmcal", 7, "keeps a kanban board and a calendar in step")
  made:section("Description")
  made:blocks(introduction(readme), 2)
  made:section("Commands")
  made:blocks(introduction(commands), 2)
  local names = {}
  for _, name in ipairs(catalogue.names()) do
    names[#names + 1] = ("fmcal-%s(1)"):format(name)
    made:entry(roff.references { names[#names] }, roff.inline(summaries[name]))
  end
  for _, title in ipairs { "A walk through", "Exit status" } do
    made:section(title)
    made:blocks(markdown.section(commands, named(title)), 2)
  end
  for _, title in ipairs { "Environment", "State" } do
    made:section(title)
    made:blocks(markdown.section(markdown.parse(read "docs/configuration.md"), named(title)), 2)
  end
  names[#names + 1] = "fmcal-lua(1)"
  see_also(made, { "fmcal-lua(1)", "fmcal-config(5)", "fmcal-rules(5)", "fmcal-reasons(7)" })
  write("fmcal", 7, tostring(made))
end

-- The page of the program is written by hand, but for what the commands share.
local function program_page()
  local lines = {}
  for _, status in ipairs { 0, 1, 2, 3, 4, 5, 6, 10 } do
    lines[#lines + 1] = (".It %d\n%s"):format(status, (exits.MEANING[status]:gsub("\\", "\\e")))
  end
  local list = {}
  for _, name in ipairs(catalogue.names()) do list[#list + 1] = (".Xr fmcal-%s 1"):format(name) end
  local text = program:gsub('%.\\" EXIT STATUSES\n', function() return table.concat(lines, "\n") .. "\n" end)
  text = text:gsub('%.\\" COMMANDS\n', function() return table.concat(list, " ,\n") .. " ,\n" end)
  write("fmcal-lua", 1, text)
end

local summaries = {}
for _, name in ipairs(catalogue.names()) do summaries[name] = command_page(name) end
document_page("fmcal-config", 5, "calendarConfig, the configuration of a board's calendars", "docs/configuration.md")
document_page("fmcal-rules", 5, "the rules of a team: which entries become events, and how", "docs/rules.md")
document_page("fmcal-reasons", 7, "why a run of fmcal did what it did to an entry", "docs/reasons.md")
overview_page(summaries)
program_page()
