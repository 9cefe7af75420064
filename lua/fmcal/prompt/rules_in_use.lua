-- The rules that the prompt uses: the newest version of the rules file that loads. A file is edited while the prompt is
-- open, and is broken now and then; until it loads again the last version that did is used.
local read_file = require "fmcal.util.read_file"
local rules = require "fmcal.rules"
local sources = require "fmcal.rules.sources"
local terminal = require "fmcal.cli.terminal"

local rules_in_use = {}

--- @class fmcal.prompt.rules
--- @field path? string     of another file than the board names, see rules_in_use.choose
--- @field good? table      sources (fmcal.rules.sources) of the last version that loaded
--- @field bad? string      text of a version that did not, which was told already

-- The file that is to be used, or nil where there is none.
local function path_of(session)
  if session.rules.path then return session.rules.path end
  local settings = require("fmcal.config").load(session.board, {})
  return settings and settings.rules
end

-- Whether nobody has changed the files since.
local function is_current(texts)
  if read_file(texts.path, "rules file") ~= texts.text then return false end
  for _, module in pairs(texts.modules) do
    if read_file(module.path, "module") ~= module.text then return false end
  end
  return true
end

-- The version that is there, where it loads; else nil, a sentence, and its text.
local function load_newest(path)
  local newest, sentence = sources.read(path)
  if not newest then return nil, sentence end
  local loaded, err = rules.load(newest, { in_process = true })
  if not loaded then return nil, err.message, newest.text end
  loaded:close()
  return newest
end

local function take(session, path)
  local newest, sentence, text = load_newest(path)
  if newest then session.rules.good, session.rules.bad = newest, nil end
  return newest, sentence, text
end

local function what_stays(session)
  return session.rules.good and "; the last version that did load is used" or ""
end

--- What a run is to use: sources, a path where no version has loaded yet, nil for what the board says.
function rules_in_use.of(session)
  local path, good = path_of(session), session.rules.good
  if not path then return nil end
  if good and good.path == path and is_current(good) then return good end
  local newest, sentence, text = take(session, path)
  if newest then return newest end
  if text ~= session.rules.bad and good then session:complain(sentence .. what_stays(session)) end
  session.rules.bad = text
  return good or path
end

--- Loads the file again, or another one from now on. @return a sentence, or nil and one
function rules_in_use.reload(session, path)
  local wanted = path or path_of(session)
  if not wanted then return nil, "the board names no rules file: .reload FILE takes one" end
  local newest, sentence, text = take(session, wanted)
  if not newest then
    session.rules.bad = text
    return nil, sentence .. what_stays(session)
  end
  session.rules.path = path or session.rules.path
  return ("%s is loaded"):format(terminal.path(wanted))
end

return rules_in_use
