#include "host/program/prompt.h"
#include "host/program/clock.h"
#include "host/program/editor.h"
#include "host/program/watch.h"

#include <lauxlib.h>

static fm_prompt *prompt_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

static int terminal(lua_State *L)
{
    const fm_prompt *prompt = prompt_of(L);
    fm_editor_push_terminal(L, prompt->rearm, prompt->data);
    return 1;
}

static int stop_clock(lua_State *L)
{
    (void)L;
    fm_clock_stop();
    return 0;
}

static int go_on(lua_State *L)
{
    (void)L;
    fm_clock_go_on();
    return 0;
}

static int stay(lua_State *L)
{
    prompt_of(L)->stays = true;
    return 0;
}

static const luaL_Reg functions[] = {
    {"follow", fm_watch_follow}, {"go_on", go_on},          {"stay", stay}, {"stop_clock", stop_clock},
    {"terminal", terminal},      {"watch", fm_watch_watch}, {NULL, NULL},
};

static int open_module(lua_State *L)
{
    luaL_newlibtable(L, functions);
    lua_pushvalue(L, lua_upvalueindex(1));
    luaL_setfuncs(L, functions, 1);
    return 1;
}

void fm_prompt_preload(lua_State *L, fm_prompt *prompt)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushlightuserdata(L, prompt);
    lua_pushcclosure(L, open_module, 1);
    lua_setfield(L, -2, "fmcal.prompt.program");
    lua_pop(L, 1);
}
