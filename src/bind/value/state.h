/**
 * @file state.h
 * The userdata of fmcal.state: states, and their targets. For the bindings that work on them.
 */
#ifndef FM_BIND_VALUE_STATE_H
#define FM_BIND_VALUE_STATE_H

#include "bind/base/handle.h"
#include "state/state.h"
#include <lua.h>

/** Handles of states. */
extern const fm_bind_type fm_bind_state_type;

/** Name of the metatable of targets. */
#define FM_BIND_TARGET "fmcal.state.target"

/** Pushes a target without content that keeps the state at `state` (absolute). @return where to put it [-0, +1, m] */
fm_target **fm_bind_new_target(lua_State *L, int state);

/** The target at `index`, NULL where it is not made yet or its state is closed. For __tostring. [-0, +0, v] */
fm_target *fm_bind_look_target(lua_State *L, int index);

/**
 * The target at `index`, whose state is in use until the running C function returns (see fm_bind_hold); raises for
 * anything else, and where the state is closed or in use. [-0, +2, v]
 */
fm_target *fm_bind_hold_target(lua_State *L, int index);

#endif
