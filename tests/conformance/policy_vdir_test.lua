-- The policy suite on a folder of .ics files.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local policy = require "policy"
local shell = require "shell"

local folder = shell.lines("mktemp -d")[1]
os.execute("mkdir -p " .. shell.quote(folder .. "/academy"))

os.exit(policy.run {
  name = "vdir", undoes = true, options = { endpoint = folder, calendar_id = "academy" },
  config = { provider = "vdir", endpoint = folder, calendarId = "academy" },
  etags_age = true, keeps_spelling = true,
  close = function() os.execute("rm -rf " .. shell.quote(folder)) end,
})
