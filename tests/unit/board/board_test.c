#include "support/boards.h"
#include "support/cmocka.h"
#include "support/folder.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_opens_a_file_by_any_of_its_names(void **state)
{
    const char *path = folder_write(state, "b.json", "\xEF\xBB\xBF{\"team\": \"a\"}"),
               *link = folder_path(state, "link");
    assert_int_equal(symlink("b.json", link), 0);
    fm_board *b = boards_open(link), *same = boards_open(path);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_string_equal(fm_board_path(b), fm_board_path(same));
    assert_string_equal(fm_board_name(b), link);
    assert_int_equal(fm_board_mtime_s(b), st.st_mtime);
    fm_json_span team;
    assert_int_equal(fm_board_member_value(&team, b, "team", 4, NULL), FM_OK);
    assert_int_equal(team.len, 3);
    fm_board_close(b);
    fm_board_close(same);
}

static void test_what_cannot_be_opened_is_named(void **state)
{
    fm_board *b;
    fm_error err;
    const char *missing = folder_path(state, "missing.json");
    assert_int_equal(fm_board_open(&b, boards_env(), missing, &err), FM_ENOTFOUND);
    assert_null(b);
    assert_non_null(strstr(err.message, missing));
    const char *broken = folder_write(state, "broken.json", "{\n  \"team\": \"a\"\n  \"items\": []\n}");
    assert_int_equal(fm_board_open(&b, boards_env(), broken, &err), FM_EPARSE);
    assert_null(b);
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 3);
    assert_non_null(strstr(err.message, broken));
    assert_non_null(strstr(err.message, "line 3, column 3"));
    assert_int_equal(fm_board_open(&b, boards_env(), *state, &err), FM_EINVAL);
    assert_int_equal(fm_board_open(&b, boards_env(), folder_write(state, "empty.json", ""), &err), FM_EPARSE);
}

static void test_a_board_from_memory_has_no_file(void **state)
{
    (void)state;
    fm_board *b = boards_parse("{}");
    assert_null(fm_board_path(b));
    assert_string_equal(fm_board_name(b), "test.json");
    assert_int_equal(fm_board_mtime_s(b), 0);
    fm_board_close(b);
    fm_board_close(NULL);
}

static void test_parents(void **state)
{
    (void)state;
    fm_board *b = boards_parse("{\"items\":[{\"id\":\"A\",\"subitems\":[{\"id\":\"B\"}]}],\"epics\":[{\"id\":\"E\","
                               "\"metadata\":{\"courtDate\":1}}]}");
    fm_board_place place;
    assert_int_equal(fm_board_find(&place, b, "B", 1, NULL), FM_OK);
    assert_int_equal(fm_board_parent(&place)->id_len, 1);
    assert_int_equal(fm_board_find(&place, b, "A", 1, NULL), FM_OK);
    assert_null(fm_board_parent(&place));
    assert_int_equal(fm_board_find(&place, b, "E.court-date", 12, NULL), FM_OK);
    assert_null(fm_board_parent(&place));
    fm_board_close(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_opens_a_file_by_any_of_its_names),
        TEST(test_what_cannot_be_opened_is_named),
        TEST(test_a_board_from_memory_has_no_file),
        TEST(test_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
