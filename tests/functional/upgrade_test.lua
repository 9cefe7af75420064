-- A state, a board and a calendar as each earlier format of the state left them: the next run writes nothing. Beside them lies
-- what made them, the same for all: two entries, then one edit on each side.
--   fixtures/upgrade/format-N/{board.json,calendars,state.sql}    N is user_version; the folder was /srv/boards
local lu = require "luaunit"
local shell = require "shell"

local FIXTURES = os.getenv("TESTS_DIR") .. "/fixtures/upgrade"
local MADE_IN = "/srv/boards"

local function in_hex(text)
  return (text:gsub(".", function(char) return ("%02X"):format(char:byte()) end))
end

-- Runs SQL on a database, which is made where there is none.
local function execute(path, sql)
  local _, errors, status = shell.run(("python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())' %s")
    :format(shell.quote(path)), { input = sql })
  lu.assertEquals(status, 0, errors)
end

-- A copy of what a format left, its folder named where the state names it.
local function copy_of(format, folder)
  shell.lines(("cp -r %s/format-%d/. %s"):format(shell.quote(FIXTURES), format, shell.quote(folder)))
  local sql = shell.read(folder .. "/state.sql"):gsub(MADE_IN, folder):gsub(in_hex(MADE_IN), in_hex(folder))
  execute(folder .. "/state.db", sql)
end

local function sync(folder)
  return shell.run(("cd %s && %s sync.lua board.json --state state.db"):format(shell.quote(folder),
    shell.quote(os.getenv("FMCAL_LUA"))))
end

-- The board and the events, bytes and all.
local function contents(folder)
  return shell.lines(("cd %s && cat board.json calendars/academy/*.ics && ls calendars/academy"):format(shell.quote(folder)))
end

TestUpgrade = {}

for _, name in ipairs(shell.lines("ls " .. shell.quote(FIXTURES))) do
  local format = tonumber(name:match("^format%-(%d+)$"))
  TestUpgrade["test_a_state_of_format_" .. format] = function()
    local folder <close> = shell.folder()
    copy_of(format, folder.path)
    local before = contents(folder.path)
    local said, errors, status = sync(folder.path)
    lu.assertEquals(status, 0, errors)
    lu.assertStrContains(said, "2 unchanged")
    lu.assertEquals(contents(folder.path), before)

    -- It is a state like any other: an edit travels.
    shell.lines(("sed -i 's/Call both witnesses/Call three witnesses/' %s/board.json"):format(shell.quote(folder.path)))
    lu.assertStrContains(sync(folder.path), "1 updated, 1 unchanged")
  end
end

function TestUpgrade.test_a_state_of_a_newer_fmcal_is_refused()
  local folder <close> = shell.folder()
  copy_of(1, folder.path)
  execute(folder.path .. "/state.db", "PRAGMA user_version = 1000")
  local before = contents(folder.path)
  local _, errors, status = sync(folder.path)
  lu.assertEquals(status, 2, errors)
  lu.assertStrContains(errors, "newer")
  lu.assertEquals(contents(folder.path), before)
end

os.exit(lu.LuaUnit.run())
