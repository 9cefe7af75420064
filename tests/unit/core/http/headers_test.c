#include "core/http/headers.h"
#include "support/cmocka.h"

#include <string.h>

static void add(fm_http_headers *h, const char *line)
{
    assert_int_equal(fm_http_headers_add(h, line, strlen(line)), FM_OK);
}

static void test_found_without_case_and_trimmed(void **state)
{
    (void)state;
    fm_http_headers h;
    fm_http_headers_init(&h);
    assert_null(fm_http_headers_find(&h, "ETag"));
    add(&h, "ETag:\t \"1 2\" \r\n");
    add(&h, "x-empty:\r\n");
    assert_string_equal(fm_http_headers_find(&h, "etag"), "\"1 2\"");
    assert_string_equal(fm_http_headers_find(&h, "X-Empty"), "");
    assert_null(fm_http_headers_find(&h, "ETa"));
    fm_http_headers_free(&h);
}

static void test_the_last_of_a_name_wins_and_all_are_listed(void **state)
{
    (void)state;
    fm_http_headers h;
    const char *name, *value;
    fm_http_headers_init(&h);
    add(&h, "A: 1");
    add(&h, "B: 2");
    add(&h, "a: 3");
    assert_string_equal(fm_http_headers_find(&h, "A"), "3");
    assert_true(fm_http_headers_at(&h, 1, &name, &value));
    assert_string_equal(name, "B");
    assert_string_equal(value, "2");
    assert_false(fm_http_headers_at(&h, 3, &name, &value));
    fm_http_headers_reset(&h);
    assert_false(fm_http_headers_at(&h, 0, &name, &value));
    fm_http_headers_free(&h);
}

static void test_what_is_no_header_is_left_out(void **state)
{
    (void)state;
    fm_http_headers h;
    const char *name, *value;
    fm_http_headers_init(&h);
    add(&h, "no colon here");
    add(&h, ": no name");
    add(&h, "");
    assert_int_equal(fm_http_headers_add(&h, "A: b\0c", 6), FM_OK);
    assert_false(fm_http_headers_at(&h, 0, &name, &value));
    fm_http_headers_free(&h);
}

static void test_too_many_bytes_are_refused(void **state)
{
    (void)state;
    fm_http_headers h;
    static char line[4096];
    fm_http_headers_init(&h);
    memset(line, 'v', sizeof line);
    memcpy(line, "Name: ", 6);
    fm_status status = FM_OK;
    for (int i = 0; i < 17 && !status; i++)
        status = fm_http_headers_add(&h, line, sizeof line);
    assert_int_equal(status, FM_ELIMIT);
    fm_http_headers_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_without_case_and_trimmed),
        cmocka_unit_test(test_the_last_of_a_name_wins_and_all_are_listed),
        cmocka_unit_test(test_what_is_no_header_is_left_out),
        cmocka_unit_test(test_too_many_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
