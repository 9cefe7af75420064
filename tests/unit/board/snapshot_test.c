#include "board/snapshot.h"
#include "support/boards.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <string.h>

/* Whether an entry means the same in its mapped members when the board is this. */
static bool same(const char *one, const char *other, const char *key)
{
    unsigned char prints[2][FM_BOARD_SNAPSHOT_BYTES];
    const char *texts[] = {one, other};
    for (int i = 0; i < 2; i++) {
        fm_board_place place;
        fm_board *b = boards_parse(texts[i]);
        assert_int_equal(fm_board_find(&place, b, key, strlen(key), NULL), FM_OK);
        assert_int_equal(fm_board_snapshot(prints[i], b, &place, NULL), FM_OK);
        fm_board_close(b);
    }
    return memcmp(prints[0], prints[1], sizeof prints[0]) == 0;
}

#define ITEM(members) "{\"items\":[{\"id\":\"A\"" members "}]}"

static void test_spelling_does_not_count(void **state)
{
    (void)state;
    assert_true(
        same(ITEM(",\"title\":\"\\u00e9\",\"durationMinutes\":60.0,\"calendarSync\":{\"a\":[1,2]}"),
             ITEM(",\n\"calendarSync\": { \"a\" : [ 1, 2 ] }, \"durationMinutes\": 6e1,\"title\": \"\xC3\xA9\""), "A"));
}

static void test_other_members_do_not_count(void **state)
{
    (void)state;
    assert_true(
        same(ITEM(",\"title\":\"t\",\"status\":\"todo\""), ITEM(",\"title\":\"t\",\"status\":\"done\",\"x\":[]"), "A"));
    assert_true(same(ITEM(",\"title\":\"t\",\"title\":\"u\""), ITEM(",\"title\":\"u\""), "A"));
}

static void test_each_mapped_member_counts(void **state)
{
    (void)state;
    static const char *const members[] = {"title",           "description", "dueDate",  "timeZone",
                                          "durationMinutes", "tags",        "priority", "calendarSync"};
    char one[128], other[128];
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        snprintf(one, sizeof one, "{\"items\":[{\"id\":\"A\",\"%s\":\"1\"}]}", members[i]);
        snprintf(other, sizeof other, "{\"items\":[{\"id\":\"A\",\"%s\":\"2\"}]}", members[i]);
        assert_false(same(one, other, "A"));
        assert_false(same(one, ITEM(""), "A"));
        snprintf(other, sizeof other, "{\"items\":[{\"id\":\"A\",\"%s\":\"1\"}]}", members[(i + 1) % 8]);
        assert_false(same(one, other, "A"));
    }
}

static void test_values_of_another_shape_are_others(void **state)
{
    (void)state;
    static const char *const values[] = {"null",
                                         "true",
                                         "false",
                                         "1",
                                         "2",
                                         "9007199254740993",
                                         "9007199254740992",
                                         "\"1\"",
                                         "\"\"",
                                         "[]",
                                         "[1]",
                                         "[[1]]",
                                         "[1,1]",
                                         "[\"1\"]",
                                         "[\"ab\",\"c\"]",
                                         "[\"a\",\"bc\"]",
                                         "{}",
                                         "{\"a\":1}",
                                         "{\"a\":{}}",
                                         "{\"a\":[]}",
                                         "{\"a\":1,\"b\":1}"};
    char one[128], other[128];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (size_t n = 0; n < i; n++) {
            snprintf(one, sizeof one, "{\"items\":[{\"id\":\"A\",\"tags\":%s}]}", values[i]);
            snprintf(other, sizeof other, "{\"items\":[{\"id\":\"A\",\"tags\":%s}]}", values[n]);
            if (same(one, other, "A"))
                fail_msg("%s and %s", values[i], values[n]);
        }
}

static void test_a_court_date_has_its_own(void **state)
{
    (void)state;
#define EPIC(members, metadata) "{\"epics\":[{\"id\":\"E\"" members ",\"metadata\":{\"courtDate\":" metadata "}}]}"
    assert_true(same(EPIC(",\"title\":\"t\"", "1"), EPIC(",\"title\":\"u\",\"calendarSync\":{}", "1"), "E.court-date"));
    assert_false(same(EPIC("", "1"), EPIC("", "2"), "E.court-date"));
    assert_false(same(EPIC("", "1"), EPIC("", "1,\"courtDateSync\":{}"), "E.court-date"));
    assert_true(same(EPIC("", "1"), EPIC("", "1,\"courtDateSync\":{}"), "E"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spelling_does_not_count),   cmocka_unit_test(test_other_members_do_not_count),
        cmocka_unit_test(test_each_mapped_member_counts), cmocka_unit_test(test_values_of_another_shape_are_others),
        cmocka_unit_test(test_a_court_date_has_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
