/**
 * @file snapshot.h
 * What an entry's mapped members and its calendarSync mean, as one hash: an entry that holds exactly
 * what fmcal last replaced was rewound by a program that saved a stale copy.
 */
#ifndef FM_BOARD_SNAPSHOT_H
#define FM_BOARD_SNAPSHOT_H

#include "board/board.h"

#define FM_BOARD_SNAPSHOT_BYTES 32

/**
 * The snapshot of an entry: title, description, dueDate, timeZone, durationMinutes, tags, priority and
 * calendarSync; of a court date metadata.courtDate, timeZone and metadata.courtDateSync. White space,
 * escapes and the spelling of numbers do not count, since the other program may spell them its own way.
 * @param out  FM_BOARD_SNAPSHOT_BYTES
 */
fm_status fm_board_snapshot(unsigned char *out, fm_board *b, const fm_board_place *place, fm_error *err);

#endif
