-- The page's files, which are compiled in (src/page), as a browser gets them: names that change with what they hold, so that
-- they may be kept for ever, and a policy that lets in nothing but them.

local crypto = require "fmcal.crypto"

local page = {}

local TYPES = { html = "text/html; charset=utf-8", js = "text/javascript; charset=utf-8", css = "text/css; charset=utf-8",
  svg = "image/svg+xml" }

--- What the page may do: load its own modules, style and pictures, and ask the server it came from.
page.POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
  .. "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"

local FOLDER = "assets/" -- in index.html, and in the addresses
local FOR_EVER = "public, max-age=31536000, immutable"
local HASH_LENGTH = 16

local made -- { files, hash, index }, when first asked for

local function read()
  if made then return made end
  local files, names = require "fmcal.serve.page_files", {}
  for name in pairs(files) do names[#names + 1] = name end
  table.sort(names)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = name .. "\0" .. files[name] .. "\0" end
  local hash = crypto.encode("hex", crypto.sha256(table.concat(parts))):sub(1, HASH_LENGTH)
  local index = files["index.html"]:gsub('"' .. FOLDER, '"' .. FOLDER .. hash .. "/")
  made = { files = files, hash = hash, index = index }
  return made
end

local function headers_of(name, keep)
  return { ["Content-Type"] = TYPES[name:match("%.(%w+)$")], ["Cache-Control"] = keep,
    ["Content-Security-Policy"] = page.POLICY,
    ["X-Content-Type-Options"] = "nosniff", ["Referrer-Policy"] = "no-referrer",
    ["Cross-Origin-Resource-Policy"] = "same-origin" }
end

--- A file of the page. All of them lie below one name, made of what they hold together, so that modules find each other.
-- @param path of the request: "/", or "/assets/HASH/NAME"
-- @return body, headers; nil where there is no such file, or another build had it
function page.file(path)
  local known = read()
  if path == "/" then
    local headers = headers_of("index.html", "no-cache")
    headers.ETag = ('"%s"'):format(known.hash)
    return known.index, headers
  end
  local hash, name = path:match("^/" .. FOLDER .. "(%x+)/(.+)$")
  if hash ~= known.hash or not known.files[name] or name == "index.html" then return nil end
  return known.files[name], headers_of(name, FOR_EVER)
end

return page
