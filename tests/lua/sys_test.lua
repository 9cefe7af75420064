local lu = require "luaunit"
local shell = require "shell"
local sys = require "fmcal.sys"

TestSys = {}

function TestSys.test_stat_tells_a_change()
  local folder <close> = shell.folder()
  local path = folder.path .. "/a"
  shell.write(path, "12345")
  local stat = assert(sys.stat(path))
  lu.assertEquals(stat.kind, "file")
  lu.assertEquals(stat.size, 5)
  lu.assertEquals(sys.stat(folder.path).kind, "folder")
  shell.write(path, "123")
  lu.assertEquals(sys.stat(path).inode, stat.inode)
  lu.assertNotEquals(sys.stat(path).size, stat.size)
  local missing, err = sys.stat(folder.path .. "/none")
  lu.assertNil(missing)
  lu.assertEquals(err.code, "notfound")
  lu.assertStrContains(err.message, folder.path .. "/none")
end

function TestSys.test_list()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/b", "")
  shell.write(folder.path .. "/.hidden", "")
  local names = assert(sys.list(folder.path))
  table.sort(names)
  lu.assertEquals(names, { ".hidden", "b" })
  lu.assertEquals(select(2, sys.list(folder.path .. "/none")).code, "notfound")
end

function TestSys.test_absolute()
  local folder <close> = shell.folder()
  lu.assertEquals(sys.absolute(folder.path .. "/."), sys.absolute(folder.path))
  lu.assertEquals(select(2, sys.absolute("no/such")).code, "notfound")
end

function TestSys.test_streams()
  lu.assertFalse(sys.is_terminal("stdin") and sys.columns("stdin") == nil)
  lu.assertErrorMsgContains("invalid option", sys.is_terminal, "printer")
end

function TestSys.test_width_and_fit()
  lu.assertEquals(sys.width("⚖️ COURT"), 8)
  lu.assertEquals({ sys.fit("日本語", 5) }, { "日本", 4 })
  lu.assertEquals({ sys.fit("abc", -1) }, { "", 0 })
end

function TestSys.test_process()
  local p <close> = assert(sys.start { "sh", "-c", "echo \"$1\"; exit 3", "sh", "a b'c" })
  lu.assertEquals(sys.wait_any { p }, 1)
  lu.assertEquals(p:status(), 3)
  lu.assertEquals(p:output(), "a b'c\n")
  p:close()
  lu.assertErrorMsgContains("closed", p.output, p)
end

-- It goes on when the program that started it has ended: in a session of its own, tied to none of its streams.
function TestSys.test_detach()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/start.lua", [[
    local sys = require "fmcal.sys"
    assert(sys.detach({ "sh", "-c", 'read go <"$1/go"; streams=$(for i in 0 1 2; do readlink "/proc/$$/fd/$i"; done); '
      .. 'echo "$(ps -o sid= -p $$) $$\n$streams\n${CALENDAR_ENCRYPTION_KEY:-no key} ${HIDDEN:-hidden} $SHOWN" >"$1/done"', "sh", arg[1] },
      { hide = { "HIDDEN" } }))
    assert(not pcall(sys.detach, { "true" }, { hide = { 1 } }))
    local none, err = sys.detach { "no-such-program-anywhere" }
    print(none, err.code)
  ]])
  shell.lines("mkfifo " .. folder.path .. "/go " .. folder.path .. "/done")
  local out = shell.lines(("HIDDEN=1 SHOWN=2 CALENDAR_ENCRYPTION_KEY=%s %s %s/start.lua %s"):format(("0"):rep(64),
    shell.quote(os.getenv("FMCAL_LUA")), folder.path, folder.path))
  lu.assertEquals(out, { "nil\tnotfound" })
  local lines = shell.lines(("echo go >%s/go; cat %s/done"):format(folder.path, folder.path))
  local session, process = lines[1]:match("(%d+)%s+(%d+)")
  lu.assertEquals(session, process)
  lu.assertEquals({ table.unpack(lines, 2) }, { "/dev/null", "/dev/null", "/dev/null", "no key hidden 2" })
end

