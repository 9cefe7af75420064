local loop = require "fmcal.loop"
local lu = require "luaunit"
local shell = require "shell"
local watch = require "fmcal.watch"

TestWatch = {}

-- What is told until nothing more comes, each change once: "kind name".
local function told(watched)
  local waits <close> = loop.new()
  waits:add(watched)
  local seen, list = {}, {}
  while #assert(waits:wait(50)) > 0 do
    for _, change in ipairs(watched:changes()) do
      local line = change.kind .. " " .. tostring(change.name or change.folder)
      if not seen[line] then list[#list + 1] = line end
      seen[line] = true
    end
  end
  table.sort(list)
  return list
end

function TestWatch.test_files()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/there", "")
  local watched <close> = assert(watch.open())
  assert(watched:add(folder.path))
  assert(watched:add(folder.path))
  lu.assertEquals(told(watched), {})
  shell.write(folder.path .. "/new", "text")
  os.rename(folder.path .. "/there", folder.path .. "/moved")
  lu.assertEquals(told(watched), { "gone there", "written moved", "written new" })
  os.remove(folder.path .. "/new")
  lu.assertEquals(told(watched), { "gone new" })
end

function TestWatch.test_folders()
  local folder <close> = shell.folder()
  local a, b = folder.path .. "/a", folder.path .. "/b"
  shell.lines(("mkdir %s %s"):format(a, b))
  local watched <close> = assert(watch.open())
  assert(watched:add(a))
  assert(watched:add(b))
  shell.lines(("rmdir %s; mv %s %s"):format(a, b, folder.path .. "/c"))
  lu.assertEquals(told(watched), { "folder_gone " .. a, "folder_gone " .. b })
  shell.write(folder.path .. "/c/file", "")
  lu.assertEquals(told(watched), {})
end

function TestWatch.test_more_than_is_kept()
  local folder <close> = shell.folder()
  local most = tonumber(shell.lines("cat /proc/sys/fs/inotify/max_queued_events")[1])
  local watched <close> = assert(watch.open())
  assert(watched:add(folder.path))
  for i = 0, most // 2 do
    local path = folder.path .. "/" .. i % 2
    shell.write(path, "")
    os.remove(path)
  end
  lu.assertEquals(told(watched), { "gone 0", "gone 1", "lost nil", "written 0", "written 1" })
end

function TestWatch.test_what_cannot_be_watched()
  local watched <close> = assert(watch.open())
  local added, err = watched:add("no/such")
  lu.assertNil(added)
  lu.assertEquals(err.code, "notfound")
  lu.assertStrContains(err.message, "no/such")
end

os.exit(lu.LuaUnit.run())
