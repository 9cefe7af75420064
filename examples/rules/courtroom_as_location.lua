-- The courtroom on the board is the location of the event, and the other way round.
return {
  fields = { ["metadata.courtroom"] = "location" },
}
