-- The board that a view is asked about, opened to be read.

local asked = require "fmcal.serve.asked"
local json = require "fmcal.json"
local overview = require "fmcal.overview"
local time = require "fmcal.time"
local told = require "fmcal.serve.told"

local place = {}

--- What the engine is told of a board.
-- @param params { board, config, rules, state, team, who }
function place.options(params)
  local options = {}
  for name in pairs(asked.PLACE) do options[name] = params[name] end
  return options
end

--- Opens a board with its state; one that is switched off or connected with nothing too.
-- @return fmcal.overview, or nil and an error
function place.open(params)
  local options = place.options(params)
  options.as_it_stands = true
  local opened, err = overview.open(options)
  if not opened then return told.error(err, params) end
  return opened
end

--- Sentences to answer with: without the folders that the board and its state lie in.
place.sentence = told.sentence

--- A list of them.
function place.sentences(list, params)
  local shown = json.array {}
  for i, sentence in ipairs(list) do shown[i] = told.sentence(sentence, params) end
  return shown
end

--- The zone in which a board's days begin.
function place.zone(opened)
  return opened.settings.options.timeZone or "UTC"
end

--- The day that it is there.
function place.today(opened)
  return assert(time.to_zone(time.epoch(), place.zone(opened))):sub(1, 10)
end

return place
