#include "bind/base/row.h"
#include "bind/base/bind.h"

#include <string.h>

const char *fm_bind_check_text(lua_State *L, int index)
{
    size_t len;
    const char *text = luaL_checklstring(L, index, &len);
    luaL_argcheck(L, strlen(text) == len, index, "the string holds a zero byte");
    return text;
}

const char *fm_bind_opt_text(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? NULL : fm_bind_check_text(L, index);
}

const char *fm_bind_row_text(lua_State *L, int index, const char *name)
{
    size_t len;
    const char *text = fm_bind_row_bytes(L, index, name, &len);
    if (text && len != strlen(text))
        luaL_error(L, "member '%s' holds a zero byte", name);
    return text;
}

const char *fm_bind_row_required(lua_State *L, int index, const char *name)
{
    const char *text = fm_bind_row_text(L, index, name);
    if (!text)
        luaL_error(L, "member '%s' is missing", name);
    return text;
}

const char *fm_bind_row_bytes(lua_State *L, int index, const char *name, size_t *len)
{
    *len = 0;
    luaL_checkstack(L, 1, "row");
    int type = lua_getfield(L, index, name);
    if (type == LUA_TNIL)
        return NULL;
    if (type != LUA_TSTRING)
        luaL_error(L, "member '%s' must be a string, not a %s", name, lua_typename(L, type));
    return lua_tolstring(L, -1, len);
}

void fm_bind_set_text(lua_State *L, const char *name, const char *value)
{
    if (!value)
        return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

void fm_bind_set_bytes(lua_State *L, const char *name, const char *value, size_t len)
{
    if (!value)
        return;
    lua_pushlstring(L, value, len);
    lua_setfield(L, -2, name);
}

void fm_bind_set_boolean(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

void fm_bind_set_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

void fm_bind_make_type(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, meta, 0);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
