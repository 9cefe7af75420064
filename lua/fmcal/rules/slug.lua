-- A text as part of a link or an id.

-- What a letter of a European language is written as in ASCII.
local PLAIN = {}
for plain, letters in pairs {
  a = "àáâãåāăąÀÁÂÃÅĀĂĄ", c = "çćčÇĆČ", d = "ďđðĎĐÐ", e = "èéêëēęěÈÉÊËĒĘĚ", g = "ğģĞĢ", i = "ìíîïīįıÌÍÎÏĪĮİ", l = "łļľŁĻĽ",
  n = "ñńņňÑŃŅŇ", o = "òóôõōőÒÓÔÕŌŐ", r = "řŕŘŔ", s = "śşšșŚŞŠȘ", t = "ťţțŤŢȚ", u = "ùúûūůűųÙÚÛŪŮŰŲ", y = "ýÿÝŸ",
  z = "źżžŹŻŽ", ae = "äæÄÆ", oe = "öøœÖØŒ", ue = "üÜ", ss = "ßẞ", th = "þÞ",
} do
  for letter in letters:gmatch(utf8.charpattern) do PLAIN[letter] = plain end
end

--- @return small letters and digits of ASCII, with "-" between its words
local function slug(text)
  text = text:gsub("[\xC2-\xF4][\x80-\xBF]*", PLAIN):lower()
  return (text:gsub("[^a-z0-9]+", "-"):gsub("^%-", ""):gsub("%-$", ""))
end

return slug
