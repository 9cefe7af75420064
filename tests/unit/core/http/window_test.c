#include "core/http/window.h"
#include "support/cmocka.h"

/* A server that carries out `parallel` requests at a time, each in `each_ms`: runs it for a while. */
static int64_t run(fm_http_window *w, int64_t now, unsigned parallel, int64_t each_ms, unsigned answers)
{
    for (unsigned i = 0; i < answers;) {
        unsigned at_once = w->limit < parallel ? w->limit : parallel;
        now += each_ms;
        for (unsigned k = 0; k < at_once && i < answers; k++, i++)
            fm_http_window_answered(w, now, true);
    }
    return now;
}

static void test_starts_small(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    assert_int_equal(w.limit, 4);
    fm_http_window_init(&w, 2);
    assert_int_equal(w.limit, 2);
    fm_http_window_init(&w, 0);
    assert_int_equal(w.limit, 1);
}

static void test_grows_to_the_maximum_while_it_helps(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    run(&w, 0, 1000, 50, 200);
    assert_int_equal(w.limit, 16);
    run(&w, 0, 1000, 50, 1000);
    assert_true(w.limit <= 16);
}

static void test_stays_small_where_the_server_works_one_at_a_time(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    int64_t now = run(&w, 0, 1, 20, 100);
    for (int i = 0; i < 20; i++) {
        now = run(&w, now, 1, 20, 50);
        assert_true(w.limit <= 8);
    }
}

static void test_an_idle_window_does_not_grow(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    for (int i = 0; i < 500; i++)
        fm_http_window_answered(&w, i, false);
    assert_int_equal(w.limit, 4);
}

static void test_one_burst_of_refusals_halves_it_once(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    int64_t now = run(&w, 0, 1000, 50, 200);
    unsigned epoch = w.epoch;
    for (int i = 0; i < 16; i++)
        fm_http_window_refused(&w, now, epoch);
    assert_int_equal(w.limit, 8);
    fm_http_window_refused(&w, now, w.epoch);
    assert_int_equal(w.limit, 4);
}

static void test_never_falls_to_zero(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    for (int i = 0; i < 20; i++)
        fm_http_window_refused(&w, i, w.epoch);
    assert_int_equal(w.limit, 1);
    assert_true(w.ceiling >= 1);
}

static void test_stays_below_where_it_was_refused_and_forgets_in_time(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    int64_t now = run(&w, 0, 1000, 50, 40);
    fm_http_window_refused(&w, now, w.epoch);
    unsigned ceiling = w.ceiling;
    assert_true(ceiling < 16);
    now = run(&w, now, 1000, 50, 300);
    assert_true(w.limit <= ceiling);
    run(&w, now, 1000, 50, 20000);
    assert_true(w.ceiling > ceiling);
}

static void test_a_cap_is_for_good(void **state)
{
    (void)state;
    fm_http_window w;
    fm_http_window_init(&w, 16);
    fm_http_window_cap(&w, 3);
    assert_int_equal(w.limit, 3);
    run(&w, 0, 1000, 50, 5000);
    assert_int_equal(w.limit, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_small),
        cmocka_unit_test(test_grows_to_the_maximum_while_it_helps),
        cmocka_unit_test(test_stays_small_where_the_server_works_one_at_a_time),
        cmocka_unit_test(test_an_idle_window_does_not_grow),
        cmocka_unit_test(test_one_burst_of_refusals_halves_it_once),
        cmocka_unit_test(test_never_falls_to_zero),
        cmocka_unit_test(test_stays_below_where_it_was_refused_and_forgets_in_time),
        cmocka_unit_test(test_a_cap_is_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
