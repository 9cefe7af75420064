#include "support/cmocka.h"
#include "util/process/process.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static fm_env real;

static int use_real_env(void **state)
{
    (void)state;
    fm_env_default(&real);
    return 0;
}

static fm_process *start(const char *script, size_t max_bytes)
{
    fm_process *p;
    fm_error err = {0};
    char *argv[] = {"sh", "-c", (char *)script, NULL};
    if (fm_process_start(&p, argv, max_bytes, NULL, &err) != FM_OK)
        fail_msg("%s", err.message);
    return p;
}

static void assert_output(const fm_process *p, const char *expected)
{
    size_t len;
    const char *output = fm_process_output(p, &len);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(output, expected, len);
}

static void test_output_and_status(void **state)
{
    (void)state;
    size_t index = 9;
    fm_process *p = start("cat; printf 'a\\nb'; exit 7", 100);
    assert_false(fm_process_ended(p));
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &real, NULL), FM_OK);
    assert_int_equal(index, 0);
    assert_true(fm_process_ended(p));
    assert_int_equal(fm_process_status(p), 7);
    assert_output(p, "a\nb");
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &real, NULL), FM_ENOTFOUND);
    fm_process_free(p);
}

static void test_the_first_to_end_is_told(void **state)
{
    (void)state;
    size_t index;
    fm_process *list[] = {start("exec sleep 1000", 100), start("echo second", 100)};
    assert_int_equal(fm_process_wait_any(list, 2, &index, -1, &real, NULL), FM_OK);
    assert_int_equal(index, 1);
    assert_output(list[1], "second\n");
    fm_process_free(list[0]); /* stops it */
    fm_process_free(list[1]);
}

static void test_a_signal_is_a_status(void **state)
{
    (void)state;
    size_t index;
    fm_process *p = start("kill -9 $$", 100);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &real, NULL), FM_OK);
    assert_int_equal(fm_process_status(p), 128 + 9);
    fm_process_free(p);
}

static void test_too_much_output_stops_it(void **state)
{
    (void)state;
    size_t index;
    size_t len;
    fm_process *p = start("yes", 1000);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &real, NULL), FM_OK);
    assert_int_not_equal(fm_process_status(p), 0);
    assert_true(fm_process_overflowed(p));
    assert_memory_equal(fm_process_output(p, &len), "y\ny\n", 4);
    assert_int_equal(len, 1000);
    fm_process_free(p);
    p = start("printf 12345", 5);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &real, NULL), FM_OK);
    assert_false(fm_process_overflowed(p));
    assert_output(p, "12345");
    fm_process_free(p);
}

static void test_an_interrupt_ends_the_wait(void **state)
{
    (void)state;
    size_t index;
    volatile int interrupted = 1;
    fm_env env;
    fm_env_default(&env);
    env.interrupted = &interrupted;
    fm_process *p = start("exec sleep 1000", 100);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &env, NULL), FM_ECANCELED);
    assert_false(fm_process_ended(p));
    fm_process_free(p);
}

static void test_a_missing_program(void **state)
{
    (void)state;
    fm_process *p;
    fm_error err = {0};
    char *argv[] = {"/no/such/program", NULL};
    assert_int_equal(fm_process_start(&p, argv, 100, NULL, &err), FM_ENOTFOUND);
    assert_null(p);
    assert_non_null(strstr(err.message, "/no/such/program"));
}

static void test_a_timeout(void **state)
{
    (void)state;
    size_t index;
    fm_env env;
    fm_env_default(&env);
    /* it has closed its output and ignores SIGTERM, and still neither the wait nor the end of it hangs */
    fm_process *p = start("trap '' TERM; exec >&-; while :; do sleep 1; done", 100);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, 50, &env, NULL), FM_ETIMEOUT);
    assert_false(fm_process_ended(p));
    fm_process_free(p);
}

static void test_environment(void **state)
{
    (void)state;
    static const char *const hide[] = {"FM_TEST_HIDDEN", NULL}, *const add[] = {"FM_TEST_ADDED=a b", NULL};
    fm_process_options options = {.hide = hide, .add = add, .secret_output = true};
    char *argv[] = {"sh", "-c", "echo \"$FM_TEST_HIDDEN|$FM_TEST_HIDDEN_NOT|$FM_TEST_ADDED|${PATH:+path}\"", NULL};
    size_t index;
    fm_process *p;
    setenv("FM_TEST_HIDDEN", "hidden", 1);
    setenv("FM_TEST_HIDDEN_NOT", "seen", 1);
    assert_int_equal(fm_process_start(&p, argv, 100, &options, NULL), FM_OK);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &real, NULL), FM_OK);
    assert_output(p, "|seen|a b|path\n");
    fm_process_free(p);
}

static void test_signals_are_as_by_default(void **state)
{
    (void)state;
    size_t index;
    void (*before)(int) = signal(SIGTERM, SIG_IGN);
    fm_process *p = start("kill -TERM $$; echo survived", 100);
    signal(SIGTERM, before);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, -1, &real, NULL), FM_OK);
    assert_int_equal(fm_process_status(p), 128 + SIGTERM);
    assert_output(p, "");
    fm_process_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_and_status),
        cmocka_unit_test(test_the_first_to_end_is_told),
        cmocka_unit_test(test_a_signal_is_a_status),
        cmocka_unit_test(test_too_much_output_stops_it),
        cmocka_unit_test(test_an_interrupt_ends_the_wait),
        cmocka_unit_test(test_a_missing_program),
        cmocka_unit_test(test_a_timeout),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_signals_are_as_by_default),
    };
    return cmocka_run_group_tests(tests, use_real_env, NULL);
}
