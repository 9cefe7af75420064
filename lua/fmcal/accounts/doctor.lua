-- A set-up checked from end to end: each check is { check, target, status = "ok"|"warning"|"problem", message, advice, exit }.
-- Nothing is changed but for the test event, which is removed again; the state is read as a copy.

local base = require "fmcal.model.base"
local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local config = require "fmcal.config"
local credentials = require "fmcal.credentials"
local exits = require "fmcal.exits"
local first_line = require "fmcal.util.first_line"
local given = require "fmcal.util.given"
local http = require "fmcal.http"
local httpdate = require "fmcal.accounts.httpdate"
local inverse = require "fmcal.rules.inverse"
local json = require "fmcal.json"
local probe = require "fmcal.accounts.probe"
local profiles = require "fmcal.accounts.profiles"
local provider = require "fmcal.provider.core"
local quantity = require "fmcal.util.quantity"
local state = require "fmcal.state"
local sys = require "fmcal.sys"
local Target = require "fmcal.place.target"
local time = require "fmcal.time"
local url = require "fmcal.url"
local wording = require "fmcal.place.advice"

local doctor = {}

local CLOCK_TOLERANCE_S = 120
local REACH_TIMEOUT_MS = 15000
local WRITABLE_BY_OTHERS = 0x12 -- group and others
local READABLE_BY_OTHERS = 0x24

local Doctor = {}
Doctor.__index = Doctor

local function add(self, status, check, message, advice, code)
  self.checks[#self.checks + 1] = { status = status, check = check, target = self.target_name, message = message,
    advice = advice, exit = status == "problem" and (code or exits.USAGE) or nil }
end

local function ok(self, check, format, ...) add(self, "ok", check, format:format(...)) end
local function warn(self, check, message, advice) add(self, "warning", check, message, advice) end
local function problem(self, check, err, advice)
  add(self, "problem", check, err.message, advice, exits.of_error(err))
end

-- ---------------------------------------------------------------- board and files

-- @param mode the permission bits of a file; nil where there is none
local function check_mode(self, mode, path, what, wanted)
  if not mode then return end
  if mode & WRITABLE_BY_OTHERS ~= 0 then
    warn(self, "file modes", ("%s %s can be written by other users (mode %o)"):format(what, path, mode),
      ("chmod %o %s"):format(wanted, path))
  elseif mode & READABLE_BY_OTHERS ~= 0 and wanted & READABLE_BY_OTHERS == 0 then
    warn(self, "file modes", ("%s %s can be read by other users (mode %o)"):format(what, path, mode),
      ("chmod %o %s"):format(wanted, path))
  else
    ok(self, "file modes", "%s %s: mode %o", what, path, mode)
  end
end

local function check_file(self, path, what, wanted)
  local stat = sys.stat(path)
  check_mode(self, stat and stat.mode, path, what, wanted)
end

local function has_plain_secrets(section)
  for _, place in ipairs(credentials.places(section)) do
    for name, value in pairs(place.section) do
      if credentials.is_secret(value) and name ~= "username" then return true end
    end
  end
  return false
end

