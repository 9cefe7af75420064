-- A rules file as it was at a revision of the repository that it lies in, with the files beside it.

local folder_of = require "fmcal.util.folder_of"
local sources = require "fmcal.rules.sources"
local sys = require "fmcal.sys"

local at_revision = {}

-- @return what git prints; nil where it fails, with a sentence where it is not there
local function git(folder, ...)
  local process <close>, err = sys.start { "git", "-C", folder, ... }
  if not process then return nil, "git cannot be started: " .. err.message end
  sys.wait_any { process }
  return process:status() == 0 and process:output() or nil
end

-- @return the text of a file at a revision, or nil and a sentence
local function show(revision, path)
  local folder, object = folder_of(path), ("%s:./%s"):format(revision, path:match("[^/]*$"))
  local id, sentence = git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", object)
  if not id then return nil, sentence or ("git has no %s at %s"):format(path, revision) end
  local text
  text, sentence = git(folder, "cat-file", "blob", id:match("%x+"))
  return text, sentence or ("git cannot read %s at %s"):format(path, revision)
end

--- Reads it.
-- @param path of the file as it is now
-- @return sources (see fmcal.rules.sources), or nil and a sentence
function at_revision.read(revision, path)
  local text, sentence = show(revision, path)
  if not text then return nil, sentence end
  local read = sources.of(path, text)
  local methods = getmetatable(read).__index
  return setmetatable(read, { __index = setmetatable({
    module = function(self, name)
      if self.modules[name] then return methods.module(self, name) end
      local module_path = folder_of(path) .. "/" .. name .. ".lua"
      local module_text, missing = show(revision, module_path)
      if not module_text then return nil, missing end
      self.modules[name] = { text = module_text, path = module_path }
      return methods.module(self, name)
    end,
  }, { __index = methods }) })
end

return at_revision
