-- Two people wrote into the description at the same time: keep both texts. Anything else waits for a person.
return {
  on_conflict = function(conflict)
    local merged = {}
    for member, sides in pairs(conflict.fields) do
      if member ~= "description" then return "manual" end
      merged[member] = (sides["local"] or "") .. "\n\n" .. (sides.external or "")
    end
    return merged
  end,
}
