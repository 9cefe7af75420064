-- fmcal-lua as a program: it runs code and scripts as `lua` does.
local lu = require "luaunit"
local shell = require "shell"

local program = shell.quote(os.getenv("FMCAL_LUA"))

-- Runs fmcal-lua with these words behind it; variables of the test runner are kept away from it.
local function fmcal(words, options)
  return shell.run("env -u LUA_PATH_5_4 " .. ((options or {}).env or "") .. " " .. program .. " " .. words, options)
end

local function assert_fails(expected, words, options)
  local _, errors, status = fmcal(words, options)
  lu.assertEquals(status, 1)
  lu.assertStrContains(errors, expected)
  return errors
end

TestOptions = {}

function TestOptions.test_code_runs_in_order()
  lu.assertEquals(fmcal([[-e 'x = 1' -e'y = 2' -e 'print(x + y)']]), "3\n")
end

function TestOptions.test_code_sees_fmcal()
  lu.assertEquals(fmcal([[-e 'print(fmcal._VERSION)']]), "fmcal 0.1.0\n")
end

function TestOptions.test_module_into_global()
  lu.assertEquals(fmcal([[-l fmcal -l h=fmcal.inspect -e 'print(fmcal._VERSION, h({1}))']]), "fmcal 0.1.0\t{ 1 }\n")
  assert_fails("module 'nowhere' not found", "-l nowhere")
end

function TestOptions.test_help_lists_the_commands()
  local text = fmcal("--help")
  for _, name in ipairs { "sync", "connect", "doctor", "explain" } do lu.assertStrContains(text, " " .. name) end
end

-- A name without a slash is fmcal's own command, whatever lies in the folder; a path is a file.
function TestOptions.test_commands_by_name()
  local folder = shell.lines("mktemp -d")[1]
  shell.write(folder .. "/status.lua", "print 'a file'")
  local here = "cd " .. folder .. " && " .. program
  lu.assertEquals((shell.run(here .. " status --help")), (shell.run(here .. " status.lua --help")))
  lu.assertStrContains((shell.run(here .. " status.lua --help")), "Usage: status.lua")
  lu.assertEquals((shell.run(here .. " ./status.lua")), "a file\n")
  os.execute("rm -rf " .. folder)
end

function TestOptions.test_version()
  local text = fmcal("-v")
  lu.assertStrMatches(text, "fmcal 0%.1%.0  Lua 5%.4.*\n")
  lu.assertEquals(fmcal("--version"), text)
  lu.assertEquals(fmcal("-v -e 'print(1)'"), text .. "1\n")
end

function TestOptions.test_help()
  local text, _, status = fmcal("--help")
  lu.assertEquals(status, 0)
  lu.assertStrContains(text, "usage: ")
end

function TestOptions.test_mistyped_options()
  for _, words in ipairs({ "-x", "-vv", "--bogus", "-ii" }) do
    local errors = assert_fails(("unrecognized option '%s'"):format(words), words)
    lu.assertStrContains(errors, "usage: ")
  end
  assert_fails("'-e' needs argument", "-e")
  assert_fails("'-l' needs argument", "-l")
  assert_fails("'-e' needs argument", "-e -v")
end

function TestOptions.test_warnings_are_off_unless_asked_for()
  local _, errors = fmcal([[-e 'warn("careful")']])
  lu.assertEquals(errors, "")
  _, errors = fmcal([[-W -e 'warn("careful")']])
  lu.assertEquals(errors, "Lua warning: careful\n")
  _, errors = fmcal([[-W -e 'warn("very ", "care", "ful") warn("@off") warn("@strange") warn("not ", "heard")']])
  lu.assertEquals(errors, "Lua warning: very careful\n")
end

