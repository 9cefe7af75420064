-- Where code comes from, and its lines.

local read_file = require "fmcal.util.read_file"

local source = {}

-- Where these modules lie, where they come from a checkout (FMCAL_LUA_PATH).
local checkout = debug.getinfo(1, "S").source:match("^(@.*/)fmcal/prompt/debugger/source%.lua$")

--- Whether a function is of fmcal itself. What is compiled in has a name for its source where a file has a path.
-- @param info from debug.getinfo with "S"
function source.is_of_fmcal(info)
  local is_of_checkout = checkout ~= nil and info.source:sub(1, #checkout) == checkout
  return is_of_checkout or info.source:find("^=.*%.lua$") ~= nil
end

--- Whether people step through a function and look at it: Lua that they wrote into a file.
function source.is_theirs(info)
  return info.what ~= "C" and not source.is_of_fmcal(info) and info.source ~= "=stdin"
end

local function text_of(info)
  local mark = info.source:sub(1, 1)
  if mark == "=" then return nil end
  if mark ~= "@" then return info.source end
  return (read_file(info.source:sub(2), "source"))
end

--- The lines of a source round one of them.
-- @param info from debug.getinfo with "S"
-- @param line integer
-- @param around integer how many before and behind
-- @return list of { number, text }; empty where the source is not there
function source.around(info, line, around)
  local lines, number, whole = {}, 0, text_of(info)
  for text in (whole and whole:gsub("\n?$", "\n", 1) or ""):gmatch("(.-)\r?\n") do
    number = number + 1
    if number > line + around then break end
    if number >= line - around then lines[#lines + 1] = { number = number, text = text } end
  end
  if number < line then return {} end
  return lines
end

return source
