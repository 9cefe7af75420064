-- Only what is assigned to one person reaches the calendar. `assignee` on the board is a name, or a list of names.
local ME = "kim"

return {
  select = function(entry, ctx)
    local assignee = entry.assignee
    local is_mine = assignee == ME or type(assignee) == "table" and lib.contains(assignee, ME)
    return is_mine and ctx.defaults.select(entry, ctx)
  end,
}
