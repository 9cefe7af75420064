-- Waiting between the runs of sync.lua --watch: until the interval is over, a board file changes, or somebody asks to stop.

local mark = require "fmcal.util.mark"
local time = require "fmcal.time"

local watch = {}

local LOOK_EVERY_MS = 1000

--- What the files look like now.
-- @param paths list
function watch.marks(paths)
  local marks = {}
  for i, path in ipairs(paths) do marks[i] = mark(path) end
  return marks
end

--- The first file that does not look as it did, or nil.
function watch.changed(paths, marks)
  for i, path in ipairs(paths) do
    if mark(path) ~= marks[i] then return path end
  end
  return nil
end

--- Waits.
-- @param paths list of files
-- @param marks from watch.marks, taken before the files were last read
-- @param seconds the interval
-- @return "interval", "changed" and the path, or "stop"
function watch.wait(paths, marks, seconds)
  local deadline = time.monotonic_ms() + seconds * 1000
  while true do
    local path = watch.changed(paths, marks)
    if path then return "changed", path end
    local left = deadline - time.monotonic_ms()
    if left <= 0 then return "interval" end
    if not time.sleep(math.min(left, LOOK_EVERY_MS)) then return "stop" end
  end
end

return watch
