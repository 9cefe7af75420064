-- JSON decoded into Lua tables and encoded again, fmcal.json beside lua-cjson in the same process.
-- fmcal-lua json.lua [FILE [RUNS]]: medians of the CPU clock in MB/s; without a file a board of about 10 MB.
local fm = require "fmcal.json"
local has_cjson, cjson = pcall(require, "cjson")

local function median(values)
  table.sort(values)
  return values[(#values + 1) // 2]
end

local function timed(f, value)
  collectgarbage()
  local start = os.clock()
  local result = f(value)
  return os.clock() - start, result
end

local function board_text()
  local items = {}
  for i = 1, 18000 do
    items[i] = {
      id = ("XACA-%05d"):format(i), title = ("Replace brake pads on unit %d — größer ☂"):format(i % 97),
      description = ("First line\nsecond \"quoted\" line with some more text, about a hundred characters. "):rep(2),
      column = "in_progress", priority = i % 5, due = "2026-02-15", tags = { "fleet", "unit", "t" .. i % 13 },
      owner = { name = "User " .. i % 7, mail = "u@example.com" }, estimate = i * 0.25, blocked = i % 3 == 0,
      parent = fm.null, updated = "2026-01-01T00:00:00Z",
    }
  end
  return fm.encode({ board = "academy", items = items })
end

local function file_text(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local text = arg[1] and file_text(arg[1]) or board_text()

local codecs = { { name = "fmcal.json", decode = fm.decode, encode = fm.encode } }
if has_cjson then codecs[2] = { name = "lua-cjson", decode = cjson.decode, encode = cjson.encode } end

local times = {}
for _ = 1, tonumber(arg[2] or 11) do
  for i, codec in ipairs(codecs) do
    times[i] = times[i] or { decode = {}, encode = {} }
    local took, value = timed(codec.decode, text)
    table.insert(times[i].decode, took)
    table.insert(times[i].encode, (timed(codec.encode, value)))
  end
end
for i, codec in ipairs(codecs) do
  print(("%-10s  %.1f MB  decode %4.0f MB/s  encode %4.0f MB/s"):format(codec.name, #text / 1e6,
    #text / 1e6 / median(times[i].decode), #text / 1e6 / median(times[i].encode)))
end
