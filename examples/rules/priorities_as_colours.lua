-- The priority is the colour of the event. Who changes the colour in the calendar changes the priority.
return {
  fields = {
    priority = { event = "color", map = { high = "red", medium = "orange", low = "green" } },
  },
}
