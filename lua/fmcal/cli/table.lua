-- Tables of text: columns as wide as they need, made narrower until they fit the terminal.

local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"

local layout = {}

local GAP = 2
local NARROWEST = 8

local function text_of(cell)
  if type(cell) == "table" then return cell.text end
  return cell == nil and "" or terminal.clean(cell)
end

local function widths_of(columns, rows)
  local widths = {}
  for i, column in ipairs(columns) do widths[i] = sys.width(column.title) end
  for _, row in ipairs(rows) do
    for i in ipairs(columns) do widths[i] = math.max(widths[i], sys.width(text_of(row[i]))) end
  end
  return widths
end

local function total(widths)
  local sum = (#widths - 1) * GAP
  for _, width in ipairs(widths) do sum = sum + width end
  return sum
end

-- The widest column that may still shrink.
local function widest(columns, widths)
  local at
  for i, column in ipairs(columns) do
    if column.shrinks and widths[i] > NARROWEST and (not at or widths[i] > widths[at]) then at = i end
  end
  return at
end

local function fit(columns, widths, available)
  local excess = total(widths) - available
  while excess > 0 do
    local at = widest(columns, widths)
    if not at then return end
    widths[at] = widths[at] - 1
    excess = excess - 1
  end
end

-- A search for " +$" would look at each blank of a wide column as the possible beginning of the last ones.
local function without_end_blanks(text)
  local last = text:find("[^ ] *$")
  return last and text:sub(1, last) or ""
end

local function line(view, columns, widths, cells, style)
  local parts = {}
  for i, column in ipairs(columns) do
    local cell = cells[i]
    local text = terminal.cut(text_of(cell), widths[i])
    local space = (" "):rep(widths[i] - sys.width(text))
    text = terminal.paint(view, style or (type(cell) == "table" and cell.style) or nil, text)
    if column.right then
      text = space .. text
    elseif i < #columns then
      text = text .. space
    end
    parts[i] = text
  end
  return without_end_blanks(table.concat(parts, (" "):rep(GAP)))
end

--- A cell in a style.
function layout.cell(text, style)
  return { text = terminal.clean(text), style = style }
end

--- The lines of a table.
-- @param view from terminal.of; without `columns` nothing is cut
-- @param columns list of { title, shrinks = boolean (may be cut), right = boolean (aligned) }
-- @param rows list of lists of strings, numbers, nil or layout.cell
-- @return list of lines, the headings first
function layout.lines(view, columns, rows)
  local widths = widths_of(columns, rows)
  if view.columns then fit(columns, widths, view.columns) end
  local titles = {}
  for i, column in ipairs(columns) do titles[i] = column.title end
  local lines = { line(view, columns, widths, titles, "bold") }
  for _, row in ipairs(rows) do lines[#lines + 1] = line(view, columns, widths, row) end
  return lines
end

return layout
