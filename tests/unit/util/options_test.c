#include "support/cmocka.h"
#include "util/options.h"

#include <stdio.h>

static void test_reads_back_every_type(void **state)
{
    (void)state;
    fm_options *o = fm_options_new();
    fm_secret *s = fm_secret_new("hunter22", 8);
    assert_int_equal(fm_options_set_string(o, "endpoint.api", "https://example.org"), FM_OK);
    assert_int_equal(fm_options_set_int(o, "window", INT64_MIN), FM_OK);
    assert_int_equal(fm_options_set_bool(o, "allowHttp", true), FM_OK);
    assert_int_equal(fm_options_set_secret(o, "password", s), FM_OK);
    fm_secret_unref(s);
    assert_string_equal(fm_options_string(o, "endpoint.api", NULL), "https://example.org");
    assert_true(fm_options_int(o, "window", 0) == INT64_MIN);
    assert_true(fm_options_bool(o, "allowHttp", false));
    assert_string_equal(fm_secret_bytes(fm_options_secret(o, "password"), NULL), "hunter22");
    fm_options_free(o);
}

static void test_absent_or_of_another_type_is_the_default(void **state)
{
    (void)state;
    fm_options *o = fm_options_new();
    fm_options_set_string(o, "window", "8");
    assert_int_equal(fm_options_int(o, "window", 4), 4);
    assert_null(fm_options_secret(o, "window"));
    assert_true(fm_options_bool(o, "absent", true));
    assert_string_equal(fm_options_string(o, "absent", "x"), "x");
    assert_null(fm_options_string(o, "absent", NULL));
    fm_options_free(o);
    fm_options_free(NULL);
}

static void test_setting_again_replaces_and_keeps_the_place(void **state)
{
    (void)state;
    fm_options *o = fm_options_new();
    fm_secret *s = fm_secret_new("hunter22", 8);
    char name[16];
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "name.%d", i);
        assert_int_equal(fm_options_set_int(o, name, i), FM_OK);
    }
    fm_options_set_string(o, "name.7", "seven");
    fm_options_set_string(o, "name.7", fm_options_string(o, "name.7", NULL));
    fm_options_set_secret(o, "name.8", s);
    fm_options_set_secret(o, "name.8", s);
    fm_secret_unref(s);
    assert_string_equal(fm_options_string(o, "name.7", NULL), "seven");
    assert_string_equal(fm_secret_bytes(fm_options_secret(o, "name.8"), NULL), "hunter22");
    assert_string_equal(fm_options_name(o, 7), "name.7");
    assert_string_equal(fm_options_name(o, 39), "name.39");
    assert_null(fm_options_name(o, 40));
    fm_options_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_back_every_type),
        cmocka_unit_test(test_absent_or_of_another_type_is_the_default),
        cmocka_unit_test(test_setting_again_replaces_and_keeps_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
