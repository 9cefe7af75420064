#include "core/http/http.h"
#include "core/http/retry.h"
#include "support/cmocka.h"

#include <string.h>

/* 2026-11-22T10:00:00Z */
#define NOW_US INT64_C(1795341600000000)

static void test_which_codes_are_failures(void **state)
{
    (void)state;
    assert_int_equal(fm_http_failure_of_code(429), FM_HTTP_FAILURE_REFUSED);
    assert_int_equal(fm_http_failure_of_code(503), FM_HTTP_FAILURE_REFUSED);
    assert_int_equal(fm_http_failure_of_code(500), FM_HTTP_FAILURE_SERVER);
    assert_int_equal(fm_http_failure_of_code(502), FM_HTTP_FAILURE_SERVER);
    assert_int_equal(fm_http_failure_of_code(504), FM_HTTP_FAILURE_SERVER);
    static const int final[] = {200, 207, 301, 400, 401, 403, 404, 412, 501, 507};
    for (size_t i = 0; i < sizeof final / sizeof final[0]; i++)
        assert_int_equal(fm_http_failure_of_code(final[i]), FM_HTTP_FAILURE_NONE);
}

static void test_only_what_the_caller_allows_is_retried(void **state)
{
    (void)state;
    unsigned put = FM_HTTP_RETRY_UNSENT | FM_HTTP_RETRY_REFUSED;
    assert_true(fm_http_may_retry(put, FM_HTTP_FAILURE_UNSENT));
    assert_true(fm_http_may_retry(put, FM_HTTP_FAILURE_REFUSED));
    assert_false(fm_http_may_retry(put, FM_HTTP_FAILURE_TRANSPORT));
    assert_false(fm_http_may_retry(put, FM_HTTP_FAILURE_SERVER));
    for (int failure = FM_HTTP_FAILURE_UNSENT; failure <= FM_HTTP_FAILURE_SERVER; failure++) {
        assert_true(fm_http_may_retry(FM_HTTP_RETRY_ALL, failure));
        assert_false(fm_http_may_retry(0, failure));
    }
    assert_false(fm_http_may_retry(FM_HTTP_RETRY_ALL, FM_HTTP_FAILURE_FINAL));
    assert_false(fm_http_may_retry(FM_HTTP_RETRY_ALL, FM_HTTP_FAILURE_NONE));
}

static void test_retry_after_in_seconds_or_as_a_date(void **state)
{
    (void)state;
    assert_int_equal(fm_http_retry_after_ms("120", NOW_US), 120000);
    assert_int_equal(fm_http_retry_after_ms(" 3 ", NOW_US), 3000);
    assert_int_equal(fm_http_retry_after_ms("Sun, 22 Nov 2026 10:02:00 GMT", NOW_US), 120000);
    assert_int_equal(fm_http_retry_after_ms("Sunday, 22-Nov-26 10:02:00 GMT", NOW_US), 120000);
    assert_int_equal(fm_http_retry_after_ms("Sun, 22 Nov 2026 09:00:00 GMT", NOW_US), 0);
    assert_int_equal(fm_http_retry_after_ms("", NOW_US), 0);
    assert_int_equal(fm_http_retry_after_ms("soon", NOW_US), 0);
    assert_int_equal(fm_http_retry_after_ms("12x", NOW_US), 0);
    assert_int_equal(fm_http_retry_after_ms("-5", NOW_US), 0);
    assert_int_equal(fm_http_retry_after_ms("99999999999999999999999", NOW_US), INT64_C(31536000000));
}

/* A random source that gives the number in `data`. */
static fm_status fixed_random(void *data, void *bytes, size_t len)
{
    memset(bytes, 0, len);
    memcpy(bytes, data, len < sizeof(uint64_t) ? len : sizeof(uint64_t));
    return FM_OK;
}

static fm_status no_random(void *data, void *bytes, size_t len)
{
    (void)data;
    (void)bytes;
    (void)len;
    return FM_EIO;
}

static void test_backoff_doubles_up_to_its_limit(void **state)
{
    (void)state;
    uint64_t bits = 0;
    fm_env env = {.data = &bits, .random = fixed_random};
    assert_int_equal(fm_http_wait_ms(&env, 1, 500, 60000), 0);
    for (bits = 0; bits < 5000; bits += 7) {
        assert_in_range(fm_http_wait_ms(&env, 1, 500, 60000), 0, 500);
        assert_in_range(fm_http_wait_ms(&env, 3, 500, 60000), 0, 2000);
    }
    bits = 2000;
    assert_int_equal(fm_http_wait_ms(&env, 3, 500, 60000), 2000);
    env.random = no_random;
    assert_int_equal(fm_http_wait_ms(&env, 3, 500, 60000), 2000);
    assert_int_equal(fm_http_wait_ms(&env, 40, 500, 60000), 60000);
}

static void test_a_refusal_is_waited_out(void **state)
{
    (void)state;
    uint64_t bits = 0;
    fm_env env = {.data = &bits, .random = fixed_random};
    assert_int_equal(fm_http_refused_wait_ms(&env, 1, 1000, 0), 1000);
    assert_int_equal(fm_http_refused_wait_ms(&env, 3, 1000, 0), 4000);
    assert_int_equal(fm_http_refused_wait_ms(&env, 7, 1000, 0), 64000);
    assert_int_equal(fm_http_refused_wait_ms(&env, 40, 1000, 0), 64000);
    for (bits = 0; bits < 5000; bits += 7) {
        assert_in_range(fm_http_refused_wait_ms(&env, 1, 1000, 0), 1000, 1500);
        assert_in_range(fm_http_refused_wait_ms(&env, 9, 1000, 0), 64000, 65000);
    }
}

static void test_retry_after_is_the_least_of_waits(void **state)
{
    (void)state;
    uint64_t bits = 0;
    fm_env env = {.data = &bits, .random = fixed_random};
    assert_int_equal(fm_http_refused_wait_ms(&env, 1, 1000, 3000), 3000);
    assert_int_equal(fm_http_refused_wait_ms(&env, 5, 1000, 3000), 16000);
    assert_int_equal(fm_http_refused_wait_ms(&env, 1, 1000, 100000), 100000);
    bits = 499;
    assert_int_equal(fm_http_refused_wait_ms(&env, 1, 1000, 3000), 3499);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_codes_are_failures),
        cmocka_unit_test(test_only_what_the_caller_allows_is_retried),
        cmocka_unit_test(test_retry_after_in_seconds_or_as_a_date),
        cmocka_unit_test(test_backoff_doubles_up_to_its_limit),
        cmocka_unit_test(test_a_refusal_is_waited_out),
        cmocka_unit_test(test_retry_after_is_the_least_of_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
