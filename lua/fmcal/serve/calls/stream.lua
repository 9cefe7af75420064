-- The stream of events, and its twin for clients that cannot stream.

local access = require "fmcal.serve.access"
local answer = require "fmcal.serve.http.answer"
local json = require "fmcal.json"
local problem = require "fmcal.serve.http.problem"
local tasks = require "fmcal.children.tasks"

local stream = {}

local RETRY_MS, COMMENT_MS = 3000, 15000
local MOST_WAIT_S = 60

local HEADERS = { ["Content-Type"] = "text/event-stream", ["Cache-Control"] = "no-store", ["X-Accel-Buffering"] = "no",
  ["X-Content-Type-Options"] = "nosniff", ["Referrer-Policy"] = "no-referrer", ["Cross-Origin-Resource-Policy"] = "same-origin" }

local function text_of(event)
  return ("%sevent: %s\ndata: %s\n\n"):format(event.id and "id: " .. event.id .. "\n" or "", event.name, event.data)
end

-- Whether an event is for whoever asks.
local function filter_of(request)
  return function(event)
    return access.sees(request.caller, event.team) and (not request.team or request.team == event.team)
  end
end

-- What was missed since the id that a client names: events, or a reset where that is not known any more.
local function missed(service, since, is_for)
  if not since then return {} end
  local found = service.stream:since(since)
  if not found then return { { id = service.stream:last(), name = "reset", data = "{}" } } end
  local list = {}
  for _, event in ipairs(found) do
    if is_for(event) then list[#list + 1] = event end
  end
  return list
end

local function since_of(request)
  return request.headers["last-event-id"] or request.query.since
end

-- ---------------------------------------------------------------- the stream

-- Ends a stream: its client has gone, or may not listen any more.
local function close(service, held)
  if held.is_over then return end
  held.is_over = true
  service.stream:forget(held.hear)
  service.streams[held] = nil
  service.tasks:cancel(held.timer)
  if held.board then service.engine:watch(held.board, -1) end
  held.exchange:finish()
end

local function write(service, held, text)
  if not held.exchange:write(text) then close(service, held) end
end

-- A word now and then, so that proxies keep the connection; and a look whether the token still counts.
local function tick(service, held)
  held.timer = service.tasks:after(COMMENT_MS, function()
    if not service.access:still_counts(held.request) then return close(service, held) end
    write(service, held, ":\n\n")
    if not held.is_over then tick(service, held) end
  end)
end

local function open(service, request)
  local held = { request = request, exchange = request.exchange, board = request.board }
  local is_for = filter_of(request)
  local ok = held.exchange:stream(200, HEADERS)
  if not ok then return nil end
  function held.hear(event)
    if is_for(event) then write(service, held, text_of(event)) end
  end
  service.streams[held] = function() close(service, held) end
  service.front:when_gone(held.exchange, service.streams[held])
  if held.board then service.engine:watch(held.board, 1) end
  tick(service, held)
  write(service, held, ("retry: %d\n\n"):format(RETRY_MS))
  for _, event in ipairs(missed(service, since_of(request), is_for)) do held.hear(event) end
  service.stream:listen(held.hear)
  return "streams"
end

-- ---------------------------------------------------------------- its twin

local function told(service, list)
  local events = json.array {}
  for i, event in ipairs(list) do events[i] = { id = event.id, event = event.name, data = json.decode(event.data) } end
  return answer.json { events = events, last = service.stream:last() }
end

-- Waits until there is something, or the time is over.
local function poll(service, request, seconds)
  local is_for = filter_of(request)
  local there = missed(service, since_of(request), is_for)
  if there[1] then return told(service, there) end
  local something = service.tasks:promise()
  local function hear(event)
    if is_for(event) then something:settle(event) end
  end
  service.stream:listen(hear)
  local event = tasks.await(something, seconds * 1000)
  service.stream:forget(hear)
  return told(service, { event })
end

function stream.get(service, request)
  local seconds = request.query.timeout
  if not seconds then return open(service, request) end
  if seconds < 0 or seconds > MOST_WAIT_S then
    return nil, problem.of("invalid-member", "timeout must be from 0 to %d seconds", MOST_WAIT_S):with { member = "timeout" }
  end
  return poll(service, request, seconds)
end

return stream
