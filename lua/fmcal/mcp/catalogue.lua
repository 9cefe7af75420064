-- The tools that assistants are offered: names, words, arguments. What they do is in fmcal.mcp.tools.

local did_you_mean = require "fmcal.util.did_you_mean"
local json = require "fmcal.json"
local schema = require "fmcal.util.schema"
local sorted_names = require "fmcal.util.sorted_names"

local catalogue = {}

-- ---------------------------------------------------------------- arguments

local function text(words, choices) return { type = "string", description = words, enum = choices and json.array(choices) } end

local function number(words, least, most)
  return { type = "integer", description = words, minimum = least, maximum = most }
end

local BOARD = text "Name of the board, as `boards` gives it. Needed where there are several."
local ID = "Id of an entry, such as XACA-0040; of an epic's court date: the epic's id and .court-date."
local RULES = "Rules file, relative to the board's folder"

-- ---------------------------------------------------------------- tools

-- In the order in which they are listed. `writes`: it is taken away by --read-only.
local TOOLS = {
  { name = "boards", title = "Boards", asks_calendar = false,
    description = "Lists the boards of this server, with their teams, calendars and numbers of entries.", arguments = {} },
  { name = "status", title = "Status of a board",
    description = "How a board and its calendars stand since the last run: counts, errors, what waits. Asks no calendar.",
    arguments = { board = BOARD } },
  { name = "entries", title = "Entries of a board",
    description = "Lists the entries of a board that fmcal keeps in step with calendars, or one entry with all its members.",
    arguments = { board = BOARD, id = text(ID), after = text "Go on behind this id: `next` of the answer before.",
      limit = number("Most entries of an answer (50).", 1, 500) } },
  { name = "explain", title = "Explain an entry", asks_calendar = true,
    description = "What the next run would do to an entry, and why: the base, both sides, who edited what, which rule decides. "
      .. "Reads the calendar, writes nothing.",
    arguments = { board = BOARD, id = text(ID) }, required = { "id" } },
  { name = "conflicts", title = "Conflicts",
    description = "The conflicts that wait for a person, with both sides of each.", arguments = { board = BOARD } },
  { name = "history", title = "History",
    description = "The runs that changed something or failed, newest first: who ran them, what they changed and overwrote.",
    arguments = { board = BOARD, id = text(ID), run = number("Only the run of this number.", 1),
      limit = number("Most runs of an answer (20).", 1, 200) } },
  { name = "plan", title = "Plan a sync", asks_calendar = true,
    description = "What a sync would do now, entry by entry, as a plan. Reads the calendar and writes nothing; `apply` with its "
      .. "plan_id carries out exactly that.",
    arguments = { board = BOARD, id = text "Plan for this entry alone." } },
  { name = "rules_check", title = "Check rules",
    description = "Checks the rules of a board on its entries: answers that are not allowed, members that do not come back, "
      .. "functions that are never called, slow or not repeatable. Asks no calendar.",
    arguments = { board = BOARD, new = text(RULES .. "; without it the board's own.") } },
  { name = "rules_diff", title = "Compare rules",
    description = "What a change of the rules would do to a board, before it does it: events that come, go or change, decisions "
      .. "that would be others. Asks no calendar.",
    arguments = { board = BOARD, new = text(RULES .. "."),
      old = text(RULES .. ", or git:REV for `new` as it was at a revision; without it the board's own.") },
    required = { "new" } },
  { name = "resolve", title = "Plan the end of a conflict", asks_calendar = true, writes = true,
    description = "Plans how a conflict is decided: the board's side, the calendar's, or members with their values. Writes "
      .. "nothing; `apply` with its plan_id does.",
    arguments = { board = BOARD, id = text(ID),
      resolution = text("Who wins.", { "keep_local", "keep_external", "merge" }),
      merge = { type = "object", description = "With merge: members of the entry and their values." } },
    required = { "id", "resolution" } },
  { name = "undo", title = "Plan to take a run back", asks_calendar = true, writes = true,
    description = "Plans to take back what a run changed, on both sides, or to do again what was taken back. Writes nothing; "
      .. "`apply` with its plan_id does.",
    arguments = { board = BOARD, run = number("The run of this number; without it the last one.", 1),
      id = text "Only what concerns this entry.",
      redo = { type = "boolean", description = "Do again what was taken back last." } } },
  { name = "apply", title = "Carry out a plan", asks_calendar = true, writes = true, applies = true,
    description = "Carries out a plan of this session, exactly, or refuses where anything that it touches has changed since. "
      .. "This is the only tool that writes.",
    arguments = { plan_id = text "From `plan`, `resolve` or `undo`." }, required = { "plan_id" } },
}

