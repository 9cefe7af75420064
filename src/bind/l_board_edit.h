/**
 * @file l_board_edit.h
 * The methods of boards that change them, which fmcal.board has in a file of their own.
 */
#ifndef FM_BIND_L_BOARD_EDIT_H
#define FM_BIND_L_BOARD_EDIT_H

#include <lauxlib.h>

extern const luaL_Reg fm_bind_board_edit_methods[];

#endif
