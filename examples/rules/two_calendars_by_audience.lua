-- Everything is in the team's calendar; what is not private is in the public one, too. `private` on the board is true or false.
return {
  route = function(entry)
    if entry.private then return { "team" } end
    return { "team", "public" }
  end,
}
