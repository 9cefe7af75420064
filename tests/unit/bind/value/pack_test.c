#include "bind/value/pack.h"
#include "support/cmocka.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char values[] = "local list = {1, nil, 3.5, 'text\\0with zero', true, false, math.mininteger, 1/0, {}, {a "
                             "= {b = {1, 2, [7] = 8}}}, "
                             "print, {[true] = 1, [2.5] = 2, [{}] = 3}, ('x'):rep(1000)} "
                             "return table.unpack(list, 1, 13)";

static fm_status pack_values(lua_State *L, const char *code, fm_buf *out)
{
    lua_settop(L, 0);
    if (luaL_dostring(L, code) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    fm_status status = fm_bind_pack(L, 1, lua_gettop(L), out, NULL);
    lua_settop(L, 0);
    return status;
}

static lua_State *new_state(void)
{
    lua_State *L = luaL_newstate();
    assert_non_null(L);
    luaL_openlibs(L);
    return L;
}

static void test_there_and_back(void **state)
{
    (void)state;
    lua_State *L = new_state();
    fm_buf bytes;
    int count;
    fm_buf_init(&bytes, 1 << 20);
    assert_int_equal(pack_values(L, values, &bytes), FM_OK);
    assert_int_equal(fm_bind_unpack(L, bytes.data, bytes.len, &count, NULL), FM_OK);
    assert_int_equal(count, 13);
    assert_true(lua_isinteger(L, 1));
    assert_true(lua_isnil(L, 2));
    assert_int_equal(lua_rawlen(L, 4), strlen("text") + strlen("with zero") + 1);
    assert_true(lua_tointeger(L, 7) == LUA_MININTEGER);
    assert_true(lua_iscfunction(L, 11));
    assert_int_equal(lua_rawlen(L, 13), 1000);
    fm_buf_free(&bytes);
    lua_close(L);
}

/* A cycle ends: at a depth where it goes straight on, at the most bytes where it branches. */
static void test_cycles(void **state)
{
    (void)state;
    lua_State *L = new_state();
    fm_buf bytes;
    fm_buf_init(&bytes, 1 << 20);
    assert_int_equal(pack_values(L, "local t = {} t.t = t return t", &bytes), FM_OK);
    fm_buf_reset(&bytes);
    assert_int_equal(pack_values(L, "local t = {} t.a = t t.b = t return t", &bytes), FM_ELIMIT);
    fm_buf_reset(&bytes);
    assert_int_equal(pack_values(L, "local t = {} t[1], t[2] = t, t return t", &bytes), FM_ELIMIT);
    fm_buf_free(&bytes);
    lua_close(L);
}

/* xorshift64: the same in every run */
static uint64_t next_random(void)
{
    static uint64_t random = 1;
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return random;
}

/* Whatever bytes there are, they are values or an error, and never more than they say. */
static void test_any_bytes(void **state)
{
    (void)state;
    lua_State *L = new_state();
    fm_buf bytes;
    int count;
    fm_buf_init(&bytes, 1 << 20);
    assert_int_equal(pack_values(L, values, &bytes), FM_OK);
    for (size_t len = 0; len < bytes.len; len++) {
        fm_status status = fm_bind_unpack(L, bytes.data, len, &count, NULL);
        assert_true(status == FM_EPARSE ? lua_gettop(L) == 0 : lua_gettop(L) == count);
        lua_settop(L, 0);
    }
    for (int round = 0; round < 20000; round++) {
        char *copy = malloc(bytes.len);
        assert_non_null(copy);
        memcpy(copy, bytes.data, bytes.len);
        for (int i = (int)(next_random() % 4); i >= 0; i--)
            copy[next_random() % (bytes.len > 400 ? 400 : bytes.len)] = (char)next_random();
        fm_status status = fm_bind_unpack(L, copy, bytes.len, &count, NULL);
        assert_true(status == FM_EPARSE ? lua_gettop(L) == 0 : lua_gettop(L) == count);
        lua_settop(L, 0);
        free(copy);
    }
    fm_buf_free(&bytes);
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_cycles),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
