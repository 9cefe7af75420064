#include "provider/remote/pace.h"
#include "support/cmocka.h"

/* How many requests may be sent at once. */
static unsigned burst(fm_remote_pace *pace, int64_t now_ms)
{
    unsigned count = 0;
    while (fm_remote_pace_take(pace, now_ms))
        count++;
    return count;
}

static void test_a_minutes_worth_at_once(void **state)
{
    (void)state;
    fm_remote_pace pace;
    fm_remote_pace_init(&pace, 600, 5000);
    assert_int_equal(fm_remote_pace_wait_ms(&pace, 5000), 0);
    assert_int_equal(burst(&pace, 5000), 600);
    assert_true(fm_remote_pace_wait_ms(&pace, 5000) > 0);
}

static void test_then_as_many_a_minute_as_the_quota_allows(void **state)
{
    (void)state;
    fm_remote_pace pace;
    unsigned sent = 0;
    fm_remote_pace_init(&pace, 600, 0);
    assert_int_equal(burst(&pace, 0), 600);
    for (int64_t now_ms = 0; now_ms <= 60000; now_ms += 7)
        sent += burst(&pace, now_ms);
    assert_in_range(sent, 599, 600);
}

static void test_the_wait_is_long_enough_and_no_longer(void **state)
{
    (void)state;
    static const int64_t quotas[] = {1, 7, 600, 1000000};
    for (size_t i = 0; i < sizeof quotas / sizeof quotas[0]; i++) {
        fm_remote_pace pace;
        fm_remote_pace_init(&pace, quotas[i], 0);
        burst(&pace, 0);
        int64_t wait_ms = fm_remote_pace_wait_ms(&pace, 0), most_ms = 60000 / quotas[i];
        assert_in_range(wait_ms, 1, most_ms + 1);
        assert_false(wait_ms > 2 && fm_remote_pace_take(&pace, wait_ms - 2));
        assert_int_equal(fm_remote_pace_wait_ms(&pace, wait_ms), 0);
        assert_true(fm_remote_pace_take(&pace, wait_ms));
    }
}

/* A pause gives no more than one minute's worth. */
static void test_the_bucket_does_not_overflow(void **state)
{
    (void)state;
    fm_remote_pace pace;
    fm_remote_pace_init(&pace, 100, 0);
    assert_int_equal(burst(&pace, 0), 100);
    assert_int_equal(burst(&pace, INT64_C(86400000)), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_minutes_worth_at_once),
        cmocka_unit_test(test_then_as_many_a_minute_as_the_quota_allows),
        cmocka_unit_test(test_the_wait_is_long_enough_and_no_longer),
        cmocka_unit_test(test_the_bucket_does_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
