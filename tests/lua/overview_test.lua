local json = require "fmcal.json"
local lu = require "luaunit"
local overview = require "fmcal.overview"
local run = require "fmcal.sync.run"
local shell = require "shell"

-- A board with a mock calendar that is a file beside it; synced once where `synced`.
local function place(synced)
  local folder = shell.folder()
  folder.board = folder.path .. "/board.json"
  shell.write(folder.board, assert(json.encode { team = "academy",
    calendarConfig = { provider = "mock", endpoint = "calendar.txt" },
    items = json.array { { id = "A-1", title = "One", dueDate = "2027-02-15" }, { id = "A-2", title = "Two", dueDate = "never" } } }))
  if synced then lu.assertEquals(run.sync({ board = folder.board }).exit, 1) end
  return folder
end

TestOverview = {}

function TestOverview.test_before_the_first_run_there_is_no_state()
  local folder <close> = place(false)
  local o <close> = assert(overview.open { board = folder.board })
  local status = o:status()
  lu.assertEquals(status.runs, 0)
  lu.assertNil(status.last_run)
  lu.assertFalse(status.targets[1].bound)
  lu.assertEquals(o:events(), {})
  lu.assertEquals(o:history(), {})
  lu.assertNil(io.open(folder.path .. "/.fmcal"))
end

function TestOverview.test_status()
  local folder <close> = place(true)
  local o <close> = assert(overview.open { board = folder.board })
  local status = o:status()
  lu.assertEquals(status.runs, 1)
  lu.assertEquals(status.targets[1].counts.synced, 1)
  lu.assertEquals(status.targets[1].counts.error, 1)
  lu.assertEquals(status.targets[1].errors[1].id, "A-2")
  lu.assertStrContains(status.targets[1].errors[1].error, "never")
  lu.assertEquals(status.targets[1].pending.calendar, 0)
end

function TestOverview.test_an_entry_that_left_the_board_by_hand_is_no_orphan_until_a_run()
  local folder <close> = place(true)
  shell.write(folder.board, (shell.read(folder.board):gsub("A%-1", "A-3")))
  local o <close> = assert(overview.open { board = folder.board })
  lu.assertEquals(o:events(), {})
end

function TestOverview.test_what_cannot_be_opened()
  local folder <close> = place(false)
  local none, err = overview.open { board = folder.path .. "/none.json" }
  lu.assertNil(none)
  lu.assertStrContains(err.message, "none.json")
  none, err = overview.open { board = folder.board, team = "other" }
  lu.assertNil(none)
  lu.assertStrContains(err.message, '"other"')
end

os.exit(lu.LuaUnit.run())
