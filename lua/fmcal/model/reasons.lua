-- The reasons why something happens to an entry, or does not: the words that tables, JSON, plans, the history and the manual
-- share. docs/reasons.md has a section for each of them.

local reasons = {}

-- From the least severe to the most: of several reasons of an entry the last one here counts.
--   severity  "done", "notice" (something gave way or went), "waits" (for a person or for another run), "failed"
reasons.LIST = {
  { name = "created", severity = "done", sentence = "The entry was new on the board: its event was made." },
  { name = "pushed", severity = "done", sentence = "What changed on the board went into the event." },
  { name = "pulled", severity = "done", sentence = "What changed in the calendar went onto the board." },
  { name = "merged", severity = "done", sentence = "Both sides had changed, in different fields: each got the other's changes." },
  { name = "adopted", severity = "done", sentence = "An event that was there already belongs to the entry now." },
  { name = "undone", severity = "done", sentence = "What an earlier run did was taken back." },
  { name = "redone", severity = "done", sentence = "What was taken back was done again." },
  { name = "rewound", severity = "notice",
    sentence = "An older copy of the board was saved over what a run had pulled: it was pulled again." },
  { name = "undated", severity = "notice", sentence = "The date was cleared on the board: the event was deleted." },
  { name = "deselected", severity = "notice", sentence = "The rules do not select the entry any more: its event was deleted." },
  { name = "removed", severity = "notice", sentence = "The entry is gone from the board: its event was deleted." },
  { name = "orphaned", severity = "notice",
    sentence = "The entry is gone and its event was edited: the event stays, and belongs to no entry." },
  { name = "kept_deleted", severity = "notice",
    sentence = "The event was deleted in the calendar: the entry keeps its date and has no event until it is edited." },
  { name = "cleared", severity = "notice", sentence = "The event was deleted in the calendar: the entry lost its date." },
  { name = "recreated", severity = "notice",
    sentence = "One side had deleted what the other one edited or wants to keep: it was made again." },
  { name = "conflict_settled", severity = "notice",
    sentence = "Both sides had changed the same field: a strategy, a rule or a person decided, and the history has what lost." },
  { name = "direction_held", severity = "waits",
    sentence = "A change stays where it is, because the run, the calendar or the field goes one way." },
  { name = "invitation_held", severity = "waits",
    sentence = "People are invited to the event: it is changed only with syncOptions.pushInvitations." },
  { name = "conflict_waits", severity = "waits", sentence = "Both sides have changed the same field: a person has to decide." },
  { name = "guard_held", severity = "waits",
    sentence = "The run would have destroyed unusually much: it stopped before it wrote anything." },
  { name = "unreached", severity = "failed",
    sentence = "The calendar could not be reached or has not settled: the next run tries again." },
  { name = "undo_refused", severity = "failed",
    sentence = "The entry was edited since the run that was to be taken back: it stays as it is." },
  { name = "left_alone", severity = "failed",
    sentence = "The entry failed too often: it is left alone until it is edited, or until --retry-failed." },
  { name = "refused", severity = "failed", sentence = "The calendar would not take the write." },
  { name = "invalid", severity = "failed", sentence = "What the board or the event says cannot be used." },
  { name = "rule_failed", severity = "failed", sentence = "A rule failed, or its answer cannot be used." },
}

-- What a person can do to have it otherwise, where that is not plain.
local ADVICE = {
  undated = "give the entry a date on the board",
  deselected = "the rules select and route, or syncItems, syncEpics and syncCourtDates, decide which entries have events",
  kept_deleted = "edit the entry to get an event again; onEventDeleted and the rule on_deleted decide",
  cleared = "onEventDeleted and the rule on_deleted decide: recreate or keep",
  recreated = "delete it again; onEventDeleted and the rule on_deleted decide about entries that nobody edited",
  conflict_settled = "conflictResolution and the rule on_conflict decide; manual lets a person decide",
  direction_held = "a run with --direction both carries it over, if the calendar can be written",
  invitation_held = "syncOptions.pushInvitations lets such events be changed",
  conflict_waits = "conflicts.lua BOARD resolve ID keep_local, keep_external or merge",
  left_alone = "edit the entry, or run sync.lua with --retry-failed",
}

reasons.RANK, reasons.SENTENCE, reasons.ADVICE = {}, {}, ADVICE
for rank, reason in ipairs(reasons.LIST) do
  reasons.RANK[reason.name], reasons.SENTENCE[reason.name] = rank, reason.sentence
end

--- The more severe of two reasons; either may be nil.
function reasons.worse(a, b)
  if not a or not b then return a or b end
  return reasons.RANK[b] > reasons.RANK[a] and b or a
end

return reasons
