-- Takes a run back, or does one again that was taken back: `POST /api/calendar/undo`.

local json = require "fmcal.json"
local outcome = require "fmcal.serve.outcome"
local place = require "fmcal.serve.acts.place"
local told = require "fmcal.serve.told"
local undo = require "fmcal.sync.undo"

local ASKED = { run = "number", only = "names", redo = "boolean", dryRun = "boolean", allowMassDelete = "boolean" }

--- Takes a run back.
-- @param params { board, …, run = its number (the last that can be), only = list of keys, redo, dryRun, allowMassDelete }
-- @return the run; of a dry one `actions` beside, what it would do, as fmcal.sync.tell.actions; or nil and an error
return function(params)
  local wanted, err = place.asked(ASKED, params)
  if not wanted then return nil, err end
  local number = wanted.run and math.tointeger(wanted.run)
  if wanted.run and not number then return told.wrong("run", "run must be the number of a run") end
  if number and wanted.redo then return told.wrong("redo", "redo takes no run: it does again what was taken back last") end
  local options = place.options(params)
  options.only, options.dry_run, options.allow_mass_delete = wanted.only, wanted.dryRun, wanted.allowMassDelete
  local result = undo.run(options, number, wanted.redo)
  local answer = outcome.of(result, params)
  if wanted.dryRun then answer.actions = told.all(json.array(result.actions or {}), params) end
  return answer
end
