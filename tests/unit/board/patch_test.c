#include "support/boards.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plain[] = "{\n"
                            "  \"team\": \"a\",\n"
                            "  \"calendarConfig\": { \"on\": true, \"stats\": { \"p\": 1.10 } },\n"
                            "  \"items\": [\n"
                            "    { \"id\": \"A\", \"title\": \"t\", \"n\": 12345678901234567890, \"subitems\": [ { "
                            "\"id\": \"S\", \"title\": \"s\" }, { \"id\": \"T\" } ] },\n"
                            "    { \"id\": \"B\", \"title\": \"\\u00e9\" }\n"
                            "  ],\n"
                            "  \"epics\": [\n"
                            "    { \"id\": \"E\", \"metadata\": { \"courtDate\": \"2026-01-01\" } }\n"
                            "  ]\n"
                            "}\n";

/* What `plain` is with one piece of it replaced. */
static char *plain_with(const char *piece, const char *by)
{
    const char *at = strstr(plain, piece);
    assert_non_null(at);
    char *text = NULL;
    assert_true(asprintf(&text, "%.*s%s%s", (int)(at - plain), plain, by, at + strlen(piece)) > 0);
    return text;
}

static void assert_becomes(fm_board *b, const char *piece, const char *by)
{
    char *expected = plain_with(piece, by);
    boards_assert_text(b, expected);
    free(expected);
    fm_board_close(b);
}

static bool is_dirty(fm_board *b)
{
    bool dirty;
    assert_int_equal(fm_board_is_dirty(&dirty, b, NULL), FM_OK);
    return dirty;
}

static void test_edits_of_entries(void **state)
{
    (void)state;
    fm_board *b = boards_parse(plain);
    assert_int_equal(boards_set(b, "B/calendarSync", "{\"a\":[1,2]}", NULL), FM_OK);
    assert_becomes(b, "\"\\u00e9\" }", "\"\\u00e9\", \"calendarSync\": { \"a\": [1, 2] } }");
    b = boards_parse(plain);
    assert_int_equal(boards_set(b, "S/title", "\"x\"", NULL), FM_OK);
    assert_int_equal(boards_set(b, "T/title", "\"y\"", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "S/title", NULL), FM_OK);
    assert_int_equal(boards_set(b, "S/dueDate", "null", NULL), FM_OK);
    assert_becomes(b, "{ \"id\": \"S\", \"title\": \"s\" }, { \"id\": \"T\" }",
                   "{ \"id\": \"S\", \"dueDate\": null }, { \"id\": \"T\", \"title\": \"y\" }");
    b = boards_parse(plain);
    assert_int_equal(boards_set(b, "E.court-date/metadata/courtDate", "\"2026-02-02\"", NULL), FM_OK);
    assert_int_equal(boards_set(b, "E.court-date/metadata/courtDateSync/s", "1", NULL), FM_OK);
    assert_becomes(b, "{ \"courtDate\": \"2026-01-01\" }",
                   "{ \"courtDate\": \"2026-02-02\", \"courtDateSync\": { \"s\": 1 } }");
}

