/* require "fmcal" in a stock lua5.4: the same modules as in fmcal-lua, in whatever state loads this. */
#include "bind/bind.h"

FM_API int luaopen_fmcal(lua_State *L);

static const char opened_key = 0;

int luaopen_fmcal(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &opened_key) != LUA_TNIL)
        return luaL_error(L, "FMCAL_LUA_PATH names a folder without fmcal's Lua modules");
    lua_pushboolean(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &opened_key);
    fm_bind_setup(L, NULL);
    fm_bind_preload(L);
    /* The module of this name in Lua is found before this one now. */
    lua_getglobal(L, "require");
    lua_pushliteral(L, "fmcal");
    lua_call(L, 1, 1);
    return 1;
}
