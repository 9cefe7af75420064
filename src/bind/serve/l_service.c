/*
 * Lua module fmcal.service: what a process that serves and those who run it tell each other (serve/service.h).
 * Userdata fmcal.service.signals owns an fm_signals; NULL = closed.
 */
#include "bind/base/bind.h"
#include "bind/base/handle.h"
#include "bind/base/row.h"
#include "serve/service.h"

int luaopen_fmcal_service(lua_State *L);

static void release_hangups(void *signals)
{
    fm_signals_free(signals);
}

static int descriptor_of(const void *signals)
{
    return fm_signals_descriptor(signals);
}

static const fm_bind_type signals_type = {"fmcal.service.signals", "watch for signals", release_hangups,
                                          .descriptor = descriptor_of};

static int service_sockets(lua_State *L)
{
    size_t count = fm_service_sockets();
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        lua_pushinteger(L, FM_SERVICE_FIRST_SOCKET + (lua_Integer)i);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int service_notify(lua_State *L)
{
    lua_pushboolean(L, fm_service_notify(fm_bind_check_text(L, 1)));
    return 1;
}

static int service_watchdog_ms(lua_State *L)
{
    int64_t ms = fm_service_watchdog_ms();
    if (ms)
        lua_pushinteger(L, ms);
    else
        lua_pushnil(L);
    return 1;
}

static int service_signals(lua_State *L)
{
    fm_error err = {0};
    fm_signals *opened;
    void **slot = fm_bind_new_handle(L, &signals_type);
    if (fm_signals_open(&opened, &err) != FM_OK)
        return fm_bind_fail(L, &err);
    *slot = opened;
    return 1;
}

static int signals_take(lua_State *L)
{
    static const char *const names[] = {
        [FM_SIGNAL_NONE] = NULL, [FM_SIGNAL_REREAD] = "reread", [FM_SIGNAL_STOP] = "stop"};
    lua_pushstring(L, names[fm_signals_take(fm_bind_hold(L, 1, &signals_type))]);
    return 1;
}

static int signals_close(lua_State *L)
{
    return fm_bind_close(L, &signals_type);
}

static int signals_tostring(lua_State *L)
{
    lua_pushfstring(L, "%s (%s)", signals_type.name, fm_bind_look(L, 1, &signals_type) ? "open" : "closed");
    return 1;
}

static const luaL_Reg signals_methods[] = {{"close", signals_close}, {"take", signals_take}, {NULL, NULL}};

static const luaL_Reg signals_meta[] = {{"__tostring", signals_tostring}, {NULL, NULL}};

static const luaL_Reg service_functions[] = {{"signals", service_signals},
                                             {"notify", service_notify},
                                             {"sockets", service_sockets},
                                             {"watchdog_ms", service_watchdog_ms},
                                             {NULL, NULL}};

int luaopen_fmcal_service(lua_State *L)
{
    fm_bind_make_handle_type(L, &signals_type, signals_methods, signals_meta);
    luaL_newlib(L, service_functions);
    return 1;
}
