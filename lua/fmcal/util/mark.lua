-- What changes when a file is written or replaced; a missing file is a state too.

local sys = require "fmcal.sys"

--- @return text
return function(path)
  local stat = sys.stat(path)
  return stat and ("%d %d %d"):format(stat.inode, stat.size, stat.mtime_ns) or "missing"
end
