#include "bind/bind.h"

#include <lualib.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    if (!L)
        return 1;
    luaL_openlibs(L);
    fm_bind_setup(L, NULL);
    fm_bind_preload(L);
    int status = argc > 1 ? luaL_dofile(L, argv[1]) : LUA_OK;
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status != LUA_OK;
}
