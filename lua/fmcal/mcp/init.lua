-- A server of the Model Context Protocol on standard input and output: messages come in lines and go out in lines.

local cli = require "fmcal.cli"
local input = require "fmcal.input"
local loop = require "fmcal.loop"
local session = require "fmcal.mcp.session"

local mcp = {}

local MOST_OF_A_MESSAGE = 4 << 20 -- bytes

-- Takes all lines that are there. @return whether no more will come
local function take_lines(lines, with)
  while true do
    local found, line = lines:take()
    if not found then cli.fail(line) end
    if found == "none" or found == "end" then return found == "end" end
    if found == "line" then with:take(line) else with:take_too_long(MOST_OF_A_MESSAGE) end
  end
end

local function go_on(lines, waits, with)
  local is_over, is_awaited = take_lines(lines, with), false
  while not is_over or with:is_busy() do
    if not is_over and not is_awaited then
      cli.check(waits:add(lines))
      is_awaited = true
    end
    local things, err = waits:wait()
    if not things then return err.code == "canceled" or cli.fail(err) end
    for _, thing in ipairs(things) do
      if thing ~= lines then with:hear(thing) end
    end
    is_over = is_over or take_lines(lines, with)
    if is_over and is_awaited then
      waits:remove(lines)
      is_awaited = false
    end
  end
end

--- Serves until standard input ends or somebody stops it.
-- @param options { places (see fmcal.mcp.places), read_only }
-- @return exit status
function mcp.serve(options)
  local lines <close> = cli.check(input.open(MOST_OF_A_MESSAGE))
  local waits <close> = cli.check(loop.new())
  local with = session.new { places = options.places, read_only = options.read_only,
    send = function(line)
      cli.print(line)
      cli.flush()
    end,
    started = function(child) cli.check(waits:add(child)) end,
    ended = function(child) waits:remove(child) end,
  }
  local ok, raised = pcall(go_on, lines, waits, with)
  with:close()
  if not ok and not cli.is_interrupt(raised) then error(raised, 0) end
  return cli.exits.OK
end

return mcp
