/**
 * @file patch.h
 * Edits of a board. In memory, see board.h; what they do to the text see core/json/edit.h.
 */
#ifndef FM_BOARD_PATCH_H
#define FM_BOARD_PATCH_H

#include "board/board.h"
#include "board/edit_log.h"

/**
 * Carries an edit out (copied).
 *
 * With a key the path starts at that entry's object (of a court date at the epic's). Without, it starts
 * at the board; entries are not reached in this way, but for appending to `items` and `epics`. Setting
 * what is there already, in meaning, and removing what is not there change nothing. Removing with a key and
 * an empty path takes the entry off its list.
 * @param edit  `old` is ignored
 * @return FM_ENOTFOUND: no such entry; FM_EINVAL: something on the way is no object; FM_EPARSE: the value
 *         is not JSON; FM_ELIMIT: too deep or too large; FM_ENOMEM
 */
fm_status fm_board_edit(fm_board *b, const fm_edit *edit, fm_error *err);

/** Whether the board differs from what was read. */
fm_status fm_board_is_dirty(bool *dirty, fm_board *b, fm_error *err);

#endif
