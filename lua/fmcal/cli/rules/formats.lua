-- How results of tests are shown: for a person, as TAP 13, JUnit's XML, or JSON.
--
-- A report is a list of { path, error (a sentence: the file does not load), results (see fmcal.trial.suite) }.

local json = require "fmcal.json"
local quantity = require "fmcal.util.quantity"
local terminal = require "fmcal.cli.terminal"

local formats = {}

local function each(report, fn)
  for _, file in ipairs(report) do
    if file.error then
      fn(file, { name = "the file loads", ms = 0, line = 1, failure = { sentence = file.error, details = {} } })
    end
    for _, result in ipairs(file.results) do fn(file, result) end
  end
end

local function place(file, result)
  return ("%s:%d"):format(file.path, result.failure and result.failure.line or result.line or 1)
end

--- How many tests there are, and how many failed.
function formats.count(report)
  local all, failed = 0, 0
  each(report, function(_, result)
    all = all + 1
    if result.failure then failed = failed + 1 end
  end)
  return all, failed
end

-- ---------------------------------------------------------------- for a person

local function failure_lines(view, file, result)
  local failure = result.failure
  local lines = { ("%s %s: %s"):format(terminal.paint(view, "red", "FAIL"), terminal.clean(place(file, result)),
    terminal.clean(result.name)), "  " .. terminal.clean(failure.sentence) }
  for _, line in ipairs(failure.details) do lines[#lines + 1] = "  " .. terminal.clean(line) end
  if failure.source then
    local margin = ("  %d "):format(failure.line)
    lines[#lines + 1] = margin .. "| " .. terminal.clean(failure.source:match("^%s*(.-)%s*$"))
    for _, line in ipairs(failure.values) do lines[#lines + 1] = (" "):rep(#margin) .. "  " .. terminal.clean(line) end
  end
  return lines
end

function formats.text(report, options)
  local view, lines = terminal.of("stdout"), {}
  each(report, function(file, result)
    if result.failure then
      local about = failure_lines(view, file, result)
      table.move(about, 1, #about, #lines + 1, lines)
    elseif options.verbose then
      lines[#lines + 1] = ("%s   %s: %s (%d ms)"):format(terminal.paint(view, "green", "ok"), terminal.clean(place(file, result)),
        terminal.clean(result.name), result.ms)
    end
  end)
  local all, failed = formats.count(report)
  lines[#lines + 1] = ("%s, %d failed"):format(quantity(all, "test"), failed)
  return lines
end

-- ---------------------------------------------------------------- for programs

function formats.tap(report)
  local lines, number = { "TAP version 13", ("1..%d"):format((formats.count(report))) }, 0
  each(report, function(file, result)
    number = number + 1
    lines[#lines + 1] = ("%s %d - %s: %s"):format(result.failure and "not ok" or "ok", number, terminal.clean(file.path),
      (terminal.clean(result.name):gsub("#", "\\#")))
    if result.failure then
      lines[#lines + 1] = "# " .. terminal.clean(place(file, result)) .. ": " .. terminal.clean(result.failure.sentence)
      for _, line in ipairs(result.failure.details) do lines[#lines + 1] = "# " .. terminal.clean(line) end
    end
  end)
  return lines
end

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function xml(text)
  return (terminal.clean(text):gsub('[&<>"]', ENTITIES))
end

function formats.junit(report)
  local all, failed = formats.count(report)
  local lines = { '<?xml version="1.0" encoding="UTF-8"?>', ('<testsuites tests="%d" failures="%d">'):format(all, failed) }
  for _, file in ipairs(report) do
    local tests, failures = formats.count { file }
    lines[#lines + 1] = ('  <testsuite name="%s" tests="%d" failures="%d">'):format(xml(file.path), tests, failures)
    each({ file }, function(_, result)
      local head = ('    <testcase classname="%s" name="%s" file="%s" line="%d" time="%.3f"'):format(xml(file.path),
        xml(result.name), xml(file.path), result.line or 1, result.ms / 1000)
      if not result.failure then
        lines[#lines + 1] = head .. "/>"
        return
      end
      lines[#lines + 1] = head .. ">"
      lines[#lines + 1] = ('      <failure message="%s">%s</failure>'):format(xml(result.failure.sentence),
        xml(place(file, result) .. ": " .. table.concat(result.failure.details, "; ")))
      lines[#lines + 1] = "    </testcase>"
    end)
    lines[#lines + 1] = "  </testsuite>"
  end
  lines[#lines + 1] = "</testsuites>"
  return lines
end

function formats.json(report, options)
  local all, failed = formats.count(report)
  local list = json.array {}
  each(report, function(file, result)
    local failure = result.failure
    list[#list + 1] = { file = file.path, name = result.name, line = result.line, ms = result.ms, ok = failure == nil,
      failure = failure and { sentence = failure.sentence, details = json.array(failure.details), line = failure.line } }
  end)
  return { (json.encode({ tests = all, failed = failed, results = list, coverage = options.coverage }, { sort = true })) }
end

return formats
