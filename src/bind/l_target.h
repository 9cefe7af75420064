/**
 * @file l_target.h
 * The methods of targets, which fmcal.state has in a file of their own.
 */
#ifndef FM_BIND_L_TARGET_H
#define FM_BIND_L_TARGET_H

#include <lua.h>

/** Registers the type of targets. [-0, +0, m] */
void fm_bind_make_target_type(lua_State *L);

#endif
