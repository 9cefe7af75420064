-- The texts of a rules file and of the files beside it that it requires. They are read once: all calls of a run see the same.

local folder_of = require "fmcal.util.folder_of"
local read_file = require "fmcal.util.read_file"
local sorted_names = require "fmcal.util.sorted_names"

local Sources = {}
Sources.__index = Sources

local sources = {}

--- A text in place of a rules file.
-- @return sources { path, text }
function sources.of(path, text)
  return setmetatable({ path = path, text = text, modules = {} }, Sources)
end

--- Reads a rules file.
-- @return sources { path, text }, or nil and a sentence
function sources.read(path)
  local text, unread = read_file(path, "rules file")
  if not text then return nil, unread end
  return sources.of(path, text)
end

--- The file beside the rules file that `require(name)` means. @return its text and path, or nil and a sentence
function Sources:module(name)
  if not name:find("^[%a_][%w_-]*$") then
    return nil, ('rules can require only files beside the rules file, by a bare name such as "holidays", not %q'):format(name)
  end
  local known = self.modules[name]
  if known then return known.text, known.path end
  local path = folder_of(self.path) .. "/" .. name .. ".lua"
  local text, unread = read_file(path, "module")
  if not text then return nil, unread end
  self.modules[name] = { text = text, path = path }
  return text, path
end

--- All that the rules consist of, for a print of it.
function Sources:all()
  local parts = { self.text }
  for _, name in ipairs(sorted_names(self.modules)) do
    parts[#parts + 1] = name
    parts[#parts + 1] = self.modules[name].text
  end
  return table.concat(parts, "\0")
end

return sources