static void test_edits_of_the_board(void **state)
{
    (void)state;
    fm_board *b = boards_parse(plain);
    assert_int_equal(boards_set(b, "/calendarConfig/stats/p", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/calendarConfig/lastSyncAt", "\"now\"", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "/calendarConfig/on", NULL), FM_OK);
    assert_becomes(b, "{ \"on\": true, \"stats\": { \"p\": 1.10 } }",
                   "{ \"stats\": { \"p\": 2 }, \"lastSyncAt\": \"now\" }");
    b = boards_parse(plain);
    assert_int_equal(boards_set(b, "/new/x", "1", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/new/y", "2", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "/team", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/team", "\"b\"", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/new", "3", NULL), FM_OK);
    char *text = plain_with("  \"team\": \"a\",\n", "");
    text[strlen(text) - 3] = '\0';
    char *expected = NULL;
    assert_true(asprintf(&expected, "%s,\n  \"new\": 3,\n  \"team\": \"b\"\n}\n", text) > 0);
    boards_assert_text(b, expected);
    free(text);
    free(expected);
    fm_board_close(b);
}

static void test_edits_to_one_member_and_to_the_board_keep_their_order(void **state)
{
    (void)state;
    fm_board *b = boards_parse("{\"c\": {\"x\": 1}, \"d\": {}}");
    assert_int_equal(boards_set(b, "/c/x", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/c", "null", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/c/y", "3", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/l", "1", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/l", "2", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/l/1", "{\"z\": 0}", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/d/e", "5", NULL), FM_OK);
    boards_assert_text(b, "{\"c\": {\"y\": 3}, \"d\": {\"e\": [5]}, \"l\": [{\"z\": 0}, 2]}");
    fm_board_close(b);
}

static void test_appended_entries_are_found(void **state)
{
    (void)state;
    fm_board *b = boards_parse(plain);
    fm_board_place place;
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"N\",\"title\":\"n\"}", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"\\u004d\"}", NULL), FM_OK);
    assert_int_equal(fm_board_find(&place, b, "M", 1, NULL), FM_OK);
    assert_int_equal(fm_board_find(&place, b, "N", 1, NULL), FM_OK);
    assert_int_equal(place.line, 7);
    assert_int_equal(boards_append(b, "/epics", "{\"id\":\"F\",\"metadata\":{\"courtDate\":1}}", NULL), FM_OK);
    assert_int_equal(fm_board_find(&place, b, "F.court-date", 12, NULL), FM_OK);
    assert_int_equal(fm_board_find(&place, b, "X", 1, NULL), FM_ENOTFOUND);
    assert_int_equal(boards_set(b, "N/title", "\"m\"", NULL), FM_OK);
    fm_json_span text;
    assert_int_equal(fm_board_text(&text, b, NULL), FM_OK);
    assert_non_null(
        strstr(text.at, "    { \"id\": \"B\", \"title\": \"\\u00e9\" },\n    { \"id\": \"N\", \"title\": \"m\" },\n"));
    fm_board_close(b);
    b = boards_parse("{}");
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"N\"}", NULL), FM_OK);
    boards_assert_text(b, "{\"items\": [{\"id\": \"N\"}]}");
    fm_board_close(b);
}

static void test_what_is_read_shows_the_edits(void **state)
{
    (void)state;
    fm_board *b = boards_parse(plain);
    fm_board_place place;
    fm_json_span value;
    assert_int_equal(boards_set(b, "A/title", "\"new\"", NULL), FM_OK);
    assert_int_equal(fm_board_find(&place, b, "S", 1, NULL), FM_OK);
    assert_int_equal(place.line, 5);
    fm_json_span parent = fm_index_text(place.index, fm_board_parent(&place));
    assert_non_null(memmem(parent.at, parent.len, "\"new\"", 5));
    assert_int_equal(boards_set(b, "/calendarConfig/on", "false", NULL), FM_OK);
    assert_int_equal(fm_board_member_value(&value, b, "calendarConfig", 14, NULL), FM_OK);
    assert_non_null(memmem(value.at, value.len, "false", 5));
    assert_int_equal(fm_board_member_value(&value, b, "items", 5, NULL), FM_OK);
    assert_non_null(memmem(value.at, value.len, "\"new\"", 5));
    assert_int_equal(fm_board_member_value(&value, b, "none", 4, NULL), FM_ENOTFOUND);
    fm_board_close(b);
}

static void test_court_dates_come_and_go(void **state)
{
    (void)state;
    fm_board *b = boards_parse("{\"epics\":[{\"id\":\"E\"}]}");
    fm_board_place place;
    assert_int_equal(fm_board_find(&place, b, "E.court-date", 12, NULL), FM_ENOTFOUND);
    assert_int_equal(boards_set(b, "E/metadata/courtDate", "\"2026-01-01\"", NULL), FM_OK);
    assert_int_equal(fm_board_find(&place, b, "E.court-date", 12, NULL), FM_OK);
    assert_int_equal(boards_remove(b, "E.court-date/metadata/courtDate", NULL), FM_OK);
    assert_int_equal(fm_board_find(&place, b, "E.court-date", 12, NULL), FM_ENOTFOUND);
    fm_board_close(b);
}

static void test_fingerprints_before_and_after_putting_together_are_the_same(void **state)
{
    (void)state;
    static const char *const keys[] = {"A", "S", "T", "B", "E", "E.court-date"};
    unsigned char first[6][FM_BOARD_FINGERPRINT_BYTES], before[6][FM_BOARD_FINGERPRINT_BYTES],
        after[FM_BOARD_FINGERPRINT_BYTES];
    fm_board *b = boards_parse(plain);
    for (int i = 0; i < 6; i++)
        boards_fingerprint(first[i], b, keys[i], "x");
    assert_int_equal(boards_set(b, "A/title", "\"new\"", NULL), FM_OK);
    assert_int_equal(boards_set(b, "T/calendarSync", "{}", NULL), FM_OK);
    assert_int_equal(boards_set(b, "E.court-date/metadata/courtDateSync", "{}", NULL), FM_OK);
    for (int i = 0; i < 6; i++)
        boards_fingerprint(before[i], b, keys[i], "x");
    assert_true(is_dirty(b));
    for (int i = 0; i < 6; i++) {
        boards_fingerprint(after, b, keys[i], "x");
        assert_memory_equal(after, before[i], sizeof after);
    }
    for (int i = 0; i < 3; i++)
        assert_memory_not_equal(first[i], before[i], sizeof after);
    assert_memory_equal(first[3], before[3], sizeof after);
    assert_memory_equal(first[4], before[4], sizeof after);
    assert_memory_equal(first[5], before[5], FM_PRINT_BYTES);
    assert_memory_not_equal(first[5], before[5], sizeof after);
    boards_fingerprint(after, b, "B", "y");
    assert_memory_not_equal(after, before[3], sizeof after);
    fm_board_close(b);
}

static void test_dirty_only_where_something_differs(void **state)
{
    (void)state;
    fm_board *b = boards_parse(plain);
    assert_false(is_dirty(b));
    assert_int_equal(boards_set(b, "A/n", "12345678901234567890", NULL), FM_OK);
    assert_int_equal(boards_set(b, "B/title", "\"\xC3\xA9\"", NULL), FM_OK);
    assert_int_equal(boards_set(b, "/calendarConfig/stats", "{\"p\":1.1}", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "B/none", NULL), FM_OK);
    assert_int_equal(boards_remove(b, "/none", NULL), FM_OK);
    assert_false(is_dirty(b));
    assert_int_equal(boards_set(b, "A/title", "\"x\"", NULL), FM_OK);
    assert_true(is_dirty(b));
    assert_int_equal(boards_set(b, "A/title", "\"t\"", NULL), FM_OK);
    assert_false(is_dirty(b));
    boards_assert_text(b, plain);
    fm_board_close(b);
}

static void test_what_cannot_be_edited_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *place, *value;
        fm_status status;
        const char *says;
    } cases[] = {
        {"X/title", "1", FM_ENOTFOUND, "test.json"},
        {"A/title/x", "1", FM_EINVAL, "test.json, line 5: A: member 'title' is not an object"},
        {"S/title/x", "1", FM_EINVAL, "test.json, line 5: S: member 'title' is not an object"},
        {"A/id", "\"B\"", FM_EINVAL, "line 5"},
        {"A", "{}", FM_EINVAL, "line 5"},
        {"A/title", "{", FM_EPARSE, "line 5"},
        {"/items", "[]", FM_EINVAL, "by their keys"},
        {"/items/1/title", "1", FM_EINVAL, "by their keys"},
        {"/epics", "null", FM_EINVAL, "by their keys"},
        {"/team/x", "1", FM_EINVAL, "'team' is not an object"},
        {"/calendarConfig/on/x", "1", FM_EINVAL, "'on' is not an object"},
        {"/1", "1", FM_EINVAL, "member's name"},
    };
    fm_board *b = boards_parse(plain);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_error err = {0};
        assert_int_equal(boards_set(b, cases[i].place, cases[i].value, &err), cases[i].status);
        if (!strstr(err.message, cases[i].says))
            fail_msg("%s: %s", cases[i].place, err.message);
    }
    assert_int_equal(boards_append(b, "/team", "1", NULL), FM_EINVAL);
    assert_int_equal(boards_append(b, "/items/1", "1", NULL), FM_EINVAL);
    assert_int_equal(boards_append(b, "A/title", "1", NULL), FM_EINVAL);
    assert_false(is_dirty(b));
    fm_board_close(b);
}

