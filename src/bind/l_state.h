/**
 * @file l_state.h
 * The userdata of fmcal.state, for the bindings that work on a state: board comparison, providers.
 */
#ifndef FM_BIND_L_STATE_H
#define FM_BIND_L_STATE_H

#include "state/state.h"
#include <lua.h>

/** The userdata of a state. */
typedef struct fm_bind_state {
    fm_state *state; /* owned; NULL: closed */
} fm_bind_state;

/** Registers the type of targets. [-0, +0, m] */
void fm_bind_make_target_type(lua_State *L);
/** Pushes a target without content that keeps the state at `state` (absolute). @return where to put it [-0, +1, m] */
fm_target **fm_bind_new_target(lua_State *L, int state);

/**
 * The open target at `index`; raises for anything else, and where its state is closed. Borrowed: valid
 * while the value is on the stack and nothing closes the state. [-0, +0, v]
 */
fm_target *fm_bind_check_target(lua_State *L, int index);

#endif
