-- Words and calls that have no place in the sources.
local lu = require "luaunit"
local shell = require "shell"

-- Calls with a safer sibling, in every C file.
local unsafe = { "sprintf", "vsprintf", "strcpy", "stpcpy", "strcat", "strncpy", "strncat", "strtok", "gets", "alloca",
  "atoi", "atol", "asctime", "ctime", "gmtime", "localtime", "tmpnam", "mktemp", "system", "rand", "srand" }
-- Calls that a library must not make: it never exits and never prints.
local program_only = { "exit", "_exit", "abort", "printf", "puts", "putchar", "perror", "vprintf", "fprintf", "setlocale",
  "signal" }

local function calls(text, names)
  local found = {}
  for _, name in ipairs(names) do
    if text:find("%f[%w_]" .. name .. "%s*%(") then found[#found + 1] = name end
  end
  return found
end

-- Without comments and string literals, which may name anything.
local function code_of(text)
  text = text:gsub("/%*.-%*/", " "):gsub("//[^\n]*", " ")
  return (text:gsub('\\.', " "):gsub('"[^"\n]*"', '""'))
end

TestBanned = {}

function TestBanned.test_unsafe_calls()
  for _, folder in ipairs({ "src", "tests", "examples" }) do
    for _, path in ipairs(shell.sources(folder, "c", "h")) do
      lu.assertEquals(calls(code_of(shell.source(path)), unsafe), {}, path)
    end
  end
end

-- util/alloc.h says that memory ran out, and lets arrays grow.
function TestBanned.test_memory_has_one_home()
  for _, path in ipairs(shell.sources("src", "c", "h")) do
    local code = shell.source(path):gsub("/%*.-%*/", " ")
    for _, other in ipairs({ '"out of memory"', '"not enough memory"', 'FM_ENOMEM, [%w_"]+,%s*"memory ran out"' }) do
      lu.assertNil(path ~= "src/util/alloc.c" and code:match(other) or nil, path .. ": fm_error_no_memory() says it")
    end
    lu.assertNil(code:match("= [^;\n]+ %? [^;\n]+ %* 2 : %d+;"), path .. ": fm_grow() lets arrays grow")
  end
end

function TestBanned.test_the_library_never_exits_or_prints()
  for _, path in ipairs(shell.sources("src", "c", "h")) do
    if not path:find("^src/host/program/") and not path:find("^src/host/worker/") then
      lu.assertEquals(calls(code_of(shell.source(path)), program_only), {}, path)
    end
  end
end

function TestBanned.test_unfinished_marks()
  local marks = { "TO" .. "DO", "FIX" .. "ME", "XX" .. "X", "HA" .. "CK" }
  for _, folder in ipairs({ "src", "lua", "scripts", "tests", "examples", "docs" }) do
    for _, path in ipairs(shell.sources(folder, "c", "h", "lua", "sh", "md", "txt", "cmake", "exp")) do
      local text = shell.source(path)
      for _, mark in ipairs(marks) do
        lu.assertNil(text:find("%f[%w]" .. mark .. "%f[%W]"), path .. " says " .. mark)
      end
    end
  end
end

function TestBanned.test_files_hold_one_concept()
  for _, folder in ipairs({ "src", "lua", "scripts" }) do
    for _, path in ipairs(shell.sources(folder, "c", "h", "lua")) do
      local _, lines = shell.source(path):gsub("\n", "")
      lu.assertTrue(lines <= 700, ("%s has %d lines"):format(path, lines))
    end
  end
end

function TestBanned.test_the_check_sees_a_call()
  lu.assertEquals(calls(code_of("x = strcpy (a, b); /* gets(x) */ my_gets(\"exit(1)\");"), unsafe), { "strcpy" })
  lu.assertEquals(calls(code_of("snprintf(a, 1, \"%s\", b); fm_exit(); exit(1);"), program_only), { "exit" })
end

os.exit(lu.LuaUnit.run())
