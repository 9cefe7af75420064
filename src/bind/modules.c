#include "bind/modules.h"
#include "bind/base/bind.h"
#include "bind/embedded.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const fm_embedded *fm_embedded_script(const char *name)
{
    size_t len = strlen(name);
    for (const fm_embedded *file = fm_embedded_files; file->kind; file++)
        if (strcmp(file->kind, "script") == 0 && strncmp(file->name, name, len) == 0 &&
            (!file->name[len] || strcmp(file->name + len, ".lua") == 0))
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

/* A script is a module too, fmcal.scripts.sync, for those who ask a command for its parser. */
static void preload_embedded(lua_State *L, const fm_embedded *file)
{
    bool is_script = strcmp(file->kind, "script") == 0;
    lua_pushstring(L, is_script ? "fmcal.scripts." : "");
    lua_pushlstring(L, file->name, is_script ? strcspn(file->name, ".") : strlen(file->name));
    lua_concat(L, 2);
    lua_pushlightuserdata(L, (void *)file);
    lua_pushcclosure(L, load_embedded, 1);
    lua_settable(L, -3);
}

/* FMCAL_LUA_PATH names a checkout of the Lua modules; NULL where it does not, or the state is deaf to the environment.
 */
static const char *checkout_folder(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    const char *folder = lua_toboolean(L, -1) ? NULL : getenv("FMCAL_LUA_PATH");
    lua_pop(L, 1);
    return folder && *folder ? folder : NULL;
}

/* Puts the checkout in front of everything else that package.path names. */
static void prefer_checkout(lua_State *L, const char *folder)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "path");
    lua_pushfstring(L, "%s/?.lua;%s/?/init.lua;%s", folder, folder, lua_tostring(L, -1));
    lua_setfield(L, -3, "path");
    lua_pop(L, 2);
}

/* Whether the checkout has the module. It does not have modules of other projects that are compiled in. */
static int is_in_checkout(lua_State *L, const char *folder, const char *module)
{
    const char *name = luaL_gsub(L, module, ".", "/");
    const char *file = lua_pushfstring(L, "%s/%s.lua", folder, name);
    const char *init = lua_pushfstring(L, "%s/%s/init.lua", folder, name);
    int found = access(file, F_OK) == 0 || access(init, F_OK) == 0;
    lua_pop(L, 3);
    return found;
}

void fm_bind_preload(lua_State *L)
{
    const char *checkout = checkout_folder(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (const luaL_Reg *module = fm_bind_modules; module->name; module++) {
        lua_pushcfunction(L, module->func);
        lua_setfield(L, -2, module->name);
    }
    for (const fm_embedded *file = fm_embedded_files; file->kind; file++) {
        if (!checkout || !is_in_checkout(L, checkout, file->name))
            preload_embedded(L, file);
    }
    lua_pop(L, 1);
    if (checkout)
        prefer_checkout(L, checkout);
}
