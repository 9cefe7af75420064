/* require "fmcal" in a stock lua5.4: the same modules as in fmcal-lua, in whatever state loads this. */
#include "bind/base/bind.h"

FM_API int luaopen_fmcal(lua_State *L);

int luaopen_fmcal(lua_State *L)
{
    fm_bind_setup(L, NULL);
    fm_bind_preload(L);
    /* The module of this name in Lua is found before this one now: preloaded, or first in package.path. */
    lua_getglobal(L, "require");
    lua_pushliteral(L, "fmcal");
    lua_call(L, 1, 1);
    return 1;
}
