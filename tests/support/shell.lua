-- Running commands and reading files in tests.
local shell = {}

-- One shell word that stands for `text` as it is.
function shell.quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

function shell.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

function shell.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

-- Runs a shell command. `options.input` becomes its standard input (none otherwise).
-- Returns standard output, standard error and the exit status (128 + n for signal n).
function shell.run(command, options)
  local out, err, input = os.tmpname(), os.tmpname(), options and options.input and os.tmpname()
  if input then shell.write(input, options.input) end
  local _, how, status = os.execute(("{ %s\n} >%s 2>%s <%s"):format(command, out, err, input or "/dev/null"))
  local text, errors = shell.read(out), shell.read(err)
  os.remove(out)
  os.remove(err)
  if input then os.remove(input) end
  return text, errors, how == "signal" and 128 + status or status
end

-- The lines a command prints; it must succeed.
function shell.lines(command)
  local text, errors, status = shell.run(command)
  assert(status == 0, command .. ": " .. errors)
  local lines = {}
  for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines
end

-- A fresh folder that goes away at the end of the scope: `local dir <close> = shell.folder()`; tostring gives its path.
function shell.folder()
  local path = shell.lines("mktemp -d")[1]
  return setmetatable({ path = path }, {
    __tostring = function() return path end,
    __close = function() os.execute("rm -rf " .. shell.quote(path)) end,
  })
end

-- Files below a folder of the sources whose names end in one of the extensions, sorted.
function shell.sources(folder, ...)
  local names = {}
  for _, extension in ipairs({ ... }) do names[#names + 1] = ("-name '*.%s'"):format(extension) end
  local root = os.getenv("SOURCE_DIR")
  if os.execute("test -d " .. shell.quote(root .. "/" .. folder)) == nil then return {} end
  return shell.lines(("cd %s && find %s -type f \\( %s \\) | sort"):format(
    shell.quote(root), folder, table.concat(names, " -o ")))
end

-- The text of a source file, by its path in the source folder.
function shell.source(path)
  return shell.read(os.getenv("SOURCE_DIR") .. "/" .. path)
end

return shell
