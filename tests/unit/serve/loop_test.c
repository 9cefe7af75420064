#include "serve/loop.h"
#include "support/cmocka.h"

#include <string.h>
#include <unistd.h>

static fm_env env;
static fm_loop *loop;
static int ready[FM_LOOP_READY_MAX];
static size_t count;

static int set_up(void **state)
{
    (void)state;
    fm_env_default(&env);
    return fm_loop_new(&loop, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    fm_loop_free(loop);
    return 0;
}

static fm_status wait_ms(int64_t timeout_ms)
{
    return fm_loop_wait(loop, ready, &count, timeout_ms, &env, NULL);
}

static void test_what_can_be_read(void **state)
{
    (void)state;
    int one[2], other[2];
    assert_int_equal(pipe(one) | pipe(other), 0);
    assert_int_equal(fm_loop_add(loop, one[0], NULL), FM_OK);
    assert_int_equal(fm_loop_add(loop, other[0], NULL), FM_OK);
    assert_int_equal(fm_loop_add(loop, other[0], NULL), FM_OK);
    assert_int_equal(wait_ms(0), FM_OK);
    assert_int_equal(count, 0);
    assert_int_equal(write(other[1], "x", 1), 1);
    assert_int_equal(wait_ms(-1), FM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ready[0], other[0]);
    fm_loop_remove(loop, other[0]);
    close(one[1]); /* its end is something to read */
    assert_int_equal(wait_ms(-1), FM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ready[0], one[0]);
    close(one[0]);
    assert_int_equal(wait_ms(1), FM_OK);
    assert_int_equal(count, 0);
    fm_loop_remove(loop, one[0]);
    close(other[0]);
    close(other[1]);
}

static void test_what_cannot_be_waited_for(void **state)
{
    (void)state;
    fm_error err = {0};
    assert_int_equal(fm_loop_add(loop, 999, &err), FM_EIO);
    assert_non_null(strstr(err.message, "999"));
}

static void test_an_interrupt(void **state)
{
    (void)state;
    volatile int interrupted = 1;
    env.interrupted = &interrupted;
    assert_int_equal(wait_ms(-1), FM_ECANCELED);
    env.interrupted = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_can_be_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_interrupt, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
