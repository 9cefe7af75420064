/**
 * @file event.h
 * Events between Lua and C: the table with the camelCase names of fmcal/event.h.
 */
#ifndef FM_BIND_VALUE_EVENT_H
#define FM_BIND_VALUE_EVENT_H

#include "fmcal/event.h"
#include <lua.h>

/** Pushes a userdata that owns an empty event: what is put into it is freed with it. [-0, +1, m] */
fm_event *fm_bind_new_event(lua_State *L);

/**
 * Reads the table at `index` (absolute) into `event`, which must be owned by the stack: see
 * fm_bind_new_event(). A member that is absent or json.null leaves the event's as it is; one of another
 * type raises, naming it. Zero bytes in text are left out: no calendar can hold them. [-0, +0, v]
 */
void fm_bind_read_event(lua_State *L, int index, fm_event *event);

/** Pushes a table with the members that the event has. [-0, +1, m] */
void fm_bind_push_event(lua_State *L, const fm_event *event);

#endif
