-- Personal text made unreadable, so that lengths, repeats and structure stay: each word becomes another one of its length,
-- the same in every place; marks, blanks and emoji are as they were.

local crypto = require "fmcal.crypto"

local Mask = {}
Mask.__index = Mask

local mask = {}

-- Letters beyond ASCII, by the bytes that they take: what stands for them has as many.
local TWO_BYTES, THREE_BYTES = 0xE0, 0x4E00

local function is_letter(point)
  return point >= 0xC0 and point <= 0x24F and point ~= 0xD7 and point ~= 0xF7 or point >= 0x370 and point <= 0x1FFF
    or point >= 0x3040 and point <= 0x9FFF or point >= 0xAC00 and point <= 0xD7A3
end

local function other(point, random)
  if point < 0x80 then
    local char = string.char(point)
    if char:find("%d") then return string.char(48 + random % 10) end
    if char:find("%u") then return string.char(65 + random % 26) end
    if char:find("%l") then return string.char(97 + random % 26) end
    return char
  end
  if not is_letter(point) then return utf8.char(point) end
  return utf8.char(point < 0x800 and TWO_BYTES + random % 22 or THREE_BYTES + random % 256)
end

-- Bytes that follow from a word and the secret of this recording, as many as are wanted.
local function stream(self, word)
  local block, at, bytes = 0, 0, ""
  return function()
    if at == #bytes then
      bytes, at = crypto.hmac("sha256", self.secret, word .. block), 0
      block = block + 1
    end
    at = at + 1
    return bytes:byte(at)
  end
end

local function masked_word(self, word)
  if self.kept[word:lower()] then return word end
  local next_byte, parts = stream(self, word:lower()), {}
  for _, point in utf8.codes(word) do parts[#parts + 1] = other(point, next_byte()) end
  return table.concat(parts)
end

-- Words are runs of letters and digits. Dashes and the like are marks, though their bytes look like those of letters.
local function is_of_word(point)
  return point < 0x80 and string.char(point):find("%w") ~= nil or is_letter(point)
end

--- A text in other words.
function Mask:text(text)
  if not utf8.len(text) then return (text:gsub("%w", "x")) end
  local parts, word = {}, {}
  local function finish()
    if #word > 0 then parts[#parts + 1] = masked_word(self, table.concat(word)) end
    word = {}
  end
  for _, point in utf8.codes(text) do
    if is_of_word(point) then
      word[#word + 1] = utf8.char(point)
    else
      finish()
      parts[#parts + 1] = utf8.char(point)
    end
  end
  finish()
  return table.concat(parts)
end

--- Makes a mask, with a secret that nobody keeps.
-- @param kept list of texts whose words stay: those that rules put in front, and the like
function mask.new(kept)
  local self = setmetatable({ secret = crypto.random(32), kept = {} }, Mask)
  for _, text in ipairs(kept) do
    for word in text:gmatch("[%w\x80-\xFF]+") do self.kept[word:lower()] = true end
  end
  return self
end

return mask
