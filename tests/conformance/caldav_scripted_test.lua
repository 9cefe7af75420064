-- The CalDAV provider keeps the contract whatever the habits of the server: see OPTIONS in support/dav_server.py.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local caldav_world = require "caldav_world"
local servers = require "servers"
local suite = require "suite"

local habits = {
  { "as it comes" },
  { "ctag and listing instead of sync-collection", tokens = false, "sync=false" },
  { "listing alone", tokens = false, "sync=false", "ctag=false" },
  { "invalid tokens answered with 500", "bad_token_status=500" },
  { "no ETags in answers to PUT", "put_etag=false" },
  { "weak ETags", "weak_etags=true" },
  { "no multiget", "multiget=false" },
  { "objects as they were put", verbatim = true, "reorder=false" },
  { "objects as they were put, each read alone", verbatim = true, "reorder=false", "multiget=false" },
  { "UID conflicts with the href", "uid_conflict=403" },
  { "UID conflicts as a failed precondition", "uid_conflict=412" },
  { "UID conflicts within a 207", "uid_conflict=207" },
  { "no query by UID", "uid_query=false" },
  { "hrefs as they are", "quote_hrefs=false" },
  { "a connection for each request", "http10=true" },
  { "no privileges told", untold = true, "privileges=false" },
}

local failed = 0
for _, habit in ipairs(habits) do
  local server = servers.scripted(table.unpack(habit, 2))
  server:add_calendar('{"name": "feed", "writable": false}')
  print("Habit: " .. habit[1])
  failed = failed + suite.run(caldav_world.of(server, {
    tokens = habit.tokens,
    read_only = { calendar_id = "feed" },
    untold = habit.untold,
    verbatim = habit.verbatim,
    paged = habit.tokens ~= false and function(size) server:set(('{"page": %d}'):format(size)) end,
  }))
end
os.exit(failed)
