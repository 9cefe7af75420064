-- Writes the blocks of markdown.lua as a manual page in man(7).

local roff = {}

local WIDTH = 78

-- What Markdown pages of ours are called as manual pages.
local PAGES = {
  ["commands.md"] = "fmcal(7)", ["configuration.md"] = "fmcal-config(5)", ["rules.md"] = "fmcal-rules(5)",
  ["undo.md"] = "fmcal-undo(1)", ["accounts.md"] = "fmcal-connect(1)", ["google.md"] = "fmcal-connect(1)",
  ["reasons.md"] = "fmcal-reasons(7)", ["prompt.md"] = "fmcal-lua(1)",
}

-- ---------------------------------------------------------------- text

local SPECIAL = { ["\\"] = "\\e", ["-"] = "\\-", ["'"] = "\\(aq", ["`"] = "\\(ga", ["^"] = "\\(ha", ["~"] = "\\(ti" }

--- Text that is to appear as it is typed.
function roff.literal(text)
  return (text:gsub("[\\%-'`^~]", SPECIAL))
end

local function prose(text)
  return (text:gsub("\\", "\\e"))
end

-- A link to a page of ours is the name of that page, one into a page its words.
local function link(words, target)
  if target:find("^https?:") then return words == target and words or ("%s (%s)"):format(words, target) end
  return PAGES[target] or words
end

--- Text with the marks of Markdown, as fonts.
function roff.inline(text)
  local kept = {}
  local function keep(made)
    kept[#kept + 1] = made
    return ("\1%d\2"):format(#kept)
  end
  text = text:gsub("`([^`]+)`", function(code) return keep("\\fB" .. roff.literal(code) .. "\\fR") end)
  text = text:gsub("%[([^%]]+)%]%(([^)]+)%)", link)
  text = text:gsub("%*%*(.-)%*%*", function(strong) return keep("\\fB") .. strong .. keep("\\fR") end)
  text = text:gsub("%f[%w*]%*([^*%s][^*]*)%*", function(weak) return keep("\\fI") .. weak .. keep("\\fR") end)
  return (prose(text):gsub("\1(%d+)\2", function(at) return kept[tonumber(at)] end))
end

local Page = {}
Page.__index = Page

function Page:line(text)
  self[#self + 1] = text
end

-- A request has its argument in quotes: roff would take blanks for the next one.
function Page:request(name, argument)
  self:line(argument and ('%s "%s"'):format(name, (argument:gsub('"', "\\(dq"))) or name)
end

-- A line of text must not look like a request.
local function guarded(line)
  return line:find("^[.']") and "\\&" .. line or line
end

-- mandoc counts a character that is none of ASCII as the eight that name it.
local function width(text)
  return #text:gsub("[\xC2-\xF4][\x80-\xBF]+", "\\[u2026]")
end

-- A term is one line to roff, however many it is written in.
function Page:term(text)
  local line = ""
  for word in text:gmatch("%S+%s*") do
    if line ~= "" and width(line .. word) > WIDTH then
      self:line(guarded(line) .. "\\")
      line = ""
    end
    line = line .. word
  end
  self:line(guarded(line))
end

-- Filled text: short lines, and a line for each sentence.
function Page:text(text)
  local line = ""
  for word in text:gmatch("%S+") do
    if line ~= "" and 1 + width(line .. word) > WIDTH then
      self:line(guarded(line))
      line = ""
    end
    line = line == "" and word or line .. " " .. word
    if word:find("[.!?][)]?$") and not word:find("^%.+$") then
      self:line(guarded(line))
      line = ""
    end
  end
  if line ~= "" then self:line(guarded(line)) end
end

-- ---------------------------------------------------------------- blocks

function Page:section(title)
  self:request(".SH", roff.inline(title):upper():gsub("\\F([BRI])", "\\f%1"))
end

-- A new paragraph, where a heading has not begun one.
function Page:begin()
  if not self[#self]:find("^%.S[HS] ") then self:line(".PP") end
end

function Page:paragraph(text)
  self:begin()
  self:text(roff.inline(text))
end

function Page:example(lines)
  self:begin()
  self:line(".RS 4")
  self:line(".EX")
  for _, line in ipairs(lines) do self:line(guarded(roff.literal(line))) end
  self:line(".EE")
  self:line(".RE")
end

--- An entry of a list: what it is about, and what is said of it.
function Page:entry(term, text)
  self:line(".TP")
  self:term(term)
  self:text(text == "" and "\\&" or text)
end

-- The columns between the first and the last are told in brackets behind the term.
local function term_of(head, row)
  local notes = {}
  for i = 2, #head - 1 do
    local cell = row[i] or ""
    if cell ~= "" then notes[#notes + 1] = (head[i] == "type" and "" or head[i] .. " ") .. roff.inline(cell) end
  end
  return roff.inline(row[1]) .. (#notes > 0 and (" (%s)"):format(table.concat(notes, ", ")) or "")
end

function Page:table(head, rows)
  for _, row in ipairs(rows) do self:entry(term_of(head, row), roff.inline(row[#head] or "")) end
end

function Page:list(kind, items)
  for i, item in ipairs(items) do
    self:line(kind == "number" and (".IP %d. 4"):format(i) or ".IP \\(bu 2")
    for at, block in ipairs(item) do
      if at == 1 and block.kind == "paragraph" then
        self:text(roff.inline(block.text))
      else
        self:line(".RS")
        self:block(block, 1)
        self:line(".RE")
      end
    end
  end
end

-- @param depth which level of heading is a section of the page
function Page:block(block, depth)
  if block.kind == "paragraph" then
    self:paragraph(block.text)
  elseif block.kind == "code" then
    self:example(block.lines)
  elseif block.kind == "table" then
    self:table(block.head, block.rows)
  elseif block.kind ~= "heading" then
    self:list(block.kind, block.items)
  elseif block.level <= depth then
    self:section(block.text)
  else
    self:request(".SS", roff.inline(block.text))
  end
end

function Page:blocks(list, depth)
  for _, block in ipairs(list) do self:block(block, depth) end
end

--- The page as text.
function Page:__tostring()
  return table.concat(self, "\n") .. "\n"
end

--- A new page.
-- @param about { name = "fmcal-sync", section = 1, summary = "keeps …", date = "2026-11-22", version = "fmcal 0.1.0" }
function roff.page(about)
  local page = setmetatable({}, Page)
  page:line((".TH %s %d %s \"%s\""):format(about.name:upper(), about.section, about.date, about.version))
  page:section("Name")
  page:text(("%s \\- %s"):format(roff.literal(about.name), prose(about.summary)))
  return page
end

--- Names of pages as they stand below SEE ALSO.
function roff.references(names)
  local shown = {}
  for i, name in ipairs(names) do shown[i] = name:gsub("^(.*)%((%d)%)$", function(page, section)
    return ("\\fB%s\\fR(%s)"):format(roff.literal(page), section)
  end) end
  return table.concat(shown, ", ")
end

return roff
