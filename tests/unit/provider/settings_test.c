#include "provider/settings.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

typedef struct world {
    fm_options *options;
    fm_error err;
    fm_settings s;
} world;

static int setup(void **state)
{
    world *w = calloc(1, sizeof *w);
    w->options = fm_options_new();
    w->s = (fm_settings){.options = w->options, .domain = "test", .err = &w->err};
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    fm_options_free(w->options);
    free(w);
    return 0;
}

static void assert_text(world *w, const char *name, const char *fallback, const char *expected)
{
    char *text = NULL;
    fm_settings_text(&w->s, &text, name, fallback);
    assert_int_equal(w->s.status, FM_OK);
    if (expected)
        assert_string_equal(text, expected);
    else
        assert_null(text);
    free(text);
}

static void test_an_empty_text_counts_as_absent(void **state)
{
    world *w = *state;
    fm_options_set_string(w->options, "given", "x");
    fm_options_set_string(w->options, "empty", "");
    assert_text(w, "given", "fallback", "x");
    assert_text(w, "empty", "fallback", "fallback");
    assert_text(w, "absent", "fallback", "fallback");
    assert_text(w, "empty", NULL, NULL);
    assert_text(w, "absent", "", NULL);
}

static void test_a_url_that_is_none_is_named(void **state)
{
    world *w = *state;
    char *text = NULL, *later = NULL;
    fm_options_set_string(w->options, "endpoint.api", "no url");
    fm_settings_url(&w->s, &text, "endpoint.api", "https://example.org/");
    assert_int_equal(w->s.status, FM_EINVAL);
    assert_non_null(strstr(w->err.message, "the setting \"endpoint.api\" cannot be used"));
    fm_settings_text(&w->s, &later, "absent", "fallback"); /* what failed first is told */
    assert_null(later);
    assert_int_equal(w->s.status, FM_EINVAL);
    free(text);
}

static void test_a_url_that_is_empty_is_the_fallback(void **state)
{
    world *w = *state;
    char *text = NULL;
    fm_options_set_string(w->options, "endpoint.api", "");
    fm_settings_url(&w->s, &text, "endpoint.api", "https://example.org/");
    assert_int_equal(w->s.status, FM_OK);
    assert_string_equal(text, "https://example.org/");
    free(text);
}

static void test_a_secret_may_be_one_or_a_text(void **state)
{
    world *w = *state;
    fm_secret *given = fm_secret_new("hunter22", 8), *read = NULL, *kept = NULL, *absent = NULL;
    fm_options_set_secret(w->options, "password", given);
    fm_options_set_string(w->options, "token", "swordfish");
    fm_settings_secret(&w->s, &read, "password");
    fm_settings_secret(&w->s, &kept, "token");
    fm_settings_secret(&w->s, &absent, "other");
    assert_int_equal(w->s.status, FM_OK);
    assert_ptr_equal(read, given);
    assert_string_equal(fm_secret_bytes(kept, NULL), "swordfish");
    assert_null(absent);
    fm_secret_unref(read);
    fm_secret_unref(kept);
    fm_secret_unref(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_empty_text_counts_as_absent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_url_that_is_none_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_url_that_is_empty_is_the_fallback, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_secret_may_be_one_or_a_text, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