function TestOptions.test_init_variables()
  lu.assertEquals(fmcal("-e 'print(x)'", { env = "LUA_INIT='x = 1'" }), "1\n")
  lu.assertEquals(fmcal("-e 'print(x)'", { env = "LUA_INIT='x = 1' LUA_INIT_5_4='x = 2'" }), "2\n")
  lu.assertEquals(fmcal("-E -e 'print(x)'", { env = "LUA_INIT='x = 1'" }), "nil\n")
  assert_fails("LUA_INIT:1: oops", "-e 'print(x)'", { env = [[LUA_INIT='error("oops")']] })
  local dir <close> = shell.folder()
  shell.write(dir.path .. "/init.lua", "x = 'from file'")
  lu.assertEquals(fmcal("-e 'print(x)'", { env = "LUA_INIT=@" .. dir.path .. "/init.lua" }), "from file\n")
end

function TestOptions.test_environment_is_ignored_on_request()
  local dir <close> = shell.folder()
  shell.write(dir.path .. "/fmcal.lua", "return 'the checkout'")
  local env = ("FMCAL_LUA_PATH=%s LUA_PATH='%s/?.lua'"):format(dir, dir)
  lu.assertEquals(fmcal("-e 'print(fmcal)'", { env = env }), "the checkout\n")
  lu.assertEquals(fmcal("-E -e 'print(fmcal._VERSION, package.path:find(\"" .. dir.path .. "\", 1, true))'", { env = env }),
    "fmcal 0.1.0\tnil\n")
end

function TestOptions.test_log_level_variable()
  local code = [[-e 'require("fmcal.log").info("hello %s", "there")']]
  local _, errors = fmcal(code)
  lu.assertEquals(errors, "")
  _, errors = fmcal(code, { env = "FMCAL_LOG=info" })
  lu.assertEquals(errors, "info: lua: hello there\n")
  _, errors = fmcal(code, { env = "FMCAL_LOG=loud" })
  lu.assertEquals(errors, 'fmcal-lua: FMCAL_LOG is "loud": use error, warn, info, debug or trace\n')
end

TestErrors = {}

function TestErrors.test_code_has_a_traceback()
  local errors = assert_fails("(command line):1: broken", [[-e 'error("broken")']])
  lu.assertStrContains(errors, "stack traceback:")
end

function TestErrors.test_syntax()
  assert_fails("(command line):1: unexpected symbol near '='", [[-e 'x = = 1']])
end

function TestErrors.test_error_objects()
  assert_fails(": told\n", [[-e 'error(setmetatable({}, {__tostring = function() return "told" end}))']])
  assert_fails("(error object is a table value)", [[-e 'error({})']])
  assert_fails("(error object is a nil value)", [[-e 'error()']])
end

function TestErrors.test_the_first_error_ends_it()
  local text = fmcal([[-e 'print(1)' -e 'error()' -e 'print(2)']])
  lu.assertEquals(text, "1\n")
end

function TestErrors.test_module_with_an_error_has_a_traceback()
  local dir <close> = shell.folder()
  shell.write(dir.path .. "/bad.lua", "local function f() error('in module') end f()")
  local errors = assert_fails("bad.lua:1: in module", "-l bad", { env = ("LUA_PATH='%s/?.lua'"):format(dir) })
  lu.assertStrContains(errors, "stack traceback:")
end

TestScripts = {}

function TestScripts:setUp()
  self.dir = shell.folder()
  self.script = self.dir.path .. "/script.lua"
end

function TestScripts:tearDown()
  getmetatable(self.dir).__close(self.dir)
end

function TestScripts:test_arguments()
  shell.write(self.script, "print(#arg, arg[0] == '" .. self.script .. "', arg[-1], ...)")
  lu.assertEquals(fmcal("-e '' " .. self.script .. " a 'b c' -x"), "3\ttrue\t\ta\tb c\t-x\n")
  shell.write(self.script, "print(arg[-1], arg[-2] ~= nil)")
  lu.assertEquals(fmcal("-- " .. self.script), "--\ttrue\n")
end

function TestScripts:test_arguments_may_be_changed_by_code()
  shell.write(self.script, "print(...)")
  lu.assertEquals(fmcal("-e 'arg[2] = \"two\"' " .. self.script .. " one"), "one\ttwo\n")
end

function TestScripts.test_code_without_a_script_has_the_arg_table_too()
  lu.assertEquals(fmcal("-e 'print(arg[0] ~= nil, arg[1], #arg)'"), "true\t-e\t2\n")
end

