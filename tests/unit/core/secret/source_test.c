#include "core/secret/source.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

static void test_taken_from_the_environment_is_gone_from_it(void **state)
{
    (void)state;
    static char assignment[] = "FM_TEST_TAKEN=hunter22";
    assert_int_equal(putenv(assignment), 0);
    fm_secret *s = fm_secret_take_environment("FM_TEST_TAKEN");
    assert_string_equal(fm_secret_bytes(s, NULL), "hunter22");
    assert_null(getenv("FM_TEST_TAKEN"));
    assert_memory_equal(assignment, "FM_TEST_TAKEN=\0\0\0\0\0\0\0\0", sizeof assignment);
    fm_secret_unref(s);
    assert_null(fm_secret_take_environment("FM_TEST_TAKEN"));
    setenv("FM_TEST_TAKEN", "", 1);
    assert_null(fm_secret_take_environment("FM_TEST_TAKEN"));
    assert_null(getenv("FM_TEST_TAKEN"));
}

static void test_read_from_the_environment_stays(void **state)
{
    (void)state;
    fm_secret *s;
    fm_error err;
    setenv("FM_TEST_READ", "hunter22", 1);
    assert_int_equal(fm_secret_from_environment(&s, "FM_TEST_READ", &err), FM_OK);
    assert_string_equal(fm_secret_bytes(s, NULL), "hunter22");
    fm_secret_unref(s);
    assert_string_equal(getenv("FM_TEST_READ"), "hunter22");
    setenv("FM_TEST_READ", "", 1);
    assert_int_equal(fm_secret_from_environment(&s, "FM_TEST_READ", &err), FM_EINVAL);
    assert_null(s);
}

static void test_an_interrupt_ends_a_command(void **state)
{
    (void)state;
    static const char *const argv[] = {"sleep", "1000", NULL};
    volatile int interrupted = 1;
    fm_secret *s;
    fm_error err;
    fm_env env;
    fm_env_default(&env);
    env.interrupted = &interrupted;
    assert_int_equal(fm_secret_from_command(&s, argv, 60000, &env, &err), FM_ECANCELED);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken_from_the_environment_is_gone_from_it),
        cmocka_unit_test(test_read_from_the_environment_stays),
        cmocka_unit_test(test_an_interrupt_ends_a_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
