-- Snapshots: kept in a file beside the tests, taken anew when that is asked for.
local lu = require "luaunit"
local shell = require "shell"
local snapshots = require "fmcal.trial.snapshots"

TestSnapshots = {}

function TestSnapshots:setUp()
  self.folder = shell.folder()
  self.test = self.folder.path .. "/x_test.lua"
end

function TestSnapshots:tearDown() getmetatable(self.folder).__close(self.folder) end

function TestSnapshots:take(values, is_whole)
  local taken = assert(snapshots.open(self.test, true))
  for name, value in pairs(values) do lu.assertNil(taken:compare(name, value)) end
  assert(taken:save(is_whole))
end

function TestSnapshots:test_taken_and_compared()
  self:take { a = { 1, 2 }, b = { c = "x" } }
  local kept = assert(snapshots.open(self.test))
  lu.assertNil(kept:compare("a", { 1, 2 }))
  local sentence, found = kept:compare("b", { c = "y" })
  lu.assertStrContains(sentence, "--update takes it anew")
  lu.assertEquals(found, { { path = "c", expected = "x", actual = "y" } })
end

function TestSnapshots:test_one_that_is_missing_is_a_failure()
  lu.assertStrContains((assert(snapshots.open(self.test)):compare("a", 1)), 'there is no snapshot "a"')
  lu.assertStrContains((assert(snapshots.open(self.test, true)):compare("a", print)), "cannot be kept as JSON")
end

function TestSnapshots:test_those_that_nobody_takes_any_more_go()
  self:take({ a = 1, b = 2 }, true)
  self:take({ b = 3 }, false)
  lu.assertNil((assert(snapshots.open(self.test)):compare("a", 1)))
  self:take({ b = 3 }, true)
  lu.assertNotNil((assert(snapshots.open(self.test)):compare("a", 1)))
  self:take({}, true)
  lu.assertFalse(os.rename(snapshots.path(self.test), snapshots.path(self.test)) or false)
end

function TestSnapshots:test_a_damaged_file()
  shell.write(snapshots.path(self.test), "{")
  local kept, sentence = snapshots.open(self.test)
  lu.assertNil(kept)
  lu.assertStrContains(sentence, "x_test.snapshots.json holds no snapshots")
end

os.exit(lu.LuaUnit.run())
