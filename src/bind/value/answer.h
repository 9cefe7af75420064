/**
 * @file answer.h
 * How reads and writes of a state answer to Lua.
 */
#ifndef FM_BIND_VALUE_ANSWER_H
#define FM_BIND_VALUE_ANSWER_H

#include "state/state.h"
#include <lua.h>

/** `true`, or nil and the error. [-0, +(1|2), m] */
int fm_bind_done(lua_State *L, fm_status status, const fm_error *err);

/** Frees a cursor: for fm_bind_box(). */
void fm_bind_free_cursor(void *cursor);

/** Pushes the next row of a cursor (FM_PENDING), or nothing at its end (FM_OK) or at a failure. */
typedef fm_status (*fm_bind_push_row)(lua_State *L, fm_cursor *cursor, fm_error *err);

/** A row of a cursor over names. [-0, +(0|1), m] */
fm_status fm_bind_push_name(lua_State *L, fm_cursor *cursor, fm_error *err);

/**
 * Answers with the rows of a cursor that has just been asked for: all of them in an array, or the first one or nil.
 * `slot` is the box, on top of the stack, that owns the cursor from here on. [-0, +(1|2), m]
 */
int fm_bind_answer(lua_State *L, void **slot, fm_cursor *cursor, fm_status status, const fm_error *err,
                   fm_bind_push_row push, bool all);

/** Answers with the bytes in `slot`, nil for none, and frees them: the box holds what malloc gave. [-0, +(1|2), m] */
int fm_bind_answer_bytes(lua_State *L, void **slot, size_t len, fm_status status, const fm_error *err);

#endif
