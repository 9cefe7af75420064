#include "bind/value/members.h"
#include "bind/value/options.h"
#include "fmcal/provider.h"
#include "support/cmocka.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

/* Runs a chunk that returns a table of options, and reads it. */
static fm_options *options_of(lua_State *L, const char *chunk)
{
    assert_int_equal(luaL_dostring(L, chunk), LUA_OK);
    return fm_bind_new_options(L, lua_gettop(L));
}

static int setup(void **state)
{
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    *state = L;
    return 0;
}

static int teardown(void **state)
{
    lua_close(*state);
    return 0;
}

/* Whatever a class calls a secret lies in memory that is wiped, also where it came as a text. */
static void test_secrets_are_kept_as_such(void **state)
{
    lua_State *L = *state;
    for (const fm_provider_class *const *klass = fm_provider_classes(); *klass; klass++) {
        for (const fm_credential *c = (*klass)->credentials; c && c->name; c++) {
            bool is_secret = c->flags & FM_CREDENTIAL_SECRET;
            lua_settop(L, 0);
            lua_newtable(L);
            lua_pushliteral(L, "swordfish");
            lua_setfield(L, -2, c->name);
            const fm_options *options = fm_bind_new_options(L, 1);
            assert_int_equal(fm_options_secret(options, c->name) != NULL, is_secret);
            assert_int_equal(fm_options_string(options, c->name, NULL) != NULL, !is_secret);
        }
    }
}

static void test_in_both_spellings_and_below_others(void **state)
{
    lua_State *L = *state;
    const fm_options *options = options_of(L, "return { serviceAccount = '{}', credentials = { clientSecret = 'x' } }");
    assert_non_null(fm_options_secret(options, "service_account"));
    assert_non_null(fm_options_secret(options, "credentials.client_secret"));
}

static void test_what_may_be_seen_of_credentials(void **state)
{
    static const char *const seen[] = {
        "username", "clientId", "serviceAccountFile", "encrypted", "lastVerified", "expiresAt", "command", "env",
        "systemd",  "keyring"};
    static const char *const hidden[] = {"password",       "appPassword", "refreshToken",   "clientSecret",
                                         "serviceAccount", "accessToken", "of_a_later_day", ""};
    (void)state;
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        assert_true(fm_bind_is_public_member(seen[i]));
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        assert_false(fm_bind_is_public_member(hidden[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_secrets_are_kept_as_such, setup, teardown),
        cmocka_unit_test_setup_teardown(test_in_both_spellings_and_below_others, setup, teardown),
        cmocka_unit_test(test_what_may_be_seen_of_credentials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
