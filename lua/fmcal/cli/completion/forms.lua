-- What a command expects besides options: forms such as "[BOARD] [list | show ID]". Small letters are typed as they stand,
-- capitals name a value, brackets may be left out, "..." repeats what stands before it.

local forms = {}

-- A placeholder takes any word but for these.
local FITS = {
  BOARD = function(word) return word:find("%.json$") ~= nil end,
}

local function is_literal(token)
  return token:find("^%l") ~= nil
end

local function fits(token, word)
  if is_literal(token) then return token == word end
  local check = FITS[token]
  return not check or check(word)
end

-- ---------------------------------------------------------------- reading a form

local function tokens_of(form)
  local tokens = {}
  for token in form:gsub("[%[%]|]", " %0 "):gmatch("%S+") do tokens[#tokens + 1] = token end
  return tokens
end

-- Each of `heads` with each of `tails` behind it.
local function joined(heads, tails)
  local all = {}
  for _, head in ipairs(heads) do
    for _, tail in ipairs(tails) do all[#all + 1] = table.move(tail, 1, #tail, #head + 1, { table.unpack(head) }) end
  end
  return all
end

local read_alternatives

local function read_sequence(tokens, at)
  local found = { {} }
  while tokens[at] and tokens[at] ~= "|" and tokens[at] ~= "]" do
    local part = { { tokens[at] } }
    if tokens[at] == "[" then
      part, at = read_alternatives(tokens, at + 1)
      part[#part + 1] = {}
    end
    found, at = joined(found, part), at + 1
  end
  return found, at
end

read_alternatives = function(tokens, at)
  local all = {}
  repeat
    local found
    found, at = read_sequence(tokens, at)
    table.move(found, 1, #found, #all + 1, all)
    local goes_on = tokens[at] == "|"
    at = goes_on and at + 1 or at
  until not goes_on
  return all, at
end

-- ---------------------------------------------------------------- what comes next

-- What a row of tokens expects behind some words; nil where they do not fit, or fill it.
local function expected(row, before)
  local at = 1
  for _, word in ipairs(before) do
    if row[at] == "..." then at = at - 1 end
    if not row[at] or not fits(row[at], word) then return nil end
    at = at + 1
  end
  return row[at] == "..." and row[at - 1] or row[at]
end

--- What may follow some words.
-- @param form as above
-- @param before list of words that are there already
-- @return list of tokens, each once, in the order of the form
function forms.next(form, before)
  local found, is_in = {}, {}
  for _, row in ipairs(read_alternatives(tokens_of(form), 1)) do
    local token = expected(row, before)
    if token and not is_in[token] then
      found[#found + 1], is_in[token] = token, true
    end
  end
  return found
end

forms.is_literal = is_literal

return forms
