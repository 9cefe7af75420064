-- JSON decoded into Lua tables and encoded again, fmcal.json beside lua-cjson in the same process.
-- fmcal-lua json.lua FILE [RUNS]: medians of the CPU clock in MB/s.
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

local file = assert(io.open(arg[1], "rb"))
local text = file:read("a")
file:close()

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