function TestScripts:test_first_line_may_name_the_program()
  local link = self.dir.path .. "/fmcal-lua" -- the kernel takes no blank in this path
  os.execute(("ln -s %s %s"):format(program, link))
  shell.write(self.script, "#!" .. link .. "\nprint('ran', ...)\n")
  os.execute("chmod +x " .. self.script)
  lu.assertEquals(shell.run("env -u LUA_PATH_5_4 " .. self.script .. " x"), "ran\tx\n")
end

function TestScripts:test_exit_status()
  shell.write(self.script, "os.exit(tonumber((...)))")
  for _, expected in ipairs({ 0, 3, 6 }) do
    local _, _, status = fmcal(self.script .. " " .. expected)
    lu.assertEquals(status, expected)
  end
  shell.write(self.script, "return 5")
  local _, _, status = fmcal(self.script)
  lu.assertEquals(status, 0)
end

function TestScripts:test_errors_have_a_traceback()
  shell.write(self.script, "local function deep() error('broken') end\nlocal t = {go = function() deep() end}\nt.go()")
  local errors = assert_fails("script.lua:1: broken", self.script)
  lu.assertStrContains(errors, "script.lua:3: in main chunk")
end

function TestScripts:test_missing_script()
  assert_fails("cannot open " .. self.script, self.script)
end

function TestScripts.test_standard_input()
  lu.assertEquals(fmcal("", { input = "print('from input', ...)" }), "from input\n")
  lu.assertEquals(fmcal("- a b", { input = "print('from input', arg[0], ...)" }), "from input\t-\ta\tb\n")
  assert_fails("stdin:1: broken", "-", { input = "error('broken')" })
end

function TestScripts:test_bytecode_file()
  shell.write(self.script, string.dump(load("print('compiled')")))
  lu.assertEquals(fmcal(self.script), "compiled\n")
end

function TestScripts.test_runs_from_any_folder()
  lu.assertEquals(shell.run("cd / && env -i " .. program .. " -e 'print(fmcal._VERSION)'"), "fmcal 0.1.0\n")
end

function TestScripts:test_interrupt_ends_a_busy_script()
  shell.write(self.script, "io.stdout:write('busy\\n') io.stdout:flush() while true do end")
  local out = self.dir.path .. "/out"
  local text, errors = shell.run(([[
    %s %s >%s 2>%s.err & pid=$!
    until grep -qs busy %s; do sleep 0.01; done
    kill -INT $pid
    wait $pid; echo "status $?"; cat %s.err]]):format(program, self.script, out, out, out, out))
  lu.assertEquals(errors, "")
  lu.assertStrContains(text, "status 1\n")
  lu.assertStrContains(text, ": interrupted\n")
  lu.assertStrContains(text, "in main chunk")
end

-- Runs the script, sends the signal once it has printed "ready", and gives what it printed and its status.
local function signalled(self, signal)
  local out = self.dir.path .. "/out"
  os.remove(out) -- what an earlier one printed is not its word
  return shell.run(([[
    %s %s >%s 2>&1 & pid=$!
    until grep -qs ready %s; do sleep 0.01; done
    kill -%s $pid
    wait $pid; echo "status $?"; cat %s]]):format(program, self.script, out, out, signal, out))
end

-- Runs code that is busy once `ready` was called, and interrupts it.
local function interrupted(self, code)
  shell.write(self.script, 'local function ready() print("ready") io.stdout:flush() end ' .. code)
  return signalled(self, "INT")
end

function TestScripts:test_an_interrupt_reaches_protected_calls()
  local text = interrupted(self, [[
    local ok, err
    repeat ok, err = pcall(function() ready() while true do end end) until not ok
    for i = 1, 1000000 do end
    print(err.code, "cleaned up")]])
  lu.assertEquals(text, "status 0\nready\ncanceled\tcleaned up\n")
end

function TestScripts:test_an_interrupt_reaches_coroutines()
  local made = [[
    local co = coroutine.create(function() ready() while true do end end)
    print(coroutine.resume(co))]]
  lu.assertEquals(interrupted(self, made), "status 0\nready\nfalse\tinterrupted\n")
  local wrapped = [[
    print(pcall(coroutine.wrap(function() coroutine.wrap(function() ready() while true do end end)() end)))]]
  lu.assertEquals(interrupted(self, wrapped), "status 0\nready\nfalse\tinterrupted\n")
