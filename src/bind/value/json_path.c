#include "bind/base/list.h"
#include "bind/value/json.h"

fm_json_step *fm_bind_check_path(lua_State *L, int index, size_t *steps)
{
    luaL_checktype(L, index, LUA_TTABLE);
    size_t count = (size_t)lua_rawlen(L, index);
    fm_json_step *path = lua_newuserdatauv(L, (count + 1) * sizeof *path, 1);
    int keeper = fm_bind_new_keeper(L);
    for (size_t i = 0; i < count; i++) {
        path[i] = (fm_json_step){0};
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            path[i].name = lua_tolstring(L, -1, &path[i].name_len);
        else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1)
            path[i].index = (size_t)lua_tointeger(L, -1) - 1;
        else
            luaL_argerror(L, index, "a path is a list of member names and indexes from 1");
        fm_bind_keep(L, keeper);
    }
    lua_setiuservalue(L, -2, 1);
    *steps = count;
    return path;
}
