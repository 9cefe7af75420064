#include "bind/modules.h"
#include "bind/bind.h"
#include "bind/embedded.h"

#include <stdlib.h>
#include <string.h>

const fm_embedded *fm_embedded_find(const char *kind, const char *name)
{
    for (const fm_embedded *file = fm_embedded_files; file->kind; file++)
        if (strcmp(file->kind, kind) == 0 && strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

static int load_embedded(lua_State *L)
{
    const fm_embedded *file = lua_touserdata(L, lua_upvalueindex(1));
    if (luaL_loadbufferx(L, (const char *)file->code, file->len, file->name, "b") != LUA_OK)
        return lua_error(L);
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* FMCAL_LUA_PATH puts a checkout of the Lua modules in front of the embedded ones. */
static void prefer_checkout(lua_State *L)
{
    const char *front = getenv("FMCAL_LUA_PATH");
    if (!front || !*front)
        return;
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "path");
    lua_pushfstring(L, "%s/?.lua;%s/?/init.lua;%s", front, front, lua_tostring(L, -1));
    lua_setfield(L, -3, "path");
    lua_pop(L, 2);
}

void fm_bind_preload(lua_State *L)
{
    const char *front = getenv("FMCAL_LUA_PATH");
    int embedded = !front || !*front;
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (const luaL_Reg *module = fm_bind_modules; module->name; module++) {
        lua_pushcfunction(L, module->func);
        lua_setfield(L, -2, module->name);
    }
    for (const fm_embedded *file = fm_embedded_files; embedded && file->kind; file++) {
        if (strcmp(file->kind, "module") != 0)
            continue;
        lua_pushlightuserdata(L, (void *)file);
        lua_pushcclosure(L, load_embedded, 1);
        lua_setfield(L, -2, file->name);
    }
    lua_pop(L, 1);
    prefer_checkout(L);
}
