-- The sync: boards on disk (sync.run), boards in tables (sync.service).

local sync = {}

--- Syncs one board file. See fmcal.sync.run.sync.
function sync.run(options)
  return require("fmcal.sync.run").sync(options)
end

--- A service for boards held in Lua tables. See fmcal.sync.service.
function sync.service()
  return require("fmcal.sync.service").new()
end

return sync
