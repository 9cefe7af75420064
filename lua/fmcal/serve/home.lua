-- Where the server keeps what it must: tokens, sessions, runs.

local folder_of = require "fmcal.util.folder_of"
local sys = require "fmcal.sys"

local home = {}

local function is_folder(path)
  local stat = sys.stat(path)
  return stat ~= nil and stat.kind == "folder"
end

--- The folder: `--state`, else FMCAL_STATE where that is a folder, else .fmcal beside the first board.
-- @param given string|nil --state
-- @param first string the first board or folder that is served
function home.path(given, first)
  local named = given or os.getenv("FMCAL_STATE")
  if named and named ~= "" and (given or is_folder(named) or named:sub(-1) == "/") then return (named:gsub("(.)/+$", "%1")) end
  return (is_folder(first) and first:gsub("(.)/+$", "%1") or folder_of(first)) .. "/.fmcal"
end

--- Makes the folder, and one in it for each name.
-- @return the path, or nil and an error
function home.make(path, ...)
  for _, folder in ipairs { path, ... } do
    local made, err = sys.make_folder(folder == path and path or path .. "/" .. folder)
    if not made then return nil, err end
  end
  return path
end

return home