end

function TestScripts:test_a_coroutine_that_catches_the_interrupt_goes_on()
  local text = interrupted(self, [[
    local co = coroutine.wrap(function()
      coroutine.yield(pcall(function() ready() while true do end end))
      return "went on"
    end)
    print(co())
    for i = 1, 1000000 do end
    print(co())]])
  lu.assertEquals(text, "status 0\nready\nfalse\tinterrupted\nwent on\n")
end

function TestScripts:test_wrong_coroutines_are_refused_as_by_lua()
  local text = fmcal([[-e 'print(pcall(coroutine.create, 7)) print(select("#", coroutine.create(print, 1, 2)))']])
  lu.assertEquals(text, "false\tbad argument #1 to 'coroutine.create' (function expected, got number)\n1\n")
end

function TestScripts:test_the_hook_of_a_script_outlives_an_interrupt()
  local text = interrupted(self, [[
    print(debug.gethook())
    local lines = 0
    debug.sethook(function() lines = lines + 1 end, "l")
    pcall(function() ready() while true do end end)
    local before = lines
    print(select(2, debug.gethook()))
    print(lines > before)]])
  lu.assertEquals(text, "status 0\nnil\nready\nl\t0\ntrue\n")
end

function TestScripts:test_a_waiting_script_learns_that_it_shall_stop()
  shell.write(self.script, [[
    print("ready") io.stdout:flush()
    local waited, err = require("fmcal.time").sleep(600000)
    print(waited, err.code)
    for i = 1, 1000000 do end
    print("cleaned up")]])
  for _, signal in ipairs { "INT", "TERM" } do
    lu.assertEquals(signalled(self, signal), "status 0\nready\nnil\tcanceled\ncleaned up\n")
  end
end

function TestScripts:test_a_script_that_waits_for_a_process_learns_that_it_shall_stop()
  shell.write(self.script, [[
    local sys = require("fmcal.sys")
    local p <close> = assert(sys.start { "sleep", "600" })
    print("ready") io.stdout:flush()
    print(select(2, sys.wait_any { p }).code)]])
  lu.assertEquals(signalled(self, "TERM"), "status 0\nready\ncanceled\n")
end

function TestScripts:test_what_waited_when_it_was_interrupted_can_be_closed()
  shell.write(self.script, ([[
    local path = %q
    local state = require("fmcal.state")
    local holder <close>, waiter = assert(state.open(path)), assert(state.open(path))
    local lock <close> = assert(holder:lock(0))
    local ok, err = pcall(function()
      print("ready") io.stdout:flush()
      waiter:lock(600000)
    end)
    print(ok, err.code)
    waiter:close()]]):format(self.dir.path .. "/state.db"))
  lu.assertEquals(signalled(self, "INT"), "status 0\nready\nfalse\tcanceled\n")
end

function TestScripts:test_a_checkout_comes_first_and_lacks_what_is_not_ours()
  shell.lines("mkdir -p " .. self.dir.path .. "/fmcal/util && echo 'return 7' >" .. self.dir.path .. "/fmcal/util/suggest.lua")
  shell.write(self.script, [[print(require "fmcal.util.suggest", type(require "fmcal.cli.argparse"), require("fmcal")._VERSION)]])
  lu.assertEquals(fmcal(self.script, { env = "FMCAL_LUA_PATH=" .. self.dir.path }), "7\ttable\tfmcal 0.1.0\n")
end

function TestScripts:test_a_closed_pipe_is_no_signal()
  shell.write(self.script, "while io.stdout:write(('x'):rep(100), '\\n') do end os.exit(7)")
  local text = shell.run(("{ %s %s; echo $? >%s/status; } | head -n 1 >/dev/null; cat %s/status"):format(
    program, self.script, self.dir, self.dir))
  lu.assertEquals(text, "7\n")
end

os.exit(lu.LuaUnit.run())
