/**
 * @file l_state.h
 * The userdata of fmcal.state, for the bindings that work on a state: board comparison, providers.
 */
#ifndef FM_BIND_L_STATE_H
#define FM_BIND_L_STATE_H

#include "bind/base/handle.h"
#include "state/state.h"
#include <lua.h>

/** Handles of states. */
extern const fm_bind_type fm_bind_state_type;

/** Registers the type of targets. [-0, +0, m] */
void fm_bind_make_target_type(lua_State *L);
/** Pushes a target without content that keeps the state at `state` (absolute). @return where to put it [-0, +1, m] */
fm_target **fm_bind_new_target(lua_State *L, int state);

/**
 * The target at `index`, whose state is in use until the running C function returns (see fm_bind_hold); raises for
 * anything else, and where the state is closed or in use. [-0, +2, v]
 */
fm_target *fm_bind_hold_target(lua_State *L, int index);

#endif
