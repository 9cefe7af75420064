#include "bind/base/row.h"

#include <string.h>

const char *fm_bind_check_text(lua_State *L, int index)
{
    size_t len;
    const char *text = luaL_checklstring(L, index, &len);
    luaL_argcheck(L, strlen(text) == len, index, "the string holds a zero byte");
    return text;
}

const char *fm_bind_text(lua_State *L, int index)
{
    size_t len;
    const char *text = lua_tolstring(L, index, &len);
    if (strlen(text) != len)
        luaL_error(L, "a text holds a zero byte");
    return text;
}

const char *fm_bind_opt_text(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) ? NULL : fm_bind_check_text(L, index);
}

/* Pushes the member; returns its type after raising for one that is neither absent nor `type`. */
static int member(lua_State *L, int index, const char *name, int type)
{
    int found = lua_getfield(L, index, name);
    if (found != LUA_TNIL && found != type)
        luaL_error(L, "member '%s' must be a %s, not a %s", name, lua_typename(L, type), lua_typename(L, found));
    return found;
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
    return member(L, index, name, LUA_TSTRING) == LUA_TNIL ? NULL : lua_tolstring(L, -1, len);
}

lua_Integer fm_bind_row_integer(lua_State *L, int index, const char *name, lua_Integer fallback)
{
    lua_Integer value = fallback;
    int whole = 1;
    if (member(L, index, name, LUA_TNUMBER) != LUA_TNIL)
        value = lua_tointegerx(L, -1, &whole);
    if (!whole)
        luaL_error(L, "member '%s' must be a whole number", name);
    lua_pop(L, 1);
    return value;
}

bool fm_bind_row_boolean(lua_State *L, int index, const char *name, bool fallback)
{
    bool value = member(L, index, name, LUA_TBOOLEAN) == LUA_TNIL ? fallback : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
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
