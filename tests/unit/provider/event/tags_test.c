#include "provider/event/tags.h"
#include "support/cmocka.h"

#include <string.h>

static void assert_tag(const char *text, const char *expected)
{
    fm_buf out;
    fm_buf_init(&out, 1024);
    assert_int_equal(fm_event_tag(&out, text, strlen(text)), FM_OK);
    assert_string_equal(out.data, expected);
    fm_buf_free(&out);
}

static void test_blanks_and_control_characters_go(void **state)
{
    (void)state;
    assert_tag("  two words\t", "two words");
    assert_tag("\n a,b;c \n", "a,b;c");
    assert_tag("bell\a", "bell");
    assert_tag(" \t\n", "");
    assert_tag("", "");
}

static void test_a_set_is_sorted_and_without_repeats(void **state)
{
    (void)state;
    static const char *const given[] = {"b", "a", "b", "B", "a"}, *const expected[] = {"B", "a", "b"};
    fm_strings tags = {0};
    fm_event_tags_normalise(&tags);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        assert_int_equal(fm_strings_add(&tags, given[i]), FM_OK);
    fm_event_tags_normalise(&tags);
    assert_int_equal(tags.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(tags.items[i], expected[i]);
    fm_strings_clear(&tags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blanks_and_control_characters_go),
        cmocka_unit_test(test_a_set_is_sorted_and_without_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
