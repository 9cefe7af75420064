#include "host/interrupt.h"
#include "bind/base/bind.h"

#include <lauxlib.h>
#include <lualib.h>

/* After how many VM instructions a busy script looks at the flag. */
#define INSTRUCTIONS_PER_LOOK 10000

static const char interrupt_key = 0, end_key = 0;

/* Allocates nothing and raises nothing. */
static fm_interrupt *interrupt_of(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &interrupt_key);
    fm_interrupt *interrupt = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return interrupt;
}

/* A function in C is about to begin. One that gives back what a call held (`__close`) must get to do so. */
static bool begins_in_c(lua_State *L, lua_Debug *ar)
{
    return ar->event == LUA_HOOKCALL && lua_getinfo(L, "S", ar) && *ar->what == 'C';
}

/* The hook that stands. The flag is cleared, so that a script may clean up and be interrupted again. */
static void look(lua_State *L, lua_Debug *ar)
{
    fm_interrupt *interrupt = interrupt_of(L);
    if (!*interrupt->flag || begins_in_c(L, ar))
        return;
    *interrupt->flag = 0;
    fm_error err = {0};
    fm_error_set(&err, FM_ECANCELED, "host", "interrupted");
    fm_bind_push_error(L, &err);
    lua_error(L);
}

static void stand(lua_State *L)
{
    lua_sethook(L, look, LUA_MASKCOUNT, INSTRUCTIONS_PER_LOOK);
}

/*
 * The hook that a handler sets. An operation that waited may have seen the flag before it. It raises between
 * instructions of Lua alone: at a call it would keep the __close of what an operation in C holds from being called.
 */
static void look_once(lua_State *L, lua_Debug *ar)
{
    if (begins_in_c(L, ar))
        return;
    fm_interrupt *interrupt = interrupt_of(L);
    if (L == interrupt->handled)
        lua_sethook(L, interrupt->other, interrupt->other_mask, interrupt->other_count);
    else
        stand(L); /* a coroutine, made meanwhile */
    look(L, ar);
}

void fm_interrupt_request(fm_interrupt *interrupt)
{
    *interrupt->flag = 1;
    lua_State *L = interrupt->handled;
    if (!L || lua_gethook(L) == look_once)
        return;
    interrupt->other = lua_gethook(L);
    interrupt->other_mask = lua_gethookmask(L);
    interrupt->other_count = lua_gethookcount(L);
    lua_sethook(L, look_once, LUA_MASKCOUNT, 1);
}

/* It looks at every event: the count goes on while the other hook runs, and what falls into that is lost. */
static void look_and_share(lua_State *L, lua_Debug *ar)
{
    look(L, ar);
    if (ar->event != LUA_HOOKCOUNT)
        interrupt_of(L)->shared(L, ar);
}

void fm_interrupt_share(lua_State *L, lua_Hook hook, int mask)
{
    fm_interrupt *interrupt = interrupt_of(L);
    interrupt->shared = hook;
    if (mask)
        lua_sethook(L, look_and_share, LUA_MASKCOUNT | mask, INSTRUCTIONS_PER_LOOK);
    else if (L != interrupt->handled)
        stand(L);
    else
        lua_sethook(L, NULL, 0, 0);
    if (*interrupt->flag) /* a handler may have set its hook just before */
        fm_interrupt_request(interrupt);
}

/* coroutine.create or coroutine.wrap (the upvalue), where a coroutine that inherits no hook gets one. */
static int make_coroutine(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    if (lua_iscfunction(L, 1))
        lua_getupvalue(L, 1, 1); /* `wrap` keeps the coroutine there */
    lua_State *coroutine = lua_tothread(L, -1);
    if (coroutine && !lua_gethook(coroutine))
        stand(coroutine);
    lua_settop(L, 1);
    return 1;
}

static void watch_coroutines(lua_State *L)
{
    const char *const makers[] = {"create", "wrap"};
    lua_getglobal(L, LUA_COLIBNAME);
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        lua_getfield(L, -1, makers[i]);
        lua_pushcclosure(L, make_coroutine, 1);
        lua_setfield(L, -2, makers[i]);
    }
    lua_pop(L, 1);
}

/* The state closes: a handler that set its hook from now on would write into memory that is freed. */
static int end_handling(lua_State *L)
{
    fm_interrupt **box = lua_touserdata(L, 1);
    (*box)->handled = NULL;
    return 0;
}

static void notice_end(lua_State *L, fm_interrupt *interrupt)
{
    fm_interrupt **box = lua_newuserdatauv(L, sizeof(fm_interrupt *), 0);
    *box = interrupt;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, end_handling);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &end_key);
}

void fm_interrupt_setup(lua_State *L, fm_interrupt *interrupt, bool by_handler)
{
    lua_pushlightuserdata(L, interrupt);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &interrupt_key);
    if (!by_handler) {
        stand(L); /* coroutines inherit it */
        return;
    }
    watch_coroutines(L);
    notice_end(L, interrupt);
    interrupt->handled = L;
}
