-- Random texts that let somebody in. They are kept as hashes: who reads the file gets in nowhere.

local crypto = require "fmcal.crypto"

local secrets = {}

local BYTES = 32

--- A new one. @param prefix text that says what it is
function secrets.new(prefix)
  return prefix .. crypto.encode("base64url", assert(crypto.random(BYTES)))
end

--- What is kept of one.
function secrets.hash(text)
  return crypto.encode("hex", crypto.sha256(text))
end

--- The member of a list whose `hash` is that of a text, or nil. All are compared, each in the same time.
function secrets.find(list, text)
  local hash, found = secrets.hash(text), nil
  for _, kept in ipairs(list or {}) do
    if crypto.equal(kept.hash, hash) then found = kept end
  end
  return found
end

return secrets
