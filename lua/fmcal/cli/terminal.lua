-- What the terminal can show: colours (NO_COLOR, and none elsewhere), its width, text that cannot move the cursor.

local printable = require "fmcal.util.printable"
local sys = require "fmcal.sys"

local terminal = {}

local CODES = { bold = "1", dim = "2", red = "31", green = "32", yellow = "33", blue = "34", cyan = "36" }
local DEFAULT_COLUMNS = 80

-- Terminals that write in one colour; what is not known (an empty TERM) is one of them.
local PLAIN = { [""] = true, dumb = true, unknown = true, vt52 = true, vt100 = true, vt102 = true, vt220 = true }

local function can_colour(stream)
  local refused = os.getenv("NO_COLOR")
  return not (refused and refused ~= "") and not PLAIN[os.getenv("TERM") or ""] and sys.is_terminal(stream)
end

--- What one stream can show.
-- @param stream "stdout" or "stderr"
-- @return { colour = boolean, columns = integer, or nil where it is no terminal }
function terminal.of(stream)
  local columns = sys.is_terminal(stream) and (sys.columns(stream) or DEFAULT_COLUMNS) or nil
  return { colour = can_colour(stream), columns = columns }
end

--- Text in a style, where the stream shows colours.
-- @param view from terminal.of
-- @param style "bold", "dim", "red", "green", "yellow", "blue", "cyan" or nil
function terminal.paint(view, style, text)
  if not view.colour or not style then return text end
  return ("\27[%sm%s\27[0m"):format(CODES[style], text)
end

--- Text as one line without control characters: a title from a calendar must not steer the terminal.
function terminal.clean(text)
  return printable((tostring(text):gsub("[\r\n\t]+", " ")))
end

--- Text in at most so many columns, with "…" where it was cut.
function terminal.cut(text, columns)
  if sys.width(text) <= columns then return text end
  if columns < 1 then return "" end
  return sys.fit(text, columns - 1) .. "…"
end

--- A path for a person: relative where it lies below the current folder.
function terminal.path(path)
  local here = sys.absolute(".")
  if here and path:sub(1, #here + 1) == here .. "/" then path = path:sub(#here + 2) end
  return terminal.clean(path)
end

return terminal
