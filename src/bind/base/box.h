/**
 * @file box.h
 * C memory that the stack owns for a moment, also when Lua raises.
 */
#ifndef FM_BIND_BASE_BOX_H
#define FM_BIND_BASE_BOX_H

#include "util/buf.h"
#include <lua.h>

/**
 * Temporary C memory owned by the stack: pushes a to-be-collected box that frees `*slot` with `release`
 * even when Lua raises. Returns the slot, NULL at first. [-0, +1, m]
 */
void **fm_bind_box(lua_State *L, void (*release)(void *));

/** Pushes a box that owns an empty buffer for as long as it is on the stack, also when Lua raises. [-0, +1, m] */
fm_buf *fm_bind_push_buf(lua_State *L, size_t max_bytes);

#endif
