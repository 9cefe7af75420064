#include "board/replay.h"
#include "board/unit.h"
#include "support/boards.h"
#include "support/cmocka.h"

#include <string.h>

static const char text[] = "{\n"
                           "  \"items\": [\n"
                           "    { \"id\": \"A\", \"n\": 1.10, \"subitems\": [ { \"id\": \"S\" } ] },\n"
                           "    {},\n"
                           "    { \"id\": \"B\" }\n"
                           "  ],\n"
                           "  \"epics\": [ { \"id\": \"E\", \"metadata\": { \"courtDate\": \"2026-01-01\" } } ]\n"
                           "}\n";

static fm_status find(fm_board *b, const char *key)
{
    fm_board_place place;
    return fm_board_find(&place, b, key, strlen(key), NULL);
}

static void test_an_entry_goes_with_all_that_is_in_it(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    assert_int_equal(boards_remove(b, "A", NULL), FM_OK);
    assert_int_equal(find(b, "A"), FM_ENOTFOUND);
    assert_int_equal(find(b, "S"), FM_ENOTFOUND);
    assert_int_equal(boards_remove(b, "E", NULL), FM_OK);
    assert_int_equal(find(b, "E.court-date"), FM_ENOTFOUND);
    boards_assert_text(b, "{\n  \"items\": [\n    {},\n    { \"id\": \"B\" }\n  ],\n  \"epics\": []\n}\n");
    fm_board_close(b);
}

static void test_edits_before_and_after_it_hold(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    assert_int_equal(boards_set(b, "A/n", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "B/n", "3", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"C\"}", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "A", NULL), FM_OK);
    assert_int_equal(boards_set(b, "C/n", "4", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "E", NULL), FM_OK);
    boards_assert_text(
        b, "{\n  \"items\": [\n    {},\n    { \"id\": \"B\", \"n\": 3 },\n    { \"id\": \"C\", \"n\": 4 }\n  ],\n"
           "  \"epics\": []\n}\n");
    fm_board_close(b);
}

static void test_what_is_appended_can_go_again(void **state)
{
    (void)state;
    bool dirty;
    fm_board *b = boards_parse(text);
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"C\"}", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "C", NULL), FM_OK);
    boards_assert_text(b, text);
    assert_int_equal(fm_board_is_dirty(&dirty, b, NULL), FM_OK);
    assert_false(dirty);
    fm_board_close(b);
}

static void test_only_what_stands_in_a_list_of_the_board(void **state)
{
    (void)state;
    fm_board *b = boards_parse(text);
    assert_int_equal(boards_remove(b, "S", NULL), FM_EINVAL);
    assert_int_equal(boards_remove(b, "E.court-date", NULL), FM_EINVAL);
    assert_int_equal(boards_remove(b, "X", NULL), FM_ENOTFOUND);
    assert_int_equal(boards_set(b, "A", "{}", NULL), FM_EINVAL);
    boards_assert_text(b, text);
    fm_board_close(b);
}

/* Takes A off, and does that again on what another program has made of the board. @return whether that was left out */
static bool is_skipped_on(const char *theirs, const char *expected)
{
    fm_edit_log skipped = {0};
    fm_buf now;
    fm_buf_init(&now, 4096);
    fm_buf_adds(&now, theirs);
    fm_board *b = boards_parse("{\"items\":[{\"id\":\"A\",\"n\":1},{\"id\":\"B\"}]}");
    assert_int_equal(boards_remove(b, "A", NULL), FM_OK);
    assert_int_equal(fm_board_replay(b, &now, &skipped, NULL), FM_OK);
    boards_assert_text(b, expected);
    bool is_skipped = skipped.count == 1;
    fm_edit_log_clear(&skipped);
    fm_board_close(b);
    fm_buf_free(&now);
    return is_skipped;
}

static void test_an_entry_that_another_program_has_edited_stays(void **state)
{
    (void)state;
    assert_false(
        is_skipped_on("{\"items\":[{\"id\":\"N\"},{\"n\":1.0,\"id\":\"A\"}]}", "{\"items\":[{\"id\":\"N\"}]}"));
    assert_true(is_skipped_on("{\"items\":[{\"id\":\"A\",\"n\":2}]}", "{\"items\":[{\"id\":\"A\",\"n\":2}]}"));
    assert_true(is_skipped_on("{\"items\":[]}", "{\"items\":[]}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_entry_goes_with_all_that_is_in_it),
        cmocka_unit_test(test_edits_before_and_after_it_hold),
        cmocka_unit_test(test_what_is_appended_can_go_again),
        cmocka_unit_test(test_only_what_stands_in_a_list_of_the_board),
        cmocka_unit_test(test_an_entry_that_another_program_has_edited_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
