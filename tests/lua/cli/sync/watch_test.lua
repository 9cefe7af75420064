local lu = require "luaunit"
local shell = require "shell"
local watch = require "fmcal.cli.sync.watch"

TestWatch = {}

function TestWatch.test_the_interval_ends_the_wait()
  local folder <close> = shell.folder()
  local paths = { folder.path .. "/a", folder.path .. "/missing" }
  shell.write(paths[1], "1")
  lu.assertEquals(watch.wait(paths, watch.marks(paths), 0.01), "interval")
end

function TestWatch.test_a_change_ends_it()
  local folder <close> = shell.folder()
  local paths = { folder.path .. "/a", folder.path .. "/b" }
  shell.write(paths[1], "1")
  local marks = watch.marks(paths)
  lu.assertNil(watch.changed(paths, marks))
  shell.write(paths[2], "new")
  lu.assertEquals({ watch.wait(paths, marks, 600) }, { "changed", paths[2] })
  marks = watch.marks(paths)
  shell.write(folder.path .. "/other", "1")
  os.rename(folder.path .. "/other", paths[1])
  lu.assertEquals(watch.changed(paths, marks), paths[1])
  marks = watch.marks(paths)
  os.remove(paths[1])
  lu.assertEquals(watch.changed(paths, marks), paths[1])
end

os.exit(lu.LuaUnit.run())
