#include "bind/base/handle.h"
#include "bind/base/row.h"
#include "bind/base/type.h"

#define HOLD_NAME "fmcal.hold"

/* Its address is the key, in a metatable, of the type of handles that a loop can wait for: no Lua code can make one. */
static const char waitable;

typedef struct handle {
    void *object;   /* owned; NULL: closed */
    unsigned calls; /* that are under way */
} handle;

/* What lies on the stack while a handle is in use: a to-be-closed value. Each handle has one, in its user value 1. */
typedef struct hold {
    handle *handle; /* kept alive by user value 1 */
} hold;

static int hold_close(lua_State *L)
{
    hold *h = luaL_checkudata(L, 1, HOLD_NAME);
    h->handle->calls--;
    return 0;
}

static const luaL_Reg hold_meta[] = {{"__close", hold_close}, {NULL, NULL}};

static int close_by_type(lua_State *L)
{
    return fm_bind_close(L, lua_touserdata(L, lua_upvalueindex(1)));
}

void fm_bind_make_handle_type(lua_State *L, const fm_bind_type *type, const luaL_Reg *methods, const luaL_Reg *meta)
{
    static const char *const closing[] = {"__gc", "__close"};
    fm_bind_make_type(L, type->name, methods, meta);
    luaL_getmetatable(L, type->name);
    for (size_t i = 0; i < sizeof closing / sizeof closing[0]; i++) {
        lua_pushlightuserdata(L, (void *)type);
        lua_pushcclosure(L, close_by_type, 1);
        lua_setfield(L, -2, closing[i]);
    }
    if (type->descriptor) {
        lua_pushlightuserdata(L, (void *)type);
        lua_rawsetp(L, -2, &waitable);
    }
    lua_pop(L, 1);
    if (luaL_newmetatable(L, HOLD_NAME))
        luaL_setfuncs(L, hold_meta, 0);
    lua_pop(L, 1);
}

void **fm_bind_new_handle(lua_State *L, const fm_bind_type *type)
{
    handle *h = lua_newuserdatauv(L, sizeof *h, FM_BIND_LENDER);
    *h = (handle){0};
    luaL_setmetatable(L, type->name);
    hold *k = lua_newuserdatauv(L, sizeof *k, 1);
    k->handle = h;
    luaL_setmetatable(L, HOLD_NAME);
    lua_pushvalue(L, -2);
    lua_setiuservalue(L, -2, 1);
    lua_setiuservalue(L, -2, 1);
    return &h->object;
}

void *fm_bind_look(lua_State *L, int index, const fm_bind_type *type)
{
    handle *h = luaL_checkudata(L, index, type->name);
    return h->object;
}

static handle *check_open(lua_State *L, int index, const fm_bind_type *type)
{
    handle *h = luaL_checkudata(L, index, type->name);
    if (!h->object)
        luaL_argerror(L, index, lua_pushfstring(L, "the %s is closed", type->what));
    if (h->calls && !type->nests)
        luaL_argerror(L, index, lua_pushfstring(L, "a call of the %s is under way", type->what));
    return h;
}

void *fm_bind_open(lua_State *L, int index, const fm_bind_type *type)
{
    return check_open(L, index, type)->object;
}

void *fm_bind_hold(lua_State *L, int index, const fm_bind_type *type)
{
    luaL_checkstack(L, 4, type->what);
    handle *h = check_open(L, index, type);
    lua_getiuservalue(L, index, 1);
    lua_toclose(L, -1);
    h->calls++;
    return h->object;
}

int fm_bind_descriptor(lua_State *L, int index)
{
    const fm_bind_type *type = NULL;
    if (lua_isuserdata(L, index) && lua_getmetatable(L, index)) {
        if (lua_rawgetp(L, -1, &waitable) == LUA_TLIGHTUSERDATA)
            type = lua_touserdata(L, -1);
        lua_pop(L, 2);
    }
    if (!type)
        luaL_argerror(L, index, "something with a descriptor is expected");
    return type->descriptor(fm_bind_open(L, index, type));
}

int fm_bind_close(lua_State *L, const fm_bind_type *type)
{
    handle *h = luaL_checkudata(L, 1, type->name);
    if (h->calls)
        luaL_argerror(L, 1, lua_pushfstring(L, "a call of the %s is under way", type->what));
    void *object = h->object;
    h->object = NULL;
    if (object)
        type->release(object);
    return 0;
}
