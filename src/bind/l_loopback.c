/*
 * Lua module fmcal.loopback: one request at a time from a browser on this machine (core/http/loopback.h).
 *   fmcal.loopback.listener   owns an fm_loopback; NULL = closed
 */
#include "bind/base/bind.h"
#include "bind/base/handle.h"
#include "bind/base/row.h"
#include "core/http/loopback.h"

#include <limits.h>
#include <unistd.h>

int luaopen_fmcal_loopback(lua_State *L);

static void release_listener(void *listener)
{
    fm_loopback_free(listener);
}

static const fm_bind_type listener_type = {"fmcal.loopback.listener", "listener", release_listener};

static fm_loopback *hold_listener(lua_State *L)
{
    return fm_bind_hold(L, 1, &listener_type);
}

/* ---------------------------------------------------------------- functions */

static int loopback_listen(lua_State *L)
{
    lua_Integer port = luaL_optinteger(L, 1, 0);
    luaL_argcheck(L, port >= 0 && port <= 65535, 1, "a port is a number from 0 to 65535");
    void **slot = fm_bind_new_handle(L, &listener_type);
    fm_loopback *listener;
    fm_error err = {0};
    if (fm_loopback_open(&listener, (uint16_t)port, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = listener;
    return 1;
}

static int listener_port(lua_State *L)
{
    lua_pushinteger(L, fm_loopback_port(fm_bind_open(L, 1, &listener_type)));
    return 1;
}

static int listener_wait(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    fm_loopback *listener = hold_listener(L);
    lua_Integer timeout_ms = fm_bind_row_integer(L, 2, "timeout_ms", -1);
    luaL_argcheck(L, timeout_ms >= 0 && timeout_ms <= INT_MAX, 2, "member 'timeout_ms' must be milliseconds");
    int input_fd = fm_bind_row_boolean(L, 2, "input", false) ? STDIN_FILENO : -1;
    fm_error err = {0};
    fm_loopback_event event;
    fm_status status = fm_loopback_wait(listener, &event, input_fd, (int64_t)timeout_ms, &fm_bind_get(L)->env, &err);
    if (status == FM_ECANCELED)
        fm_bind_take_interrupt(L);
    if (status != FM_OK)
        return fm_bind_fail(L, &err);
    lua_createtable(L, 0, 2);
    if (event.input) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, "input");
        return 1;
    }
    lua_pushstring(L, event.path);
    lua_setfield(L, -2, "path");
    lua_pushstring(L, event.query);
    lua_setfield(L, -2, "query");
    return 1;
}

static int listener_reply(lua_State *L)
{
    size_t len;
    lua_Integer code = luaL_checkinteger(L, 2);
    luaL_argcheck(L, code == 200 || code == 400 || code == 404, 2, "200, 400 or 404 is expected");
    const char *html = luaL_checklstring(L, 3, &len);
    fm_loopback *listener = fm_bind_open(L, 1, &listener_type);
    fm_error err = {0};
    if (fm_loopback_reply(listener, (int)code, html, len, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    lua_pushboolean(L, 1);
    return 1;
}

static int listener_close(lua_State *L)
{
    return fm_bind_close(L, &listener_type);
}

static int listener_tostring(lua_State *L)
{
    const fm_loopback *listener = fm_bind_look(L, 1, &listener_type);
    if (listener)
        lua_pushfstring(L, "%s (port %d)", listener_type.name, (int)fm_loopback_port(listener));
    else
        lua_pushfstring(L, "%s (closed)", listener_type.name);
    return 1;
}

/* ---------------------------------------------------------------- registration */

static const luaL_Reg listener_methods[] = {{"close", listener_close},
                                            {"port", listener_port},
                                            {"reply", listener_reply},
                                            {"wait", listener_wait},
                                            {NULL, NULL}};

static const luaL_Reg listener_meta[] = {{"__tostring", listener_tostring}, {NULL, NULL}};

static const luaL_Reg loopback_functions[] = {{"listen", loopback_listen}, {NULL, NULL}};

int luaopen_fmcal_loopback(lua_State *L)
{
    fm_bind_make_handle_type(L, &listener_type, listener_methods, listener_meta);
    luaL_newlib(L, loopback_functions);
    return 1;
}
