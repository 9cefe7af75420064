#include "board/replay.h"
#include "board/unit.h"
#include "support/boards.h"
#include "support/cmocka.h"

#include <string.h>

static fm_status replay(fm_board *b, const char *text, fm_edit_log *skipped, fm_error *err)
{
    fm_buf theirs;
    fm_buf_init(&theirs, 4096);
    fm_buf_adds(&theirs, text);
    fm_status status = fm_board_join_edits(b, NULL);
    if (!status)
        status = fm_board_replay(b, &theirs, skipped, err);
    fm_buf_free(&theirs);
    return status;
}

static void test_edits_in_turn_find_what_those_before_made(void **state)
{
    (void)state;
    fm_edit_log skipped = {0};
    fm_board *b = boards_parse("{\"items\":[{\"id\":\"A\",\"t\":1}]}");
    assert_int_equal(boards_set(b, "A/t", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/t", "3", NULL), FM_OK);
    assert_int_equal(boards_set(b, "A/m/x", "1", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "A/m/x", NULL), FM_OK);
    assert_int_equal(boards_append(b, "A/l", "1", NULL), FM_OK);
    assert_int_equal(replay(b, "{\"items\":[{\"u\":0,\"t\":1,\"id\":\"A\"}]}", &skipped, NULL), FM_OK);
    boards_assert_text(b, "{\"items\":[{\"u\":0,\"t\":3,\"id\":\"A\",\"m\":{},\"l\":[1]}]}");
    assert_int_equal(skipped.count, 0);
    fm_board_close(b);
}

static void test_it_can_be_done_again_and_again(void **state)
{
    (void)state;
    fm_edit_log skipped = {0};
    fm_board *b = boards_parse("{\"items\":[{\"id\":\"A\",\"t\":1}]}");
    assert_int_equal(boards_set(b, "A/t", "2", NULL), FM_OK);
    assert_int_equal(replay(b, "{\"items\":[{\"id\":\"A\",\"t\":1,\"u\":1}]}", &skipped, NULL), FM_OK);
    assert_int_equal(replay(b, "{\"items\":[{\"id\":\"A\",\"t\":1,\"u\":2}]}", &skipped, NULL), FM_OK);
    boards_assert_text(b, "{\"items\":[{\"id\":\"A\",\"t\":2,\"u\":2}]}");
    /* What is there already takes no edit: nothing is left to save. */
    bool dirty;
    assert_int_equal(replay(b, "{\"items\":[{\"id\":\"A\",\"t\":2.0}]}", &skipped, NULL), FM_OK);
    assert_int_equal(fm_board_is_dirty(&dirty, b, NULL), FM_OK);
    assert_false(dirty);
    assert_int_equal(skipped.count, 0);
    fm_board_close(b);
}

static void test_a_text_that_is_no_board_changes_nothing(void **state)
{
    (void)state;
    fm_edit_log skipped = {0};
    fm_error err;
    fm_board *b = boards_parse("{\"items\":[{\"id\":\"A\",\"t\":1},{\"id\":\"B\"}]}");
    assert_int_equal(boards_set(b, "A/t", "2", NULL), FM_OK);
    assert_int_equal(replay(b, "{\"items\":[{\"id\":\"A\",", &skipped, &err), FM_EPARSE);
    assert_non_null(strstr(err.message, "test.json"));
    boards_assert_text(b, "{\"items\":[{\"id\":\"A\",\"t\":2},{\"id\":\"B\"}]}");
    assert_int_equal(replay(b, "{\"items\":[]}", &skipped, NULL), FM_OK);
    assert_int_equal(skipped.count, 1);
    assert_memory_equal(skipped.edits[0]->key, "A", 1);
    fm_edit_log_clear(&skipped);
    fm_board_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits_in_turn_find_what_those_before_made),
        cmocka_unit_test(test_it_can_be_done_again_and_again),
        cmocka_unit_test(test_a_text_that_is_no_board_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
