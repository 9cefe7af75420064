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
/** Pushes a lock that is not held yet. @return where to put the fm_lock, which it owns from then on [-0, +1, m] */
void **fm_bind_new_lock(lua_State *L);

#endif
