-- Addresses to which everything goes without encryption, past this machine.

local url = require "fmcal.url"

local clear_text = {}

--- Whether an address is one of these.
-- @param address text, or what is no text and no address
function clear_text.is(address)
  local host = type(address) == "string" and address:match("^[Hh][Tt][Tt][Pp]://([^/?#]*)")
  if not host then return false end
  host = host:gsub("^.*@", "")
  return not url.is_loopback(host:match("^%[(.-)%]") or host:match("^[^:]*"))
end

--- The warning where somebody has allowed it.
-- @param allowed_by the option or the member
function clear_text.warning(allowed_by, address)
  return ("%s: the password and all events go to %s unencrypted; anybody on the way can read and change them")
    :format(allowed_by, address)
end

return clear_text