function TestSys.test_start_refuses_nonsense()
  lu.assertErrorMsgContains("argument 2 is a table, not a string", sys.start, { "echo", {} })
  lu.assertErrorMsgContains("needed", sys.start, {})
  lu.assertErrorMsgContains("needed", sys.wait_any, {})
  local none, err = sys.start { "no-such-program-anywhere" }
  lu.assertNil(none)
  lu.assertEquals(err.code, "notfound")
end

function TestSys.test_processors()
  lu.assertEquals(tostring(sys.processors()), shell.lines("getconf _NPROCESSORS_ONLN")[1])
end

function TestSys.test_files_are_made_for_their_owner_alone()
  local folder <close> = shell.folder()
  local inner = folder.path .. "/inner"
  lu.assertTrue(sys.make_folder(inner))
  lu.assertTrue(sys.make_folder(inner))
  lu.assertEquals(sys.stat(inner).mode, tonumber("700", 8))
  lu.assertTrue(sys.replace(inner .. "/file", "one"))
  lu.assertTrue(sys.replace(inner .. "/file", "two"))
  lu.assertEquals(sys.read(inner .. "/file"), "two")
  lu.assertEquals(sys.stat(inner .. "/file").mode, tonumber("600", 8))
  lu.assertEquals(sys.list(inner), { "file" })
  local _, err = sys.make_folder(folder.path .. "/none/inner")
  lu.assertEquals(err.code, "notfound")
end

-- In a program of its own: there is no way back.
function TestSys.test_refuse_writes()
  local folder <close> = shell.folder()
  local text = '{"team": "academy", "items": []}'
  shell.write(folder.path .. "/board.json", text)
  shell.write(folder.path .. "/dry.lua", [[
    local board, core, state = require "fmcal.board", require "fmcal.provider.core", require "fmcal.state"
    local folder = arg[1]
    local sys = require "fmcal.sys"
    sys.refuse_writes()
    local b = assert(board.open(folder .. "/board.json"))
    b:set(nil, { "teamName" }, "A")
    print(select(2, b:save {}).code)
    local st = assert(state.open(folder .. "/sub/a.db"))
    print(st:set("a", "b"), st:get("a"))
    print(select(2, sys.replace(folder .. "/file", "")).code, select(2, sys.make_folder(folder .. "/inner")).code)
    for _, kind in ipairs { "vdir", "mock" } do
      local p = assert(core.new(kind, { endpoint = folder .. "/calendar" }))
      assert(p:open())
      local text = assert(p:encode { uid = "a@x", title = "t", dueDate = "2026-02-15" })
      print(select(2, p:apply { { kind = "create", uid = "a@x", text = text } }).code)
    end
  ]])
  local out, errors = shell.run(("%s %s/dry.lua %s"):format(os.getenv("FMCAL_LUA"), folder.path, folder.path))
  lu.assertEquals(out .. errors, "readonly\ntrue\tb\nreadonly\treadonly\nreadonly\nreadonly\n")
  lu.assertEquals(shell.read(folder.path .. "/board.json"), text)
  lu.assertItemsEquals(assert(sys.list(folder.path)), { "board.json", "dry.lua" })
end

TestControls = {}

function TestControls.test_control_characters_are_found_but_for_tab_and_line_feed()
  for byte = 0, 255 do
    local expected = byte < 32 and byte ~= 9 and byte ~= 10 or byte == 127
    for before = 0, 17 do
      local text = ("\n"):rep(before) .. string.char(byte) .. ("é"):rep(5)
      lu.assertEquals(sys.has_controls(text), expected, byte .. " behind " .. before)
    end
  end
  lu.assertFalse(sys.has_controls(""))
end

function TestSys.test_utf8()
  local odd = { "é", "€", "😀", "\u{D7FF}", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF" }
  for _, piece in ipairs(odd) do
    for before = 0, 17 do
      for _, after in ipairs { "", "x", ("x"):rep(9) } do
        local text = ("a"):rep(before) .. piece .. after
        lu.assertEquals(sys.is_utf8(text), utf8.len(text) ~= nil, ("%q behind %d"):format(piece, before))
      end
    end
  end
  lu.assertTrue(sys.is_utf8(""))
end

os.exit(lu.LuaUnit.run())
