/**
 * @file writes.h
 * A batch of writes between Lua and C.
 */
#ifndef FM_BIND_VALUE_WRITES_H
#define FM_BIND_VALUE_WRITES_H

#include "fmcal/provider.h"
#include <lua.h>

typedef struct fm_writes {
    fm_write *items;
    size_t count;
    size_t known; /**< writes whose outcome is known so far */
} fm_writes;

/**
 * Reads the array of writes at `index` (absolute) and pushes two values that must stay on the stack
 * while the batch is used: a box that owns it, and a table that keeps its strings alive. [-0, +2, v]
 */
fm_writes *fm_bind_new_writes(lua_State *L, int index);

/** The function for `apply`; its `data` is the batch. */
fm_status fm_writes_written(void *data, fm_write *write, fm_error *err);

/** Pushes the results in the order of the writes. [-0, +1, m] */
void fm_bind_push_results(lua_State *L, const fm_writes *writes);

#endif
