-- Which coroutines run: one has resumed the next. Lua does not tell by whom a coroutine was resumed, but on top of the
-- stack of one that waits for another lies the function that resumed it, and that function knows which.

local threads = {}

local MAIN = debug.getregistry()[1] -- LUA_RIDX_MAINTHREAD

--- The coroutine that a function in C resumes when it is called, or nil: coroutine.resume and coroutine.close get it as
--- their argument, what coroutine.wrap made holds it.
-- @param thread the coroutine in which it is called
-- @param level of the function there; in the coroutine that runs, 2 is what called this
function threads.resumed_by(thread, level)
  local info = debug.getinfo(thread, level, "Sf")
  if not info or info.what ~= "C" then return nil end
  local _, held = debug.getupvalue(info.func, 1)
  if type(held) == "thread" then return held end
  local _, argument = debug.getlocal(thread, level, 1)
  local resumes = info.func == coroutine.resume or info.func == coroutine.close
  return resumes and type(argument) == "thread" and argument or nil
end

--- The coroutines from the main one to one that runs or has resumed what runs.
-- @return list; it starts at `thread` where somebody resumed it whom nobody knows
function threads.chain(thread)
  local chain, at = {}, MAIN
  while at and at ~= thread do
    chain[#chain + 1] = at
    at = threads.resumed_by(at, 0)
  end
  if not at then chain = {} end
  chain[#chain + 1] = thread
  return chain
end

--- How many functions lie on a stack from this level on. Of the coroutine that runs, level 2 is what called this.
function threads.height(thread, level)
  local low, high = level, level + 1 -- low is there
  if not debug.getinfo(thread, low, "l") then return 0 end
  while debug.getinfo(thread, high, "l") do low, high = high, high * 2 end
  while high - low > 1 do
    local middle = (low + high) // 2
    if debug.getinfo(thread, middle, "l") then low = middle else high = middle end
  end
  return low - level + 1
end

return threads
