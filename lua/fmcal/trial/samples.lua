-- Entries of every kind, for rules that are looked at without a board.

local board = require "fmcal.board"

local samples = {}

local TEXT = [[{
  "team": "academy", "teamName": "ACADEMY",
  "calendarConfig": { "provider": "mock", "syncOptions": { "timeZone": "Europe/Rome" } },
  "items": [
    { "id": "ITEM-1", "title": "File initial motion", "dueDate": "2027-02-15", "status": "todo", "priority": "high",
      "description": "Two pages.\n\nAsk Kim — twice 📎", "tags": ["legal", "filing"], "epicId": "EPIC-1",
      "subitems": [ { "id": "ITEM-1-A", "title": "Print it", "dueDate": "2027-02-14", "status": "done" } ] },
    { "id": "ITEM-2", "title": "Call the client", "dueDate": "2027-02-16T10:00:00", "durationMinutes": 45,
      "timeZone": "Europe/Rome", "status": "in-progress", "priority": "medium" },
    { "id": "ITEM-3", "title": "[X] > ⚖️ already: decorated ", "dueDate": "2027-02-17T09:30:00Z", "status": "archived",
      "priority": "low", "tags": [] }
  ],
  "epics": [
    { "id": "EPIC-1", "title": "Smith v. Jones", "dueDate": "2027-03-15", "status": "in-progress",
      "metadata": { "courtDate": "2027-03-20", "caseNumber": "2025-CV-1234" } }
  ]
}]]

--- A board with them.
function samples.board()
  return assert(board.parse(TEXT, "the sample board"))
end

return samples
