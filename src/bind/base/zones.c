#include "bind/base/zones.h"
#include "bind/base/bind.h"

#include <lauxlib.h>

static const char zones_key = 0;

static int zones_gc(lua_State *L)
{
    fm_zones **slot = lua_touserdata(L, 1);
    fm_zones_free(*slot);
    *slot = NULL;
    return 0;
}

fm_zones *fm_bind_zones(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &zones_key);
    fm_zones **slot = lua_touserdata(L, -1);
    lua_pop(L, 1);
    fm_zones *zones = slot ? *slot : NULL;
    if (zones)
        return zones;
    slot = lua_newuserdatauv(L, sizeof(fm_zones *), 0);
    *slot = NULL;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, zones_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &zones_key);
    *slot = fm_zones_new(NULL);
    if (!*slot)
        fm_bind_no_memory(L);
    lua_pop(L, 1);
    return *slot;
}
