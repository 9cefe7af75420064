-- Others can read the calendar: descriptions and tags stay on the board, and so do texts that somebody writes there.
return {
  fields = { description = false, tags = false },
}
