-- What tests answered once, in a file beside them: rules_test.lua has rules_test.snapshots.json.

local equal = require "fmcal.trial.equal"
local json = require "fmcal.json"
local sys = require "fmcal.sys"

local Snapshots = {}
Snapshots.__index = Snapshots

local snapshots = {}

--- The file of the snapshots of a test file.
function snapshots.path(test_path)
  return (test_path:gsub("%.lua$", "") .. ".snapshots.json")
end

--- Opens those of a test file.
-- @param is_update they are taken anew
-- @return snapshots, or nil and a sentence
function snapshots.open(test_path, is_update)
  local path = snapshots.path(test_path)
  local self = setmetatable({ path = path, is_update = is_update, known = {}, seen = {} }, Snapshots)
  local text, err = sys.read(path)
  if not text then
    if err.code == "notfound" then return self end
    return nil, err.message
  end
  local known, wrong = json.decode(text)
  if type(known) ~= "table" then
    return nil, ("%s holds no snapshots: %s; --update takes them anew once it is removed"):format(path,
      wrong and wrong.message or "it is no object")
  end
  self.known = known
  return self
end

-- As it is after a way through the file.
local function plain(value)
  local text, err = json.encode({ value }, { sort = true })
  if not text then return nil, "the value cannot be kept as JSON: " .. err.message end
  return json.decode(text)[1]
end

--- Compares a value with the snapshot of a name. @return nil, or a sentence and perhaps differences
function Snapshots:compare(name, value)
  local now, sentence = plain(value)
  if now == nil then return sentence or "there is nothing to keep: the test answers nil" end
  local before = self.known[name]
  self.seen[name] = now
  if self.is_update then return nil end
  if before == nil then return ("there is no snapshot %q in %s: --update takes it"):format(name, self.path) end
  local found = equal.differences(before, now)
  if #found == 0 then return nil end
  return "it differs from the snapshot; where that is meant, --update takes it anew", found
end

--- Writes what was taken anew. @param is_whole others are forgotten. @return true, or nil and a sentence
function Snapshots:save(is_whole)
  if not self.is_update or next(self.seen) == nil and not is_whole then return true end
  local all = {}
  for name, value in pairs(is_whole and {} or self.known) do all[name] = value end
  for name, value in pairs(self.seen) do all[name] = value end
  if next(all) == nil then
    os.remove(self.path)
    return true
  end
  local file, reason = io.open(self.path, "wb")
  if not file then return nil, "cannot write " .. reason end
  local ok
  ok, reason = file:write(json.encode(all, { indent = 2, sort = true }), "\n")
  if not file:close() or not ok then return nil, ("cannot write %s: %s"):format(self.path, reason or "the disk is full") end
  return true
end

return snapshots
