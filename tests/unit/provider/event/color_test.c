#include "provider/event/color.h"
#include "support/cmocka.h"

#include <string.h>

static void assert_color(const char *text, uint32_t expected)
{
    uint32_t rgb;
    assert_true(fm_color_read(&rgb, text));
    assert_int_equal(rgb, expected);
}

static void test_names_and_numbers(void **state)
{
    (void)state;
    uint32_t rgb;
    assert_color("teal", 0x008080);
    assert_color("RebeccaPurple", 0x663399);
    assert_color("#00fF7a", 0x00ff7a);
    static const char *const bad[] = {"", "#", "#fff", "#12345g", "#1234567", "teal ", "rgb(0,0,0)"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(fm_color_read(&rgb, bad[i]));
}

static void test_the_name_of_a_colour(void **state)
{
    (void)state;
    assert_string_equal(fm_color_css_name("TEAL"), "teal");
    assert_string_equal(fm_color_css_name("#ff0101"), "red");
    assert_string_equal(fm_color_css_name("#fffffe"), "white");
    assert_null(fm_color_css_name("reddish"));
}

static void test_the_nearest_of_a_list(void **state)
{
    (void)state;
    static const fm_color list[] = {{"dark", 0x101010}, {"blue", 0x0000ff}, {"other dark", 0x101010}};
    assert_string_equal(fm_color_nearest(list, 3, 0x2020e0)->name, "blue");
    assert_string_equal(fm_color_nearest(list, 3, 0x000000)->name, "dark");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_numbers),
        cmocka_unit_test(test_the_name_of_a_colour),
        cmocka_unit_test(test_the_nearest_of_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
