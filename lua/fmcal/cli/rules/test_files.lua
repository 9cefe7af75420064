-- The files of tests that are meant: those named, and those in folders that are named.

local sys = require "fmcal.sys"

local test_files = {}

local function in_folder(folder, found)
  local names, err = sys.list(folder)
  if not names then return nil, err.message end
  table.sort(names)
  for _, name in ipairs(names) do
    local path = folder == "." and name or folder:gsub("/$", "") .. "/" .. name
    local stat = name:sub(1, 1) ~= "." and sys.stat(path)
    if stat and stat.kind == "folder" then
      in_folder(path, found) -- one that cannot be read has no tests for us
    elseif stat and name:find("_test%.lua$") then
      found[#found + 1] = path
    end
  end
  return found
end

--- Finds them.
-- @param named list of paths; empty: this folder
-- @return list of paths, or nil and a sentence
function test_files.find(named)
  local found = {}
  for _, path in ipairs(#named > 0 and named or { "." }) do
    local stat, err = sys.stat(path)
    if not stat then return nil, "cannot read " .. err.message end
    if stat.kind == "folder" then
      local ok, sentence = in_folder(path, found)
      if not ok then return nil, sentence end
    else
      found[#found + 1] = path
    end
  end
  return found
end

return test_files
