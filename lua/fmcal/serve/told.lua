-- Errors as somebody is told who is not at the machine: what is wrong with which of a team's files, and nothing of where they
-- lie.

local fail = require "fmcal.util.failure"
local folder_of = require "fmcal.util.folder_of"
local sys = require "fmcal.sys"

local told = {}

-- Takes a folder off the front of all paths in a sentence.
local function without(sentence, folder)
  if not folder or folder == "" or folder == "/" then return sentence end
  local pattern = folder:gsub("/+$", ""):gsub("%p", "%%%0") .. "/+"
  return (sentence:gsub("%f[^%z%s\"'(=]" .. pattern, ""))
end

local function folders_of(params)
  local list = {}
  for _, path in ipairs { params.board or "", params.state or "" } do
    if path ~= "" then
      list[#list + 1] = folder_of(sys.absolute(path) or path)
      list[#list + 1] = folder_of(path)
    end
  end
  list[#list + 1] = os.getenv("HOME")
  return list
end

--- A sentence without the folders that a board and its state lie in.
-- @param params of a view or an act: { board, state }
function told.sentence(sentence, params)
  for _, folder in ipairs(folders_of(params)) do sentence = without(sentence, folder) end
  return sentence
end

--- The same of all texts in a table, which is changed.
function told.all(value, params)
  for name, inner in pairs(value) do
    if type(inner) == "string" then value[name] = told.sentence(inner, params)
    elseif type(inner) == "table" then told.all(inner, params) end
  end
  return value
end

--- An error to answer with: { code, message, line, column, member, transient }.
-- @param err of any module
-- @return nil, and the error
function told.error(err, params)
  return nil, { code = err.code, message = told.sentence(err.message, params), line = err.line, column = err.column,
    member = err.member, transient = err.transient }
end

--- An error of one's own about a member of what was asked.
-- @param member string|nil its name
-- @return nil, and the error
function told.wrong(member, format, ...)
  local _, err = fail("invalid", "serve", format, ...)
  err.member = member
  return nil, err
end

--- An error of one's own: there is no such thing.
-- @return nil, and the error
function told.missing(format, ...)
  return fail("notfound", "serve", format, ...)
end

return told
