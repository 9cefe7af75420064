-- The command plan.lua: shows a plan that sync.lua --plan has written, compares two. Nothing is asked of board or calendar.

local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local files = require "fmcal.cli.files"
local json = require "fmcal.json"
local plan_file = require "fmcal.sync.plan_file"
local sorted_names = require "fmcal.util.sorted_names"
local terminal = require "fmcal.cli.terminal"
local view = require "fmcal.cli.plan.view"

local command = {}

local DIFFERENT = cli.exits.SOME_FAILED
local DRIFT = { edited = "was edited", deleted = "was deleted" }

local function read(path)
  return (cli.check(plan_file.read(files.read(path, "plan"), path)))
end

-- ---------------------------------------------------------------- show

local function drift_lines(plan)
  local lines = {}
  for _, moved in ipairs(plan.drift or {}) do
    local parts = {}
    for _, member in ipairs(sorted_names(moved.changes or {})) do
      local change = moved.changes[member]
      parts[#parts + 1] = view.change { field = member, from = change.from, to = change.to }
    end
    lines[#lines + 1] = terminal.clean(("  %s in %s %s%s"):format(moved.key, moved.calendar, DRIFT[moved.action] or "changed",
      #parts > 0 and ": " .. table.concat(parts, ", ") or ""))
  end
  if #lines > 0 then table.insert(lines, 1, "Changed in the calendar since the last run:") end
  return lines
end

local function heading(out, plan)
  return ("%s  %s, made %s by fmcal %s"):format(terminal.paint(out, "bold", terminal.clean(plan.team or "?")),
    terminal.path(plan.board), common.when(plan.made), terminal.clean(plan.fmcal or "?"))
end

local function show(values, paths)
  if #paths ~= 1 then cli.fail("plan.lua show takes one plan") end
  local plan = read(paths[1])
  if values.json then
    cli.print(json.encode(plan, { sort = true }))
    return cli.exits.OK
  end
  local out, actions = terminal.of("stdout"), plan_file.actions(plan)
  cli.print(heading(out, plan))
  cli.print(table.unpack(drift_lines(plan)))
  if #actions > 0 then cli.print(table.unpack(view.table(out, actions))) end
  cli.print(view.counts(actions))
  return cli.exits.OK
end

-- ---------------------------------------------------------------- diff

-- The rows of some changes, below a line that says which they are.
local function section(out, title, changes)
  local actions = {}
  for _, change in ipairs(changes) do
    for _, told in ipairs(change.actions or {}) do actions[#actions + 1] = told end
  end
  if #actions == 0 then return end
  cli.print(title)
  cli.print(table.unpack(view.table(out, actions)))
end

local function diff(values, paths)
  if #paths ~= 2 then cli.fail("plan.lua diff takes two plans") end
  local found = plan_file.difference(read(paths[1]), read(paths[2]))
  local is_same = #found.removed + #found.added + #found.changed == 0
  if values.json then
    cli.print(json.encode(found, { sort = true }))
  elseif is_same then
    cli.print("both plans do the same")
  else
    local out, before, after = terminal.of("stdout"), {}, {}
    for i, pair in ipairs(found.changed) do before[i], after[i] = pair.old, pair.new end
    section(out, "Only in the first plan:", found.removed)
    section(out, "Only in the second plan:", found.added)
    section(out, "Otherwise, in the first plan:", before)
    section(out, "and in the second plan:", after)
  end
  return is_same and cli.exits.OK or DIFFERENT
end

-- ---------------------------------------------------------------- the command

local ACTIONS = { show = show, diff = diff }

--- The command. @return exit status
function command.run(values)
  local word = common.word(table.remove(values.words, 1), { "show", "diff" })
  return ACTIONS[word](values, values.words)
end

return command
