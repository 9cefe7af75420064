#include "bind/base/bind.h"
#include "host/interrupt.h"
#include "support/cmocka.h"

#include <lauxlib.h>
#include <lualib.h>

static volatile int flag;
static fm_interrupt interrupt = {.flag = &flag};
static int ended;

static int end_hold(lua_State *L)
{
    (void)L;
    ended++;
    return 0;
}

/* Something is held until the function is through, as handles are, and Ctrl-C comes meanwhile. */
static int hold(lua_State *L)
{
    lua_newtable(L);
    lua_newtable(L);
    lua_pushcfunction(L, end_hold);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    fm_interrupt_request(&interrupt);
    return 0;
}

static lua_State *open_state(void)
{
    lua_State *L = luaL_newstate();
    assert_non_null(L);
    luaL_openlibs(L);
    fm_bind_setup(L, NULL);
    fm_interrupt_setup(L, &interrupt, true);
    lua_register(L, "hold", hold);
    flag = ended = 0;
    return L;
}

static void test_what_a_call_holds_is_given_back_when_it_is_interrupted(void **state)
{
    (void)state;
    lua_State *L = open_state();
    assert_true(luaL_dostring(L, "hold() while true do end"));
    lua_getfield(L, -1, "code");
    assert_string_equal(lua_tostring(L, -1), "canceled");
    assert_int_equal(ended, 1);
    assert_int_equal(flag, 0);
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_call_holds_is_given_back_when_it_is_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
