-- A due date is half an hour at nine, so that it takes its place in the day. Back on the board it is the day.
return {
  fields = { dueDate = { at = "09:00", minutes = 30 } },
}
