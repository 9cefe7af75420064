/**
 * @file l_state.h
 * The userdata of fmcal.state, for the bindings that work on a state: board comparison, providers.
 */
#ifndef FM_BIND_L_STATE_H
#define FM_BIND_L_STATE_H

#include "state/state.h"
#include <lua.h>

/**
 * The open target at `index`; raises for anything else, and where its state is closed. Borrowed: valid
 * while the value is on the stack and nothing closes the state. [-0, +0, v]
 */
fm_target *fm_bind_check_target(lua_State *L, int index);

#endif