static void test_values_must_leave_the_board_readable(void **state)
{
    (void)state;
    char value[200];
    fm_board *b = boards_parse(plain);
    for (int depth = 59; depth <= 62; depth++) {
        memset(value, '[', (size_t)depth);
        memset(value + depth, ']', (size_t)depth);
        value[2 * depth] = '\0';
        assert_int_equal(boards_set(b, "A/x", value, NULL), depth <= 61 ? FM_OK : FM_ELIMIT);
        assert_int_equal(boards_set(b, "S/x", value, NULL), depth <= 59 ? FM_OK : FM_ELIMIT);
        assert_int_equal(boards_set(b, "/calendarConfig/x", value, NULL), FM_OK);
    }
    assert_true(is_dirty(b));
    fm_board_close(b);
}

static void test_entries_with_problems_are_left_alone(void **state)
{
    (void)state;
    fm_board *b = boards_parse("{\"items\":[{\"id\":\"A\"},{\"id\":\"A\"},{\"dueDate\":1}]}");
    fm_error err;
    assert_int_equal(boards_set(b, "A/title", "1", &err), FM_ENOTFOUND);
    /* An appended entry that takes a key makes a problem; it does not spoil the board. */
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"B\"}", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/items", "{\"id\":\"B\"}", NULL), FM_OK);
    assert_int_equal(boards_append(b, "/epics", "{\"id\":\"A\"}", NULL), FM_OK);
    assert_true(is_dirty(b));
    const fm_index *ix;
    assert_int_equal(fm_board_index(&ix, b, NULL), FM_OK);
    fm_buf said;
    fm_buf_init(&said, 4096);
    for (size_t i = 0; i < ix->count; i++)
        if (ix->entries[i].flags & FM_ENTRY_PROBLEM) {
            fm_board_add_problem(&said, b, ix, &ix->entries[i]);
            fm_buf_addc(&said, '\n');
        }
    assert_string_equal(said.data, "test.json, line 1: more than one entry has the id A; give each its own\n"
                                   "test.json, line 1: more than one entry has the id A; give each its own\n"
                                   "test.json, line 1: the entry has a date but no id; give it one\n"
                                   "test.json, line 1: more than one entry has the id B; give each its own\n"
                                   "test.json, line 1: more than one entry has the id B; give each its own\n"
                                   "test.json, line 1: more than one entry has the id A; give each its own\n");
    fm_buf_free(&said);
    fm_board_close(b);
}

