#include "support/cmocka.h"
#include "util/columns.h"

#include <string.h>

static int setup(void **state)
{
    *state = fm_columns_new();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    fm_columns_free(*state);
    return 0;
}

static void test_widths(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"na\xc3\xafve", 5},
        {"nai\xcc\x88ve", 5},                                /* combining diaeresis */
        {"\xe6\x97\xa5\xe6\x9c\xac", 4},                     /* two wide ideographs */
        {"\xf0\x9f\x93\x8a", 2},                             /* bar chart */
        {"\xe2\x9a\x96\xef\xb8\x8f", 2},                     /* scales, as emoji */
        {"\xe2\x9a\x96", 1},                                 /* scales, as text */
        {"1\xef\xb8\x8f", 1},                                /* a digit is no emoji */
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 2},             /* thumb with a skin tone */
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 2}, /* woman, joiner, laptop */
        {"\xf0\x9f\x87\xae\xf0\x9f\x87\xb9", 2},             /* a flag: two letters */
        {"a\xe2\x80\x8b"
         "b",
         2},             /* zero width space */
        {"\xff\xfe", 2}, /* no UTF-8 */
        {"a\tb", 3},
        {"\xe6\x97", 2}, /* cut in the middle */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (fm_columns_of(*state, cases[i].text, strlen(cases[i].text)) != cases[i].columns)
            fail_msg("case %zu: %zu columns, not %zu", i, fm_columns_of(*state, cases[i].text, strlen(cases[i].text)),
                     cases[i].columns);
}

static void test_a_zero_byte_is_a_character(void **state)
{
    assert_int_equal(fm_columns_of(*state, "a\0b", 3), 2);
}

static void test_fit_never_parts_a_character(void **state)
{
    size_t used;
    const char wide[] = "\xe6\x97\xa5\xe6\x9c\xac";
    assert_int_equal(fm_columns_fit(*state, wide, 6, 3, &used), 3);
    assert_int_equal(used, 2);
    assert_int_equal(fm_columns_fit(*state, wide, 6, 1, &used), 0);
    assert_int_equal(used, 0);
    assert_int_equal(fm_columns_fit(*state, wide, 6, 4, NULL), 6);
    assert_int_equal(fm_columns_fit(*state, "e\xcc\x88x", 4, 1, &used), 3);
    assert_int_equal(used, 1);
    assert_int_equal(fm_columns_fit(*state, "abc", 3, 0, &used), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_widths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_zero_byte_is_a_character, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fit_never_parts_a_character, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
