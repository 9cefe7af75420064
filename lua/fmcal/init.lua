-- fmcal: keeps a kanban board and a calendar in step. Submodules load when first used.
local fmcal = { _VERSION = require "fmcal.version" }

--- Opens the prompt where it is called, in fmcal-lua on a terminal; elsewhere nothing happens.
function fmcal.breakpoint()
  if not package.preload["fmcal.prompt.program"] then return end
  fmcal.prompt.breakpoint(2)
  return -- no tail call: levels count this function
end

return setmetatable(fmcal, {
  __index = function(self, name)
    local ok, module = pcall(require, "fmcal." .. tostring(name))
    if not ok then
      if tostring(module):find("module 'fmcal." .. tostring(name) .. "' not found", 1, true) then return nil end
      error(module, 2)
    end
    rawset(self, name, module)
    return module
  end,
})
