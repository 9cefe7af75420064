#include "provider/event/description.h"
#include "support/cmocka.h"

#include <string.h>

#define M FM_DESCRIPTION_MARKER

static void assert_joined(const char *text, const char *footer, const char *want)
{
    fm_buf out, back_text, back_footer;
    fm_buf_init(&out, 4096);
    fm_buf_init(&back_text, 4096);
    fm_buf_init(&back_footer, 4096);
    assert_int_equal(fm_description_join(&out, text, footer), FM_OK);
    if (want)
        assert_string_equal(out.data, want);
    assert_int_equal(fm_description_part(&back_text, &back_footer, out.data, out.len), FM_OK);
    assert_string_equal(back_text.data, text ? text : "");
    assert_string_equal(back_footer.data, footer ? footer : "");
    fm_buf_free(&out);
    fm_buf_free(&back_text);
    fm_buf_free(&back_footer);
}

static void test_text_and_footer(void **state)
{
    (void)state;
    assert_joined("text", "Status: x", "text\n" M "\nStatus: x");
    assert_joined("text", NULL, "text");
    assert_joined("text", "", "text");
    assert_joined(NULL, "Status: x", M "\nStatus: x");
    assert_joined("", NULL, "");
    assert_joined("text\n", "f\n", "text\n\n" M "\nf\n");
    assert_joined("\n", "\n", "\n\n" M "\n\n");
}

static void test_marker_lines_in_the_text(void **state)
{
    (void)state;
    assert_joined(M, NULL, M "\n" M);
    assert_joined("a\n" M "\nb", NULL, "a\n" M "\nb\n" M);
    assert_joined("a\n" M "  \nb", NULL, NULL);
    assert_joined("a\n" M "\nb", "f", "a\n" M "\nb\n" M "\nf");
    assert_joined("a " M, NULL, "a " M); /* within a line it is no marker line */
    assert_joined("\n" M, NULL, NULL);
    assert_joined(M "\n" M "\n", "x", NULL);
}

static void test_marker_lines_in_the_footer(void **state)
{
    (void)state;
    assert_joined("t", M, "t\n" M "\n " M);
    assert_joined("t", "a\n" M "\nb\n  " M "\n", "t\n" M "\na\n " M "\nb\n   " M "\n");
    assert_joined(NULL, M "\n" M, NULL);
}

static void assert_parted(const char *description, const char *text, const char *footer)
{
    fm_buf a, b;
    fm_buf_init(&a, 4096);
    fm_buf_init(&b, 4096);
    assert_int_equal(fm_description_part(&a, &b, description, strlen(description)), FM_OK);
    assert_string_equal(a.data, text);
    assert_string_equal(b.data, footer);
    fm_buf_free(&a);
    fm_buf_free(&b);
}

static void test_what_programs_make_of_it(void **state)
{
    (void)state;
    assert_parted("text\n" M " \t\nfooter", "text", "footer");
    assert_parted("text\n" M "\n", "text", "");
    assert_parted("text\n" M, "text", "");
    assert_parted("text\n " M "\nx", "text\n " M "\nx", "");
    assert_parted("", "", "");
    assert_parted("one\n" M "\nold\n" M "\nnew", "one\n" M "\nold", "new");
}

/* Every text and footer of a few characters that matter. */
static void test_all_small_texts(void **state)
{
    (void)state;
    static const char *const units[] = {"\n", " ", "x", M};
    enum { UNITS = 4, LENGTH = 4, COUNT = 256 };
    static char texts[COUNT][256];
    for (int i = 0; i < COUNT; i++)
        for (int k = 0, rest = i; k < LENGTH; k++, rest /= UNITS)
            memcpy(texts[i] + strlen(texts[i]), units[rest % UNITS], strlen(units[rest % UNITS]) + 1);
    for (int i = 0; i < COUNT; i++) {
        assert_joined(texts[i], NULL, NULL);
        for (int k = 0; k < COUNT; k++)
            assert_joined(texts[i], texts[k], NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_and_footer),
        cmocka_unit_test(test_marker_lines_in_the_text),
        cmocka_unit_test(test_marker_lines_in_the_footer),
        cmocka_unit_test(test_what_programs_make_of_it),
        cmocka_unit_test(test_all_small_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
