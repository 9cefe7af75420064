#include "bind/value/lock.h"
#include "bind/base/handle.h"
#include "util/lock.h"

#include <limits.h>

static void release_lock(void *lock)
{
    fm_lock_release(lock);
}

static const fm_bind_type lock_type = {"fmcal.lock", "lock", release_lock};

int fm_bind_check_timeout(lua_State *L, int index)
{
    lua_Integer timeout_ms = luaL_optinteger(L, index, 0);
    luaL_argcheck(L, timeout_ms >= 0 && timeout_ms <= INT_MAX, index, "milliseconds out of range");
    return (int)timeout_ms;
}

void **fm_bind_new_lock(lua_State *L)
{
    return fm_bind_new_handle(L, &lock_type);
}

static int lock_release(lua_State *L)
{
    return fm_bind_close(L, &lock_type);
}

static int lock_tostring(lua_State *L)
{
    lua_pushfstring(L, "fmcal.lock (%s)", fm_bind_look(L, 1, &lock_type) ? "held" : "released");
    return 1;
}

static const luaL_Reg lock_methods[] = {
    {"release", lock_release},
    {NULL, NULL},
};

static const luaL_Reg lock_meta[] = {
    {"__tostring", lock_tostring},
    {NULL, NULL},
};

void fm_bind_make_lock_type(lua_State *L)
{
    fm_bind_make_handle_type(L, &lock_type, lock_methods, lock_meta);
}
