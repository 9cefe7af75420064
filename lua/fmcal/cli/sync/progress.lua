-- A progress bar: one line on standard error, only on a terminal, redrawn a few times a second.

local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"
local time = require "fmcal.time"

local progress = {}

local REDRAW_MS = 80
local BAR_COLUMNS = 24
local CLEAR_LINE = "\r\27[K"

local WORDS = { open = "reading the calendar", plan = "comparing", write = "writing", read = "reading back",
  boards = "boards" }

local Bar = {}
Bar.__index = Bar

local function bar_of(done, total)
  local filled = total > 0 and BAR_COLUMNS * done // total or 0
  return ("█"):rep(filled) .. ("░"):rep(BAR_COLUMNS - filled)
end

--- The line that shows how far a phase is.
-- @param columns of the terminal
function progress.line(columns, phase, done, total, name)
  local text = WORDS[phase] or phase
  if name then text = terminal.clean(name) .. ": " .. text end
  if total > 0 then text = ("%s %s %d/%d"):format(bar_of(done, total), text, done, total) end
  return terminal.cut(text, columns - 1)
end

--- A bar on standard error; silent where that is no terminal.
-- @param quiet boolean never draw
function progress.new(quiet)
  local view = terminal.of("stderr")
  return setmetatable({ view = view, on = not quiet and view.columns ~= nil, drawn_ms = nil }, Bar)
end

--- Shows how far a phase is. Calls in quick succession are passed over.
function Bar:show(phase, done, total, name)
  if not self.on then return end
  local now = time.monotonic_ms()
  if self.drawn_ms and now - self.drawn_ms < REDRAW_MS and done < total then return end
  self.drawn_ms = now
  io.stderr:write(CLEAR_LINE, progress.line(sys.columns("stderr") or self.view.columns, phase, done, total, name))
  io.stderr:flush()
end

--- Takes the line away.
function Bar:clear()
  if self.on and self.drawn_ms then io.stderr:write(CLEAR_LINE) end
  self.drawn_ms = nil
end

return progress