local by_name = {}
for _, tool in ipairs(TOOLS) do by_name[tool.name] = tool end

-- What each tool answers (see fmcal.mcp.answer).
local OUTPUT = { type = "object", required = json.array { "notice", "data" },
  properties = { notice = { type = "string" }, data = { type = "object" } } }

local function described(tool)
  return {
    name = tool.name, title = tool.title, description = tool.description, outputSchema = OUTPUT,
    inputSchema = { type = "object", properties = tool.arguments, required = json.array(tool.required or {}),
      additionalProperties = false },
    annotations = { readOnlyHint = not tool.applies, destructiveHint = tool.applies or false, idempotentHint = true,
      openWorldHint = tool.asks_calendar or false },
  }
end

local function is_offered(tool, read_only)
  return tool ~= nil and not (read_only and tool.writes)
end

--- The tools as tools/list has them.
function catalogue.list(read_only)
  local list = json.array {}
  for _, tool in ipairs(TOOLS) do
    if is_offered(tool, read_only) then list[#list + 1] = described(tool) end
  end
  return list
end

--- A tool by its name.
-- @return { name, arguments, applies, … }, or nil and a sentence
function catalogue.find(name, read_only)
  local tool = by_name[name]
  if is_offered(tool, read_only) then return tool end
  if tool then return nil, ("%s writes, and this server was started with --read-only"):format(name) end
  if type(name) ~= "string" then return nil, "name must be that of a tool; there is no tool without one" end
  return nil, ("there is no tool %s%s"):format(json.encode(name), did_you_mean(name, sorted_names(by_name)))
end

-- ---------------------------------------------------------------- what was given

local KINDS = { string = "name", integer = "number", boolean = "boolean", object = "object" }

local function is_one_of(value, list)
  for _, choice in ipairs(list) do
    if choice == value then return true end
  end
  return false
end

local function is_within(wanted, value)
  return math.type(value) == "integer" and value >= wanted.minimum and value <= (wanted.maximum or value)
end

local function wrong_value(name, wanted, value)
  if wanted.type == "integer" and not is_within(wanted, value) then
    return ("%s must be a whole number of at least %d%s"):format(name, wanted.minimum,
      wanted.maximum and " and at most " .. wanted.maximum or "")
  end
  if wanted.enum and not is_one_of(value, wanted.enum) then
    return ("%s can be %s, not %s%s"):format(name, table.concat(wanted.enum, ", "), json.encode(value),
      did_you_mean(value, wanted.enum))
  end
  return nil
end

local function is_given(value) return value ~= nil and value ~= json.null end

--- What is wrong with the arguments of a call: nil or a sentence.
function catalogue.wrong(tool, arguments)
  local kinds = {}
  for name, wanted in pairs(tool.arguments) do kinds[name] = KINDS[wanted.type] end
  local unknown = schema.unknown(kinds, arguments)[1]
  if unknown then return unknown end
  for _, name in ipairs(tool.required or {}) do
    if not is_given(arguments[name]) then return name .. " is missing" end
  end
  local wrong = schema.wrong(kinds, arguments)
  for _, name in ipairs(sorted_names(tool.arguments)) do
    local value = arguments[name]
    if not wrong and is_given(value) then wrong = wrong_value(name, tool.arguments[name], value) end
  end
  return wrong
end

return catalogue
