-- Where both sides changed a date, a person decides, and the webhook tells the team; the board wins for texts. The board names
-- the webhook among its syncOptions: "webhook": { "url": "https://chat.example.org/hook", "on": ["conflict", "fail"] }
return {
  fields = {
    dueDate = { conflict = "manual" },
    title = { conflict = "local-wins" },
    description = { conflict = "local-wins" },
  },
}
