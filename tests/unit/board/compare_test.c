#include "board/compare.h"
#include "support/boards.h"
#include "support/cmocka.h"

#include <string.h>

static const char text[] = "{\"items\":[{\"id\":\"A\"},{\"id\":\"B\"},{\"id\":\"C\"},{\"id\":\"D\"},{\"id\":\"D\"}],"
                           "\"epics\":[{\"id\":\"E\",\"metadata\":{\"courtDateSync\":{}}}]}";

static fm_compare *begin(fm_board *b, const char *context)
{
    fm_compare *c;
    assert_int_equal(fm_compare_new(&c, b, context, strlen(context), "2026-01-02", NULL), FM_OK);
    return c;
}

static void give(fm_compare *c, fm_board *b, const char *key, const char *context, const char *status, const char *day)
{
    unsigned char print[FM_BOARD_FINGERPRINT_BYTES];
    boards_fingerprint(print, b, key, context);
    assert_int_equal(fm_compare_row(c, key, print, status, day), FM_OK);
}

static void assert_changed(const fm_compare *c, fm_board *b, const char *expected)
{
    const fm_index *ix;
    fm_buf keys;
    size_t at = 0;
    fm_buf_init(&keys, 4096);
    assert_int_equal(fm_board_index(&ix, b, NULL), FM_OK);
    for (const fm_entry *e; (e = fm_compare_changed(c, &at));) {
        fm_buf_adds(&keys, keys.len ? " " : "");
        fm_index_add_key(ix, e, &keys);
    }
    assert_string_equal(keys.data, expected);
    fm_buf_free(&keys);
}

static size_t count_of(const fm_compare *c, const char *status)
{
    const char *found;
    size_t count;
    for (size_t n = 0; (found = fm_compare_count(c, n, &count)); n++)
        if (strcmp(found, status) == 0)
            return count;
    return 0;
}

static void test_without_rows_all_have_changed(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    fm_compare *c = begin(b, "x");
    assert_changed(c, b, "A B C E E.court-date");
    assert_null(fm_compare_gone(c, 0));
    assert_int_equal(fm_compare_total(c), 4);
    assert_null(fm_compare_count(c, 0, &(size_t){0}));
    fm_compare_free(c);
    fm_board_close(b);
    fm_compare_free(NULL);
}

static void test_rows_that_match_have_not(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    fm_compare *c = begin(b, "x");
    give(c, b, "A", "x", "synced", NULL);
    give(c, b, "B", "x", "error", "2026-01-02");
    give(c, b, "C", "x", NULL, NULL);
    give(c, b, "E", "x", "synced", NULL);
    give(c, b, "E.court-date", "x", "synced", NULL);
    assert_changed(c, b, "");
    assert_int_equal(count_of(c, "synced"), 2);
    assert_int_equal(count_of(c, "error"), 1);
    assert_int_equal(count_of(c, ""), 1);
    fm_compare_free(c);
    fm_board_close(b);
}

static void test_another_context_day_or_print_is_a_change(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    fm_compare *c = begin(b, "x");
    unsigned char other[FM_BOARD_FINGERPRINT_BYTES];
    give(c, b, "A", "y", "synced", NULL);
    give(c, b, "B", "x", "synced", "2026-01-01");
    assert_int_equal(fm_compare_row(c, "C", NULL, "synced", NULL), FM_OK);
    for (size_t byte = 0; byte < sizeof other; byte += 31) {
        boards_fingerprint(other, b, "E", "x");
        other[byte] ^= 1;
        assert_int_equal(fm_compare_row(c, "E", other, "synced", NULL), FM_OK);
    }
    assert_changed(c, b, "A B C E E.court-date");
    assert_int_equal(count_of(c, "synced"), 0);
    fm_compare_free(c);
    fm_board_close(b);
}

static void test_rows_without_entry_are_gone_but_for_problems(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    fm_compare *c = begin(b, "x");
    assert_int_equal(fm_compare_row(c, "Z", NULL, NULL, NULL), FM_OK);
    assert_int_equal(fm_compare_row(c, "D", NULL, NULL, NULL), FM_OK);
    assert_int_equal(fm_compare_row(c, "A.court-date", NULL, NULL, NULL), FM_OK);
    assert_string_equal(fm_compare_gone(c, 0), "Z");
    assert_string_equal(fm_compare_gone(c, 1), "A.court-date");
    assert_null(fm_compare_gone(c, 2));
    fm_compare_free(c);
    fm_board_close(b);
}

static void test_edits_count(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    unsigned char print[FM_BOARD_FINGERPRINT_BYTES];
    boards_fingerprint(print, b, "A", "x");
    assert_int_equal(boards_set(b, "A/title", "1", NULL), FM_OK);
    fm_compare *c = begin(b, "x");
    assert_int_equal(fm_compare_row(c, "A", print, "synced", NULL), FM_OK);
    give(c, b, "B", "x", "synced", NULL);
    assert_changed(c, b, "A C E E.court-date");
    fm_compare_free(c);
    fm_board_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_rows_all_have_changed),
        cmocka_unit_test(test_rows_that_match_have_not),
        cmocka_unit_test(test_another_context_day_or_print_is_a_change),
        cmocka_unit_test(test_rows_without_entry_are_gone_but_for_problems),
        cmocka_unit_test(test_edits_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
