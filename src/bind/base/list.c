#include "bind/base/list.h"
#include "bind/base/row.h"

#include <string.h>

size_t fm_bind_check_length(lua_State *L, int index, lua_Integer most)
{
    luaL_checktype(L, index, LUA_TTABLE);
    lua_Integer count = luaL_len(L, index);
    if (count < 0 || count > most)
        luaL_error(L, "a list has 0 to %I elements, not %I", (LUAI_UACINT)most, (LUAI_UACINT)count);
    return (size_t)count;
}

const char **fm_bind_check_strings(lua_State *L, int index, const char *what, lua_Integer most, size_t *count)
{
    luaL_checkstack(L, 5, what);
    *count = fm_bind_check_length(L, index, most);
    const char **strings = lua_newuserdatauv(L, (*count + 1) * sizeof *strings, 1);
    int keeper = fm_bind_new_keeper(L);
    for (size_t i = 0; i < *count; i++) {
        size_t len;
        if (lua_geti(L, index, (lua_Integer)i + 1) != LUA_TSTRING)
            luaL_error(L, "%s %d is a %s, not a string", what, (int)i + 1, luaL_typename(L, -1));
        strings[i] = lua_tolstring(L, -1, &len);
        if (strlen(strings[i]) != len)
            luaL_error(L, "%s %d holds a zero byte", what, (int)i + 1);
        fm_bind_keep(L, keeper);
    }
    strings[*count] = NULL;
    lua_setiuservalue(L, -2, 1);
    return strings;
}

int fm_bind_new_keeper(lua_State *L)
{
    lua_newtable(L);
    return lua_gettop(L);
}

void fm_bind_keep(lua_State *L, int keeper)
{
    lua_rawseti(L, keeper, (lua_Integer)lua_rawlen(L, keeper) + 1);
}
