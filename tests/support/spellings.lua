-- The spellings in which a secret may travel, to look for it in what a program leaves behind.
local crypto = require "fmcal.crypto"
local lu = require "luaunit"

local spellings = {}

--- The text as it is, percent-encoded, escaped, and in base64 wherever it stands in what is encoded ("user:" before it).
function spellings.of(text)
  local percent = text:gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end)
  local list = { text, percent, (percent:gsub("%%20", "+")), (text:gsub("/", "\\/")) }
  for lead = 0, 2 do
    for _, encoding in ipairs { "base64", "base64url" } do
      -- the digits that hold nothing but bits of the text
      local digits = crypto.encode(encoding, ("u"):rep(lead) .. text)
      list[#list + 1] = digits:sub((8 * lead + 5) // 6 + 1, 8 * (lead + #text) // 6)
    end
  end
  return list
end

--- Fails where a text holds a secret in any spelling, or the beginning of one.
function spellings.assert_hidden(output, secret)
  for _, spelling in ipairs(spellings.of(secret)) do
    lu.assertNotStrContains(output, spelling)
    lu.assertNotStrContains(output, spelling:sub(1, 12))
  end
end

return spellings
