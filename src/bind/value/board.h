/**
 * @file board.h
 * The userdata of fmcal.board, for the bindings that work on a board.
 */
#ifndef FM_BIND_VALUE_BOARD_H
#define FM_BIND_VALUE_BOARD_H

#include "bind/base/handle.h"

/** Handles of boards: fm_board. */
extern const fm_bind_type fm_bind_board_type;

#endif
