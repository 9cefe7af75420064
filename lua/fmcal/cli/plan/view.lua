-- How what a run would do is shown to a person, be it of a dry run or of a plan in a file: "+ create", "~ update title: …".

local first_line = require "fmcal.util.first_line"
local json = require "fmcal.json"
local layout = require "fmcal.cli.table"
local quantity = require "fmcal.util.quantity"

local view = {}

-- What each action is called, its sign and style, its rank (what needs a person comes first), and how it is counted.
local ACTIONS = {
  error = { "error", "!", "red", 1, { "error", "errors" } },
  conflict = { "conflict", "!", "yellow", 2, { "conflict waits", "conflicts wait" } },
  settle = { "settle", "!", "yellow", 2, { "conflict to settle", "conflicts to settle" } },
  hold = { "hold back", "!", "yellow", 2, { "held back" } },
  create = { "create", "+", "green", 3, { "to create" } },
  adopt = { "adopt", "+", "green", 3, { "to adopt" } },
  update = { "update", "~", "cyan", 3, { "to update" } },
  pull = { "pull", "~", "cyan", 3, { "to pull" } },
  undo = { "undo", "~", "cyan", 3, { "to undo" } },
  redo = { "redo", "~", "cyan", 3, { "to redo" } },
  clear = { "clear", "-", "yellow", 3, { "date to clear", "dates to clear" } },
  delete = { "delete", "-", "yellow", 3, { "to delete" } },
  release = { "release", "-", "yellow", 3, { "to release" } },
  wait = { "wait", "·", "dim", 4, { "waits", "wait" } },
  keep = { "keep", "·", "dim", 4, { "kept" } },
  orphan = { "orphan", "·", "dim", 4, { "orphan", "orphans" } },
}

-- In which order they are counted.
local COUNTED = { "create", "adopt", "update", "pull", "undo", "redo", "delete", "clear", "release", "settle", "conflict", "hold",
  "wait", "keep", "orphan", "error" }

-- A plan in a file may have been changed by hand.
local function about(told)
  return ACTIONS[told.action] or ACTIONS.wait
end

local LAST_RANK = 4
local COLUMNS = {
  { title = "Action" }, { title = "Entry" }, { title = "Title", shrinks = true }, { title = "Calendar", shrinks = true },
  { title = "What", shrinks = true },
}

local function quoted(value)
  if value == nil or value == json.null then return "nothing" end
  if type(value) == "table" then return json.encode(value) end
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

--- 'title: "a" → "b"'
function view.change(change)
  return ("%s: %s → %s"):format(change.field, quoted(change.from), quoted(change.to))
end

local function why_of(told)
  local why = first_line(told.detail)
  if why and why:sub(1, #told.key + 2) == told.key .. ": " then why = why:sub(#told.key + 3) end
  return why
end

-- The rows of one action: a further one for each field beyond the first.
local function add_rows(rows, told)
  local word, sign, style = table.unpack(about(told))
  local first = { layout.cell(sign .. " " .. word, style), told.key, told.title, told.target or "", why_of(told) }
  rows[#rows + 1] = first
  for i, change in ipairs(told.changes or {}) do
    if i == 1 then first[5] = view.change(change) else rows[#rows + 1] = { "", "", "", "", view.change(change) } end
  end
end

--- The table of what would be done.
-- @param out from terminal.of
-- @param actions list of fmcal.sync.tell.actions
function view.table(out, actions)
  local rows = {}
  for rank = 1, LAST_RANK do
    for _, told in ipairs(actions) do
      if about(told)[4] == rank then add_rows(rows, told) end
    end
  end
  return layout.lines(out, COLUMNS, rows)
end

--- One line that counts: "Plan: 2 to create, 1 to update".
function view.counts(actions)
  local counts, parts = {}, {}
  for _, told in ipairs(actions) do counts[told.action] = (counts[told.action] or 0) + 1 end
  for _, action in ipairs(COUNTED) do
    local words = ACTIONS[action][5]
    if counts[action] then parts[#parts + 1] = quantity(counts[action], words[1], words[2] or words[1]) end
  end
  return "Plan: " .. (#parts > 0 and table.concat(parts, ", ") or "nothing to do")
end

return view
