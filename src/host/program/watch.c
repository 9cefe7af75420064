#include "host/program/watch.h"
#include "host/interrupt.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

static const char follower_key = 0;

static bool ends_in(const char *text, size_t len, const char *ending)
{
    size_t ending_len = strlen(ending);
    return len >= ending_len && memcmp(text + len - ending_len, ending, ending_len) == 0;
}

/* Compiled-in modules have a name for their source, "=lua/fmcal/names.lua", where files have "@path". */
static bool is_of_fmcal(const lua_Debug *event)
{
    return event->source[0] == '=' && ends_in(event->source, event->srclen, ".lua");
}

static bool is_told(const lua_Debug *event)
{
    bool in_c = strcmp(event->what, "C") == 0;
    return event->event == LUA_HOOKLINE ? !is_of_fmcal(event) : in_c;
}

static void follow(lua_State *L, lua_Debug *event)
{
    if (!lua_getinfo(L, "Sl", event) || !is_told(event))
        return;
    luaL_checkstack(L, 4, "the debugger");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &follower_key);
    lua_pushstring(L, event->event == LUA_HOOKLINE ? "line" : "call");
    lua_pushinteger(L, event->currentline);
    lua_call(L, 2, 0);
}

int fm_watch_follow(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &follower_key);
    return 0;
}

int fm_watch_watch(lua_State *L)
{
    static const char *const names[] = {"nothing", "lines", "calls", NULL};
    static const int masks[] = {0, LUA_MASKLINE, LUA_MASKLINE | LUA_MASKCALL};
    luaL_checktype(L, 1, LUA_TTHREAD);
    fm_interrupt_share(lua_tothread(L, 1), follow, masks[luaL_checkoption(L, 2, NULL, names)]);
    return 0;
}
