local board_state = require "fmcal.place.board_state"
local lu = require "luaunit"
local shell = require "shell"

local function write_board(folder, name)
  local path = folder.path .. "/" .. name
  shell.write(path, '{ "team": "t", "items": [], "epics": [] }')
  return path
end

TestPath = {}

function TestPath.test_beside_the_board()
  local path, named = board_state.path("/boards/b.json", "a b/c", "")
  lu.assertEquals({ path, named }, { "/boards/.fmcal/a%20b%2Fc.db", false })
end

function TestPath.test_in_a_folder_that_is_named()
  lu.assertEquals({ board_state.path("/boards/b.json", "t", "/states/") }, { "/states/t.db", false })
  local folder <close> = shell.folder()
  lu.assertEquals({ board_state.path("/boards/b.json", "t", folder.path) }, { folder.path .. "/t.db", false })
end

function TestPath.test_a_file_that_is_named()
  lu.assertEquals({ board_state.path("/boards/b.json", "t", "/states/other") }, { "/states/other", true })
end

TestOwner = {}

function TestOwner.test_a_board_that_is_there_keeps_its_state()
  local folder <close> = shell.folder()
  local one, two = write_board(folder, "one.json"), write_board(folder, "two.json")
  local opened <close> = assert(board_state.open(one, "t", nil, {}))
  lu.assertNil(board_state.other_owner(opened, one))
  board_state.set_owner(opened, one)
  lu.assertNil(board_state.other_owner(opened, one))
  lu.assertEquals(board_state.other_owner(opened, two), one)
  lu.assertNil(board_state.other_owner(opened, folder.path .. "/../" .. folder.path:match("[^/]*$") .. "/one.json"))
  os.remove(one)
  lu.assertNil(board_state.other_owner(opened, two), "a board that is gone leaves its state")
end

function TestOwner.test_the_name_that_a_team_had_before()
  local folder <close> = shell.folder()
  local board = write_board(folder, "b.json")
  do
    local before <close> = assert(board_state.open(board, "old name", nil, {}))
    board_state.set_owner(before, board)
    local other <close> = assert(board_state.open(board, "other", nil, {}))
    board_state.set_owner(other, folder.path .. "/other.json")
  end
  lu.assertEquals(board_state.former_team(board_state.path(board, "t"), board), "old name")
  lu.assertNil(board_state.former_team(board_state.path(board, "old name"), board))
end

function TestOwner.test_one_run_at_a_time()
  local folder <close> = shell.folder()
  local opened <close> = assert(board_state.open(write_board(folder, "b.json"), "t", nil, {}))
  local first <close> = board_state.lock(opened, 0)
  lu.assertNotNil(first)
  local second, err = board_state.lock(opened, 0)
  lu.assertNil(second)
  lu.assertEquals(err.code, "locked")
end

function TestOwner.test_the_board_before_is_kept_beside_the_state()
  local folder <close> = shell.folder()
  local board = write_board(folder, "b.json")
  local opened <close> = assert(board_state.open(board, "t", nil, {}))
  lu.assertEquals(board_state.previous_board(opened), folder.path .. "/.fmcal/t.db.previous-board")
  local memory <close> = assert(require("fmcal.state").open(":memory:"))
  lu.assertNil(board_state.previous_board(memory))
  board_state.sweep(memory, board)
end

os.exit(lu.LuaUnit.run())
