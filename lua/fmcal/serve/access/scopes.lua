-- What somebody may do: each scope includes those before it.

local scopes = { LIST = { "read", "trigger", "write", "admin" } }

local RANK = {}
for i, name in ipairs(scopes.LIST) do RANK[name] = i end

--- Whether who has one scope may do what needs another.
function scopes.covers(has, needed)
  return (RANK[has] or 0) >= RANK[needed]
end

function scopes.is_known(name)
  return RANK[name] ~= nil
end

return scopes
