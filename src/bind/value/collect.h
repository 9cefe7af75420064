/**
 * @file collect.h
 * What a provider's callbacks deliver, queued in C until the operation is over: C callbacks never call Lua.
 */
#ifndef FM_BIND_VALUE_COLLECT_H
#define FM_BIND_VALUE_COLLECT_H

#include "fmcal/provider.h"
#include <lua.h>

/** Objects and calendars, copied. Owned by a box on the Lua stack. */
typedef struct fm_collect fm_collect;

/** Pushes a box that owns an empty queue. [-0, +1, m] */
fm_collect *fm_bind_new_collect(lua_State *L);

/** The functions for `fetch`. Each object is handed on to `next` first, where that is not NULL (borrowed). */
fm_object_sink fm_collect_sink(fm_collect *c, const fm_object_sink *next);
/** The function for `list`; its `data` is the queue. */
fm_status fm_collect_calendar(void *data, const fm_calendar *calendar, fm_error *err);

/** Pushes the queued objects as an array of `{href=, uid=, etag=, text=}` or `{href=, deleted=true}`. [-0, +1, m] */
void fm_bind_push_objects(lua_State *L, const fm_collect *c);
/** Pushes the queued calendars as an array. [-0, +1, m] */
void fm_bind_push_calendars(lua_State *L, const fm_collect *c);

#endif
