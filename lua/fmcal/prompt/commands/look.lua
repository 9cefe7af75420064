-- A run of the open board that writes nothing, to look at what comes of it.

local rules_in_use = require "fmcal.prompt.rules_in_use"

local look = {}

look.NO_BOARD = "no board is open: .board FILE"

--- What fmcal.sync.run.sync is told about the open board, confined to one entry where one is named.
-- @return options, or nil and a sentence
function look.options(session, key)
  if not session.board then return nil, look.NO_BOARD end
  local only = key and { key } or nil
  return { board = session.board:path(), rules = rules_in_use.of(session), dry_run = true, only = only, consider = only }
end

--- @param key string|nil of the one entry
-- @param examine function(run)|nil called once everything is decided
-- @param rules sources (fmcal.rules.sources) of rules to use instead, or nil
-- @return result of the run, or nil and a sentence
function look.run(session, key, examine, rules)
  local options, err = look.options(session, key)
  if not options then return nil, err end
  options.trace_rules, options.examine, options.rules = true, examine, rules or options.rules
  local result = require("fmcal.sync.run").sync(options)
  if not result.success and result.error then return nil, result.error end
  return result
end

--- The ids of the open board, for completion.
function look.ids(session)
  return session.board and session.board:keys() or {}
end

return look
