#include "bind/value/state.h"

static void release_state(void *state)
{
    fm_state_close(state);
}

const fm_bind_type fm_bind_state_type = {"fmcal.state", "state", release_state};

typedef struct target_box {
    fm_target *target; /* borrowed from the state; NULL while it is being made */
} target_box;

fm_target **fm_bind_new_target(lua_State *L, int state)
{
    target_box *box = lua_newuserdatauv(L, sizeof *box, 1);
    *box = (target_box){0};
    luaL_setmetatable(L, FM_BIND_TARGET);
    lua_pushvalue(L, state);
    lua_setiuservalue(L, -2, 1);
    return &box->target;
}

fm_target *fm_bind_look_target(lua_State *L, int index)
{
    const target_box *box = luaL_checkudata(L, index, FM_BIND_TARGET);
    lua_getiuservalue(L, index, 1);
    bool usable = box->target && fm_bind_look(L, -1, &fm_bind_state_type);
    lua_pop(L, 1);
    return usable ? box->target : NULL;
}

static fm_target *check_target(lua_State *L, int index)
{
    target_box *box = luaL_checkudata(L, index, FM_BIND_TARGET);
    luaL_argcheck(L, box->target, index, "the target was not made");
    return box->target;
}

fm_target *fm_bind_hold_target(lua_State *L, int index)
{
    fm_target *target = check_target(L, index);
    luaL_checkstack(L, 6, "target");
    lua_getiuservalue(L, index, 1);
    fm_bind_hold(L, lua_gettop(L), &fm_bind_state_type);
    return target;
}
