-- Which lines of rules files ran while tests did.

local chunk_lines = require "fmcal.trial.chunk_lines"
local json = require "fmcal.json"
local sorted_names = require "fmcal.util.sorted_names"
local sys = require "fmcal.sys"

local Coverage = {}
Coverage.__index = Coverage

local coverage = {}

function coverage.new()
  return setmetatable({ files = {} }, Coverage)
end

local function file_at(self, path)
  local file = self.files[path]
  if not file then
    local text = sys.read(path) or ""
    file = { text = text, lines = chunk_lines.of(text), ran = {} }
    self.files[path] = file
  end
  return file
end

--- A function for each line that runs (see fmcal.trial.limits): it notes those of a rules file.
function Coverage:hook(path)
  if not path then return function() end end
  local ran, source = file_at(self, path).ran, "@" .. path
  return function(line)
    if debug.getinfo(3, "S").source == source then ran[line] = true end
  end
end

local function count(file)
  local all, ran = 0, 0
  for line in pairs(file.lines) do
    all = all + 1
    if file.ran[line] then ran = ran + 1 end
  end
  return all, ran
end

local function percentage(all, ran)
  return all == 0 and 100 or 100 * ran / all
end

--- Of all lines of all files.
function Coverage:percent()
  local all, ran = 0, 0
  for _, file in pairs(self.files) do
    local of_file, ran_of_file = count(file)
    all, ran = all + of_file, ran + ran_of_file
  end
  return percentage(all, ran)
end

--- { [path] = { percent, missed = list of lines } }
function Coverage:summary()
  local files = {}
  for path, file in pairs(self.files) do
    local missed = json.array {}
    for line in pairs(file.lines) do
      if not file.ran[line] then missed[#missed + 1] = line end
    end
    table.sort(missed)
    files[path] = { percent = percentage(count(file)), missed = missed }
  end
  return files
end

--- For a person: each file, with a ">" before the lines that did not run.
function Coverage:lines()
  local shown = {}
  for _, path in ipairs(sorted_names(self.files)) do
    local file, number = self.files[path], 0
    local all, ran = count(file)
    shown[#shown + 1] = ("%s: %d of %d lines ran (%.1f %%)"):format(path, ran, all, percentage(all, ran))
    for line in (ran < all and file.text or ""):gmatch("(.-)\r?\n") do
      number = number + 1
      shown[#shown + 1] = ("%s %4d  %s"):format(file.lines[number] and not file.ran[number] and ">" or " ", number, line)
    end
  end
  return shown
end

return coverage
