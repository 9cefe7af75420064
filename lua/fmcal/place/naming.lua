-- Which calendars name their events apart: servers refuse a UID twice in one account, so only one of its calendars has
-- the plain UIDs. Once a calendar has its names it keeps them, whatever is added, switched off or fails beside it.

local attempt = require "fmcal.util.attempt"
local json = require "fmcal.json"

local naming = {}

-- An endpoint is text, or several addresses.
local function same_endpoint(a, b)
  return json.encode(a or json.null, { sort = true }) == json.encode(b or json.null, { sort = true })
end

local function same_account(a, b)
  return a.target.spec.provider == b.target.spec.provider
    and same_endpoint(a.target.spec.endpoint, b.target.spec.endpoint) and a.binding.account == b.binding.account
end

local function note_name(target)
  return "names." .. target.name
end

-- What is noted of a calendar's names, or nil where nothing is, or of another calendar.
local function noted(case, state)
  local note = attempt.found(state:get(note_name(case.target)))
  note = note and json.decode(note)
  local binding = case.binding
  if not note or note.account ~= binding.account or note.calendar_id ~= binding.calendar_id then return nil end
  return note.apart
end

local function keep_note(case, state)
  local note = { account = case.binding.account, calendar_id = case.binding.calendar_id, apart = case.apart }
  assert(state:set(note_name(case.target), assert(json.encode(note, { sort = true }))))
end

-- A calendar that cannot be opened now is known from an earlier run.
local function case_of(target)
  local binding = target.binding or attempt.found(target.state:binding())
  return binding and { target = target, binding = binding } or nil
end

local function has_plain_names(case, cases)
  for _, other in ipairs(cases) do
    if other ~= case and other.apart == false and same_account(other, case) then return true end
  end
  return false
end

--- Chooses the names of calendars, in their order: noted, else as the events there have them, else apart where another
-- calendar in the account has the plain ones.
-- @param state fmcal.state
-- @param board fmcal.board
-- @param targets list of fmcal.place.target, the failed ones too
-- @param keep whether to note what is chosen
function naming.choose(state, board, targets, keep)
  local cases, new = {}, {}
  for _, target in ipairs(targets) do
    local case = case_of(target)
    if case then
      cases[#cases + 1] = case
      case.apart = noted(case, state)
      if case.apart == nil then
        new[#new + 1] = case
        case.apart = target:names_in_use(board)
      end
    end
  end
  for _, case in ipairs(cases) do
    if case.apart == nil then case.apart = has_plain_names(case, cases) end
    if case.apart then case.target:share_account() end
  end
  for _, case in ipairs(keep and new or {}) do keep_note(case, state) end
end

return naming
