/**
 * @file take_off.h
 * Takes an entry off a board. For the files of src/board.
 */
#ifndef FM_BOARD_TAKE_OFF_H
#define FM_BOARD_TAKE_OFF_H

#include "board/board_impl.h"

/**
 * Takes an entry of `items` or `epics` out of its list, with all that is in it. Edits are put together before and
 * after.
 * @return FM_ENOTFOUND; FM_EINVAL for a subitem or a court date; FM_ELIMIT, FM_ENOMEM. The entry is still there then
 */
fm_status fm_board_take_off(fm_board *b, const char *key, size_t len, fm_error *err);

#endif
