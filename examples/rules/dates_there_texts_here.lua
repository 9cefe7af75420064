-- Where both sides changed the same field, the calendar wins for dates and the board for texts.
return {
  fields = {
    dueDate = { conflict = "external-wins" },
    title = { conflict = "local-wins" },
    description = { conflict = "local-wins" },
  },
}
