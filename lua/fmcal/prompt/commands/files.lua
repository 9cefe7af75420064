-- Files for completion.
local sys = require "fmcal.sys"

--- The files and folders of the folder that is typed.
-- @param typed string the path so far
local function files(typed)
  local folder = typed:match("^(.*/)") or ""
  local names = {}
  for i, entry in ipairs(sys.list(folder == "" and "." or folder) or {}) do
    local found = sys.stat(folder .. entry)
    names[i] = folder .. entry .. (found and found.kind == "folder" and "/" or "")
  end
  return names
end

return files
