/*
 * Lua module fmcal.loop: waiting for many things at once.
 * Userdata fmcal.loop owns an fm_loop; user value FM_BIND_LENDER: table {[descriptor] = the thing it is of}.
 */
#include "bind/base/bind.h"
#include "bind/base/handle.h"
#include "serve/loop.h"

int luaopen_fmcal_loop(lua_State *L);

static void release_loop(void *loop)
{
    fm_loop_free(loop);
}

static const fm_bind_type loop_type = {"fmcal.loop", "loop", release_loop};

/* ------------------------------------------------------------------ start */

static int loop_new(lua_State *L)
{
    fm_loop *made;
    fm_error err = {0};
    void **slot = fm_bind_new_handle(L, &loop_type);
    lua_newtable(L);
    lua_setiuservalue(L, -2, FM_BIND_LENDER);
    if (fm_loop_new(&made, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = made;
    return 1;
}

/* ------------------------------------------------------------------ things */

static int loop_add(lua_State *L)
{
    fm_error err = {0};
    lua_settop(L, 2);
    fm_loop *loop = fm_bind_open(L, 1, &loop_type);
    int fd = fm_bind_descriptor(L, 2);
    if (fm_loop_add(loop, fd, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_getiuservalue(L, 1, FM_BIND_LENDER);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, fd);
    lua_pushboolean(L, 1);
    return 1;
}

static int loop_remove(lua_State *L)
{
    lua_settop(L, 2);
    fm_loop *loop = fm_bind_open(L, 1, &loop_type);
    int fd = fm_bind_descriptor(L, 2);
    fm_loop_remove(loop, fd);
    lua_getiuservalue(L, 1, FM_BIND_LENDER);
    lua_pushnil(L);
    lua_rawseti(L, -2, fd);
    return 0;
}

/* ------------------------------------------------------------------ waiting */

static int loop_wait(lua_State *L)
{
    int ready[FM_LOOP_READY_MAX];
    size_t count;
    fm_error err = {0};
    lua_settop(L, 2);
    lua_Integer timeout_ms = luaL_optinteger(L, 2, -1);
    luaL_argcheck(L, timeout_ms >= 0 || lua_isnoneornil(L, 2), 2, "milliseconds must not be negative");
    fm_loop *loop = fm_bind_hold(L, 1, &loop_type);
    fm_status status = fm_loop_wait(loop, ready, &count, timeout_ms, &fm_bind_get(L)->env, &err);
    if (status == FM_ECANCELED)
        fm_bind_take_interrupt(L);
    if (status != FM_OK)
        return fm_bind_fail(L, &err);
    lua_getiuservalue(L, 1, FM_BIND_LENDER);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, -2, ready[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int loop_close(lua_State *L)
{
    return fm_bind_close(L, &loop_type);
}

static int loop_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s (%s)", loop_type.name, fm_bind_look(L, 1, &loop_type) ? "open" : "closed");
    return 1;
}

static const luaL_Reg loop_methods[] = {
    {"add", loop_add}, {"close", loop_close}, {"remove", loop_remove}, {"wait", loop_wait}, {NULL, NULL}};

static const luaL_Reg loop_meta[] = {{"__tostring", loop_tostring}, {NULL, NULL}};

static const luaL_Reg loop_functions[] = {{"new", loop_new}, {NULL, NULL}};

int luaopen_fmcal_loop(lua_State *L)
{
    fm_bind_make_handle_type(L, &loop_type, loop_methods, loop_meta);
    luaL_newlib(L, loop_functions);
    return 1;
}
