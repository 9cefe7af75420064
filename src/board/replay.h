/**
 * @file replay.h
 * Does a board's edits again on the text that another program has made of the file meanwhile. For the
 * files of src/board.
 */
#ifndef FM_BOARD_REPLAY_H
#define FM_BOARD_REPLAY_H

#include "board/board_impl.h"

/**
 * Makes `b` what its edits make of `text` (copied).
 * @param skipped  gets the edits that were left out: see fm_board_save()
 * @return FM_EPARSE where the text is no board, …; `b` is as before on failure
 */
fm_status fm_board_replay(fm_board *b, const fm_buf *text, fm_edit_log *skipped, fm_error *err);

#endif