local function check_board(self, path)
  local err
  self.board, err = board.open(path)
  if not self.board then
    problem(self, "board", err, "correct the file; sync.lua leaves it alone until then")
    return false
  end
  ok(self, "board", "%s: %s", path, quantity(#self.board:keys(), "entry", "entries"))
  for _, wrong in ipairs(self.board:problems()) do
    warn(self, "board", wrong.message, "give the entry an id of its own; it is left out until then")
  end
  return true
end

-- ---------------------------------------------------------------- the key

local function check_blob(self, place, keyring)
  local members, err = credentials.open(place.section.encrypted, { team = self.team, provider = place.provider }, keyring)
  local name = #place.path == 1 and place.provider or place.path[1]
  if members then
    ok(self, "key", "CALENDAR_ENCRYPTION_KEY opens the credentials of %s", name)
  else
    problem(self, "key", err, ("set the key that connect.lua stored the credentials of %s with, or connect again"):format(name))
  end
end

local function check_key(self, section)
  local keyring, err = credentials.keyring()
  if not keyring then return problem(self, "key", err, "make one: openssl rand -hex 32") end
  local blobs = 0
  for _, place in ipairs(credentials.places(section)) do
    if type(given(place.section.encrypted)) == "string" then
      blobs = blobs + 1
      check_blob(self, place, keyring)
    end
  end
  if has_plain_secrets(section) then
    warn(self, "key", "the board holds a password unencrypted",
      keyring:can_seal() and "the next sync that writes the board encrypts it"
      or "export CALENDAR_ENCRYPTION_KEY=$(openssl rand -hex 32), keep the key, and sync")
  elseif blobs == 0 then
    ok(self, "key", "no key is needed: the board holds no encrypted credentials")
  end
end

-- ---------------------------------------------------------------- the state

local function check_state(self, options)
  local opened, err, path = board_state.open(self.board:path(), self.team, options.state, { read_only = true })
  if not opened then
    return problem(self, "state", err, "move the file away; the next sync makes another and finds its events again")
  end
  self.state = opened
  if err then warn(self, "state", tostring(err), "the next sync sets it aside and finds its events again") end
  local other = board_state.other_owner(opened, self.board:path())
  if other then
    return add(self, "problem", "state", ("the state %s belongs to the board %s"):format(path, other),
      "give one of the boards another team, or another --state", exits.USAGE)
  end
  local last = opened:get("last_run")
  local former = not last and board_state.former_team(path, self.board:path())
  if former then
    return warn(self, "state", ("no run of team %s yet, but team %s was synced from this board"):format(self.team, former),
      ("if the team was renamed: sync.lua --adopt-team %s"):format(former))
  end
  ok(self, "state", "%s: %s", path, last and "last run " .. last or "no run yet")
end

local function check_last_errors(self, section)
  local last = given(section.lastSyncError)
  if last then
    warn(self, "last run", ("the last run failed: %s"):format(type(last) == "string" and last or json.encode(last)),
      "see what the checks above say")
  end
end

local function check_entry_errors(self, target)
  for _, status in ipairs(base.FAILED) do
    for _, key in ipairs(target.state:bases(status)) do
      local failed = base.failure(target:base(key))
      warn(self, "last run", ("%s: %s"):format(key, failed and failed.message or "failed"),
        "see explain.lua; --retry-failed tries entries again that failed often")
    end
  end
end

-- ---------------------------------------------------------------- the server

-- The URL to knock at; nil where no network leads to the calendar.
local function address_of(spec)
  local profile = profiles.of_target(spec)
  local endpoint = spec.endpoint
  if type(endpoint) == "table" then endpoint = endpoint.api end
  endpoint = endpoint or profile and (profile.endpoint or profile.address)
  if not endpoint or not provider.traits(spec.provider).remote then return nil end
  if endpoint:find("://", 1, true) then return endpoint end
  local host = endpoint:match("^[^:/]*")
  return ((host == "localhost" or host:find("^127%.")) and "http://" or "https://") .. endpoint
end

local function check_clock(self, response)
  local there = httpdate.parse(response.headers.date)
  if not there then return end
  local apart = time.epoch() - there
  if math.abs(apart) <= CLOCK_TOLERANCE_S then
    return ok(self, "clock", "agrees with the server's")
  end
  warn(self, "clock", ("this machine's clock is %d seconds %s the server's"):format(math.abs(apart),
    apart > 0 and "ahead of" or "behind"), "set it (timedatectl set-ntp true): of two edits the later one wins")
end

local ADVICE = {
  timeout = "the server does not answer: try again later, or look at firewall and proxy",
  access = "sign in to the service on the web: the account may be locked, or closed to CalDAV",
  limit = "look at the address: a calendar server does not answer like that",
  network = "look at the address, the network, and the certificate of the server (caFile for an authority of your own)",
}

-- Whether the server answers at all.
local function check_server(self, spec)
  local address = address_of(spec)
  if not address then return true end
  local response, err = http.request { method = "OPTIONS", url = address, retry = false, follow = false,
    timeout_ms = spec.timeout_ms or REACH_TIMEOUT_MS, connect_timeout_ms = spec.timeout_ms or REACH_TIMEOUT_MS,
    allow_http = spec.allow_http, proxy = spec.proxy, ca_file = config.resolve(self.board:path(), spec.ca_file) }
  if not response then
    problem(self, "server", wording.in_board_words(err), ADVICE[err.code])
    return false
  end
  local parts = url.parse(address)
  ok(self, "server", "%s answers%s%s", parts.host, parts.scheme == "https" and " over TLS" or " (without encryption)",
    response.offers and ", and offers to sign in with " .. response.offers or "")
  check_clock(self, response)
  return true
end

local function own_check(spec)
  local profile = profiles.of_provider(spec.provider)
  return profile and profile.check and require(profile.check)
end

-- What the service lets be looked at, such as the rights that it granted; second, whether a service account signs in.
local function check_service(self, spec, resolve)
  local own = own_check(spec)
  if not own then return end
  local found, options = own.sign_in(self.team, spec, resolve)
  for _, check in ipairs(found) do
    add(self, check.status, check.check, check.message, check.advice, check.code and exits.of_error(check))
  end
  local key_file = options and options.serviceAccountFile
  if key_file then check_file(self, key_file, "the key of the service account", 384) end
  return options and (options.serviceAccount or key_file) ~= nil
end

-- A person has no part in the sign-in of a service account: what the error advises is of no use there.
local function sign_in_advice(spec, err, is_service_account)
  if err.advised and not is_service_account then return nil end
  local own = own_check(spec)
  local sentence = own and own.advice(err, is_service_account)
  if sentence then return sentence end
  if err.code == "auth" then
    local profile = profiles.of_target(spec)
    return ("make a new %s and run: connect.lua %s"):format(
      profile and profile.password and profile.password:lower() or "password", profile and profile.name or spec.provider)
  end
  return ADVICE[err.code]
end

-- Signs in for real, not from what discovery once found out.
local function check_sign_in(self, target, is_service_account)
  local bound = target.state:binding()
  if bound then assert(target.state:set_discovery(nil)) end
  local opened, err = target:open()
  if not opened then
    problem(self, "sign-in", err, sign_in_advice(target.spec, err, is_service_account))
    return false
  end
  local binding = target.binding
  ok(self, "sign-in", "account %s, calendar %q", binding.account ~= "" and binding.account or target.name, binding.name)
  if bound and target.bound == "changed" then
    warn(self, "state", ("the state knows another calendar (%s): the next sync starts afresh in %q and deletes nothing")
      :format(bound.name or bound.calendar_id, binding.name), "nothing, where that is meant")
  end
  if not binding.writable then
    warn(self, "rights", ("the calendar %q is read only"):format(binding.name),
      "events come to the board, nothing goes to the calendar; choose another where that is not meant")
  else
    ok(self, "rights", "%q can be written to", binding.name)
  end
  return true
end

local function check_round_trip(self, target)
  local lost, err, what = probe.round_trip(target.provider, self.team)
  if not lost then
    return problem(self, "round trip", err, what == "remove"
      and "delete the event \"fmcal check\" from the calendar" or ADVICE[err.code] or "see what the server says above")
  end
  if #lost == 0 then
    local profile = profiles.of_provider(target.spec.provider)
    return ok(self, "round trip", "an event with emoji, long lines, %s came back as it was",
      profile and profile.keeps or "X- properties and an alarm")
  end
  warn(self, "round trip", "the calendar does not keep " .. table.concat(lost, ", "),
    "fmcal keeps what it needs in its state; edits of these made in the calendar may not come back")
end

local MOST_FAILURES = 3

-- What the rules make of the board's entries, and what of it comes back.
local function check_rules(self, target)
  if not self.settings.rules then return end
  ok(self, "rules", "%s loads", self.settings.rules)
  local findings, failures, mapped = inverse.of_board(self.board, target)
  for _, sentence in ipairs(inverse.sentences(findings)) do warn(self, "rules", sentence, nil) end
  for i = 1, math.min(#failures, MOST_FAILURES) do
    warn(self, "rules", first_line(failures[i]), "mend the rule; the entry is not synced until then")
  end
  if #failures > MOST_FAILURES then
    warn(self, "rules", ("they fail for %s more"):format(quantity(#failures - MOST_FAILURES, "entry", "entries")), nil)
  end
  if #findings + #failures == 0 then
    ok(self, "rules", "%s there and back without a change", quantity(mapped, "entry", "entries"))
  end
end

local function check_target(self, spec)
  local rows = assert(self.state:target(spec.name))
  local function resolve(path) return config.resolve(self.board:path(), path) end
  local target, err = Target.new(self.settings, spec, rows, resolve)
  if not target then return problem(self, "rules", err, "mend the rules file; nothing syncs until it loads") end
  check_rules(self, target)
  if check_server(self, spec) then
    local is_service_account = check_service(self, spec, resolve)
    if check_sign_in(self, target, is_service_account) and target.binding.writable and self.write then
      check_round_trip(self, target)
    end
  end
  check_entry_errors(self, target)
  if target.provider then target.provider:close() end
end

-- ---------------------------------------------------------------- all of it

local function check_settings(self, options)
  local err
  self.settings, err = config.load(self.board, options)
  if not self.settings then
    problem(self, "configuration", err, "connect.lua writes it; docs/configuration.md says what it may hold")
    return false
  end
  for _, warning in ipairs(self.settings.warnings) do warn(self, "configuration", warning, nil) end
  ok(self, "configuration", "%d calendar%s", #self.settings.targets, #self.settings.targets == 1 and "" or "s")
  return true
end

local function check_all(self, path, options)
  if not check_board(self, path) then return end
  local section = given(self.board:member("calendarConfig")) or {}
  self.team = given(self.board:member("team"))
  check_file(self, path, "the board", has_plain_secrets(section) and 384 or 420) -- 0600, 0644
  if type(self.team) == "string" then check_key(self, section) end
  if not check_settings(self, options) then return end
  local state_path = board_state.path(path, self.team, options.state)
  check_mode(self, state.mode(state_path), state_path, "the state", 384)
  check_state(self, options)
  for _, spec in ipairs(self.state and self.settings.targets or {}) do
    self.target_name, spec.timeout_ms = spec.name, self.timeout_ms or spec.timeout_ms
    spec.retry_for_ms = probe.RETRY_FOR_MS
    check_target(self, spec)
  end
  self.target_name = nil
  check_last_errors(self, section)
end

--- Checks a board's set-up.
-- @param path string the board
-- @param options { state, config, rules, team = as for fmcal.sync.run; write = boolean, timeout_ms = integer|nil }
-- @return list of checks, and the exit status they amount to
function doctor.check(path, options)
  local self = setmetatable({ checks = json.array {}, write = options.write, timeout_ms = options.timeout_ms }, Doctor)
  check_all(self, path, options)
  if self.state then self.state:close() end
  if self.board then self.board:close() end
  local statuses = {}
  for _, check in ipairs(self.checks) do statuses[#statuses + 1] = check.exit end
  return self.checks, exits.worst(statuses)
end

return doctor
