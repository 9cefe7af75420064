-- Where to stop: a rule, perhaps for one entry alone, or a line of a file.

local breakpoints = {}

--- @class fmcal.prompt.breakpoint
--- @field number integer
--- @field rule? string    name of a rule
--- @field key? string     of the one entry
--- @field file? string    the end of the path of a file
--- @field line? integer
local list = {}
local last_number = 0
local lines = 0 -- how many name a line

local function add(breakpoint)
  last_number = last_number + 1
  breakpoint.number = last_number
  list[#list + 1] = breakpoint
  lines = lines + (breakpoint.line and 1 or 0)
  return breakpoint
end

--- Stops in a rule. @param key string|nil only for this entry
function breakpoints.on_rule(rule, key)
  return add { rule = rule, key = key }
end

--- Stops at a line of a file, named by its path or the end of it.
function breakpoints.on_line(file, line)
  return add { file = file, line = line }
end

--- Takes one away. @return whether there was one
function breakpoints.remove(number)
  for i, breakpoint in ipairs(list) do
    if breakpoint.number == number then
      table.remove(list, i)
      lines = lines - (breakpoint.line and 1 or 0)
      return true
    end
  end
  return false
end

--- All of them, oldest first.
function breakpoints.all()
  return { table.unpack(list) }
end

--- "1: to_event of A-1"
function breakpoints.describe(breakpoint)
  local where = breakpoint.rule or ("%s:%d"):format(breakpoint.file, breakpoint.line)
  return ("%d: %s%s"):format(breakpoint.number, where, breakpoint.key and " of " .. breakpoint.key or "")
end

--- Whether some name a line.
function breakpoints.has_lines()
  return lines > 0
end

local function is_end_of(path, ending)
  return path == ending or path:sub(-#ending - 1) == "/" .. ending
end

-- Why to stop where one fits, or nil.
local function first(fits, ...)
  for _, breakpoint in ipairs(list) do
    if fits(breakpoint, ...) then return "breakpoint " .. breakpoints.describe(breakpoint) end
  end
end

local function is_at(breakpoint, path, line)
  return breakpoint.line == line and is_end_of(path, breakpoint.file)
end

local function is_on(breakpoint, rule, key)
  return breakpoint.rule == rule and (not breakpoint.key or breakpoint.key == key)
end

--- Why to stop at a line, or nil. @param chunk string the source as debug.getinfo gives it
function breakpoints.at_line(chunk, line)
  return lines > 0 and chunk:sub(1, 1) == "@" and first(is_at, chunk:sub(2), line) or nil
end

--- Why to stop in a rule that is called for an entry, or nil.
function breakpoints.at_rule(rule, key)
  return first(is_on, rule, key)
end

return breakpoints
