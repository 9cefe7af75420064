local kept = require "fmcal.serve.engine.kept"
local lu = require "luaunit"
local shell = require "shell"
local time = require "fmcal.time"

TestKept = {}

local function run(id, team, changes, state)
  return { id = id, team = team, kind = "sync", why = "trigger", who = { "kim" }, queued = "q", begun = "b",
    ended = state ~= "running" and "e" or nil, state = state or "finished", options = { direction = "both" },
    result = state ~= "running" and { success = true, exit = 0, changes = changes, message = "done" } or nil }
end

local function ids(answer)
  local list = {}
  for i, row in ipairs(answer.runs) do list[i] = row.id end
  return list
end

function TestKept.test_a_run_by_its_id()
  local folder <close> = shell.folder()
  local made = kept.open(folder.path, "one")
  made:put(run("one-1", "a", 0, "running"))
  made:put(run("one-2", "a", 0, "running"))
  made:put(run("one-2", "a", 3))
  local row = kept.find({ folder = folder.path, boot = "one", id = "one-2" }).row
  lu.assertEquals({ row.state, row.changes, row.who, row.exit, row.boot }, { "finished", 3, { "kim" }, 0, nil })
  lu.assertEquals(kept.find({ folder = folder.path, boot = "one", id = "one-1" }).row.state, "running")
  lu.assertNil(kept.find({ folder = folder.path, boot = "one", id = "one-3" }).row)
  lu.assertNil(kept.find({ folder = folder.path .. "/none", boot = "one", id = "one-1" }).row)
end

-- A text that looks like what is looked for is not taken for it.
function TestKept.test_a_run_whose_text_names_another()
  local folder <close> = shell.folder()
  local made = kept.open(folder.path, "one")
  made:put(run("one-1", "a", 1))
  local other = run("one-2", "b", 1)
  other.result.message = 'not "id":"one-1" and not "team":"a"'
  other.result.result = { id = "one-1", team = "a" }
  made:put(other)
  lu.assertEquals(kept.find({ folder = folder.path, boot = "one", id = "one-1" }).row.team, "a")
  lu.assertEquals(ids(kept.list { folder = folder.path, boot = "one", team = "a" }), { "one-1" })
end

-- What the schedule runs without changing anything is most of what is kept.
function TestKept.test_idle_runs_of_the_schedule_are_short()
  local folder <close> = shell.folder()
  local made = kept.open(folder.path, "one")
  local function kept_of(changes)
    local idle = run("one-" .. changes, "a", changes)
    idle.why, idle.result.result, idle.result.conflicts = "schedule", { outbound = {} }, 0
    made:put(idle)
    return kept.find({ folder = folder.path, boot = "one", id = idle.id }).row
  end
  local row = kept_of(0)
  lu.assertEquals({ row.state, row.exit, row.changes, row.result, row.message }, { "finished", 0, 0, nil, nil })
  lu.assertEquals(kept_of(1).result, { outbound = {} })
end

-- After a restart.
function TestKept.test_a_run_that_was_cut_off()
  local folder <close> = shell.folder()
  kept.open(folder.path, "one"):put(run("one-1", "a", 0, "running"))
  local row = kept.find({ folder = folder.path, boot = "two", id = "one-1" }).row
  lu.assertEquals({ row.state, row.success }, { "cut-off", false })
  lu.assertStrContains(row.error, "was stopped")
end

function TestKept.test_lists()
  local folder <close> = shell.folder()
  local made = kept.open(folder.path, "x")
  for i = 1, 9 do
    made:put(run("x-" .. i, i == 5 and "b" or "a", i % 4 == 0 and 1 or 0, "running"))
    made:put(run("x-" .. i, i == 5 and "b" or "a", i % 4 == 0 and 1 or 0))
  end
  local function list(params)
    params.folder, params.boot, params.team = folder.path, "x", "a"
    return kept.list(params)
  end
  lu.assertEquals(ids(list {}), { "x-9", "x-8", "x-7", "x-6", "x-4", "x-3", "x-2", "x-1" })
  local page = list { limit = 3 }
  lu.assertEquals({ ids(page), page.next }, { { "x-9", "x-8", "x-7" }, "x-7" })
  page = list { limit = 5, before = page.next }
  lu.assertEquals({ ids(page), page.next }, { { "x-6", "x-4", "x-3", "x-2", "x-1" }, nil })
  local changed = list { changed = true }
  lu.assertEquals(ids(changed), { "x-8", "x-4" })
  lu.assertEquals({ changed.runs[1].unchangedBefore, changed.runs[2].unchangedBefore }, { 2, 3 })
end

-- Of what is older than 30 days, the last 200 of each team that changed something stay.
function TestKept.test_what_is_old()
  local folder <close> = shell.folder()
  local made = kept.open(folder.path, "x")
  for i = 1, 210 do made:put(run("x-" .. i, "a", 1)) end
  made:put(run("x-211", "a", 0))
  made:put(run("x-212", "b", 1))
  local today = time.now():sub(1, 10)
  os.rename(("%s/%s.jsonl"):format(folder.path, today), folder.path .. "/2020-01-01.jsonl")
  made:put(run("x-213", "a", 0))
  kept.prune { folder = folder.path }
  local function find(id) return kept.find({ folder = folder.path, boot = "x", id = id }).row end
  lu.assertNil(find "x-10")
  lu.assertNil(find "x-211")
  for _, id in ipairs { "x-11", "x-210", "x-212", "x-213" } do lu.assertNotNil(find(id), id) end
  lu.assertEquals(#shell.lines("ls " .. folder.path), 2)
end

os.exit(lu.LuaUnit.run())
