-- What decides a conflict where no rule does: the names that conflictResolution and the `conflict` of a field may have.

local LIST = {
  { name = "last-write-wins", short = "last-write", decide = function(conflict)
    local here, there = conflict.local_time, conflict.external_time
    if here and there and here > there then return "local" end
    return "external"
  end },
  { name = "local-wins", short = "local", decide = function() return "local" end },
  { name = "external-wins", short = "external", decide = function() return "external" end },
  { name = "manual", short = "manual", decide = function() return "manual" end },
}

local strategies = {
  --- The names; the first one holds where none is chosen.
  NAMES = {},
}

local named, full = {}, {}
for i, strategy in ipairs(LIST) do
  strategies.NAMES[i], named[strategy.name] = strategy.name, strategy
  full[strategy.name], full[strategy.short] = strategy.name, strategy.name
end

--- All names, and their short forms. @return name, …
function strategies.names()
  local list, is_there = {}, {}
  for _, strategy in ipairs(LIST) do
    for _, name in ipairs { strategy.name, strategy.short } do
      if not is_there[name] then list[#list + 1], is_there[name] = name, true end
    end
  end
  return table.unpack(list)
end

--- The name that a name or its short form means, or nil.
function strategies.full_name(name)
  return full[name]
end

--- Who wins a conflict: "local", "external" or "manual".
function strategies.decide(name, conflict)
  return named[name].decide(conflict)
end

return strategies
