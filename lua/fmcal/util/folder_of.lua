-- The folder that a file lies in.

--- @param path string
-- @return path without the name; "." where it has no folder
local function folder_of(path)
  return path:match("^(.*)/[^/]*$") or "."
end

return folder_of
