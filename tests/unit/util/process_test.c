#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on
#include "util/process.h"

#include <string.h>

static fm_process *start(const char *script, size_t max_bytes)
{
    fm_process *p;
    fm_error err = {0};
    char *argv[] = {"sh", "-c", (char *)script, NULL};
    if (fm_process_start(&p, argv, max_bytes, &err) != FM_OK)
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
    assert_int_equal(fm_process_wait_any(&p, 1, &index, NULL, NULL), FM_OK);
    assert_int_equal(index, 0);
    assert_true(fm_process_ended(p));
    assert_int_equal(fm_process_status(p), 7);
    assert_output(p, "a\nb");
    assert_int_equal(fm_process_wait_any(&p, 1, &index, NULL, NULL), FM_ENOTFOUND);
    fm_process_free(p);
}

static void test_the_first_to_end_is_told(void **state)
{
    (void)state;
    size_t index;
    fm_process *list[] = {start("exec sleep 1000", 100), start("echo second", 100)};
    assert_int_equal(fm_process_wait_any(list, 2, &index, NULL, NULL), FM_OK);
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
    assert_int_equal(fm_process_wait_any(&p, 1, &index, NULL, NULL), FM_OK);
    assert_int_equal(fm_process_status(p), 128 + 9);
    fm_process_free(p);
}

static void test_too_much_output_stops_it(void **state)
{
    (void)state;
    size_t index;
    fm_process *p = start("yes", 1000);
    assert_int_equal(fm_process_wait_any(&p, 1, &index, NULL, NULL), FM_OK);
    assert_int_not_equal(fm_process_status(p), 0);
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
    assert_int_equal(fm_process_wait_any(&p, 1, &index, &env, NULL), FM_ECANCELED);
    assert_false(fm_process_ended(p));
    fm_process_free(p);
}

static void test_a_missing_program(void **state)
{
    (void)state;
    fm_process *p;
    fm_error err = {0};
    char *argv[] = {"/no/such/program", NULL};
    assert_int_equal(fm_process_start(&p, argv, 100, &err), FM_ENOTFOUND);
    assert_null(p);
    assert_non_null(strstr(err.message, "/no/such/program"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_and_status),          cmocka_unit_test(test_the_first_to_end_is_told),
        cmocka_unit_test(test_a_signal_is_a_status),       cmocka_unit_test(test_too_much_output_stops_it),
        cmocka_unit_test(test_an_interrupt_ends_the_wait), cmocka_unit_test(test_a_missing_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