static void test_many_edits_in_any_order_end_up_in_their_entries(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    fm_buf text, expected;
    fm_buf_init(&text, 1 << 20);
    fm_buf_init(&expected, 1 << 20);
    fm_buf_adds(&text, "{\"items\":[");
    fm_buf_adds(&expected, "{\"items\":[");
    for (int i = 0; i < COUNT; i++) {
        fm_buf_addf(&text, "%s\r\n\t{\"id\": \"K%d\", \"v\": 1.0}", i ? "," : "", i);
        fm_buf_addf(&expected, "%s\r\n\t{\"id\": \"K%d\"%s}", i ? "," : "", i,
                    i % 3 == 0   ? ", \"v\": 1.0"
                    : i % 3 == 1 ? ""
                                 : ", \"v\": 2, \"w\": 3");
    }
    fm_buf_adds(&text, "]}");
    fm_buf_adds(&expected, "]}");
    fm_board *b = boards_parse(text.data);
    for (int n = 0; n < COUNT; n++) {
        int i = n * 7 % COUNT; /* every number once */
        char place[32];
        snprintf(place, sizeof place, "K%d/v", i);
        if (i % 3 == 1)
            assert_int_equal(boards_remove(b, place, NULL), FM_OK);
        if (i % 3 == 2)
            assert_int_equal(boards_set(b, place, "2", NULL), FM_OK);
        snprintf(place, sizeof place, "K%d/w", i);
        if (i % 3 == 2)
            assert_int_equal(boards_set(b, place, "3", NULL), FM_OK);
        if (n % 100 == 0)
            assert_true(is_dirty(b) || n == 0);
    }
    boards_assert_text(b, expected.data);
    fm_board_close(b);
    fm_buf_free(&text);
    fm_buf_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits_of_entries),
        cmocka_unit_test(test_edits_of_the_board),
        cmocka_unit_test(test_edits_to_one_member_and_to_the_board_keep_their_order),
        cmocka_unit_test(test_appended_entries_are_found),
        cmocka_unit_test(test_what_is_read_shows_the_edits),
        cmocka_unit_test(test_court_dates_come_and_go),
        cmocka_unit_test(test_fingerprints_before_and_after_putting_together_are_the_same),
        cmocka_unit_test(test_dirty_only_where_something_differs),
        cmocka_unit_test(test_what_cannot_be_edited_says_where),
        cmocka_unit_test(test_values_must_leave_the_board_readable),
        cmocka_unit_test(test_entries_with_problems_are_left_alone),
        cmocka_unit_test(test_many_edits_in_any_order_end_up_in_their_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
