/**
 * @file lock.h
 * The userdata fmcal.lock: a lock that is held until it is released, closed or collected.
 */
#ifndef FM_BIND_VALUE_LOCK_H
#define FM_BIND_VALUE_LOCK_H

#include <lua.h>

/** Registers the type of locks. [-0, +0, m] */
void fm_bind_make_lock_type(lua_State *L);
/** A time to wait, in milliseconds, 0 where it is absent; raises where it is none. [-0, +0, v] */
int fm_bind_check_timeout(lua_State *L, int index);
/** Takes the lock beside `path`. @return how many values were pushed: it, or nil and the error [-0, +(1|2), m] */
int fm_bind_push_lock(lua_State *L, const char *path, int timeout_ms);

#endif
