#include "core/ical/ical.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char object[] = "BEGIN:VCALENDAR\r\n"
                             "VERSION:2.0\r\n"
                             "BEGIN:VEVENT\r\n"
                             "UID:a\r\n"
                             "SUMMARY;LANGUAGE=en:Long, and\r\n"
                             "  folded \r\n"
                             "\ttwice\r\n"
                             "no content line\r\n"
                             "\r\n"
                             "BEGIN:VALARM\r\n"
                             "UID:b\r\n"
                             "END:VALARM\r\n"
                             "END:VEVENT\r\n"
                             "END:VCALENDAR\r\n";

static fm_ical *parse(const char *text)
{
    fm_ical *doc;
    fm_error err = {0};
    if (fm_ical_parse(&doc, text, strlen(text), NULL, &err))
        fail_msg("%s", err.message);
    return doc;
}

static void assert_written(const fm_ical *doc, const char *text)
{
    fm_buf out;
    fm_buf_init(&out, 1 << 20);
    assert_int_equal(fm_ical_write(doc, &out), FM_OK);
    assert_string_equal(out.data, text);
    fm_buf_free(&out);
}

static size_t component(const fm_ical *doc, size_t parent, const char *name)
{
    size_t at = fm_ical_find_component(doc, parent, FM_ICAL_NONE, name);
    assert_true(at != FM_ICAL_NONE);
    return at;
}

static void assert_value(const fm_ical *doc, size_t begin, const char *name, const char *value)
{
    size_t at = fm_ical_find_property(doc, begin, FM_ICAL_NONE, name);
    assert_true(at != FM_ICAL_NONE);
    fm_span found = fm_ical_at(doc, at)->parts.value;
    assert_int_equal(found.len, strlen(value));
    assert_memory_equal(found.at, value, found.len);
}

static void test_reads(void **state)
{
    (void)state;
    fm_ical *doc = parse(object);
    size_t calendar = component(doc, FM_ICAL_NONE, "vcalendar");
    size_t event = component(doc, calendar, "VEVENT"), alarm = component(doc, event, NULL);
    assert_value(doc, calendar, "version", "2.0");
    assert_value(doc, event, "UID", "a");
    assert_value(doc, event, "SUMMARY", "Long, and folded twice");
    assert_value(doc, alarm, "UID", "b");
    assert_int_equal(fm_ical_at(doc, event)->depth, 1);
    assert_int_equal(fm_ical_at(doc, alarm)->number, 10);
    assert_int_equal(fm_ical_end(doc, calendar), fm_ical_count(doc) - 1);
    assert_int_equal(fm_ical_find_component(doc, calendar, event, NULL), FM_ICAL_NONE);
    assert_int_equal(fm_ical_find_property(doc, calendar, FM_ICAL_NONE, "UID"), FM_ICAL_NONE);
    assert_false(fm_ical_edited(doc));
    assert_written(doc, object);
    fm_ical_free(doc);
}

static void test_texts_come_back_byte_for_byte(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\xEF\xBB\xBF"
        "BEGIN:A\nEND:A\n",
        "BEGIN:A\nEND:A",
        "begin:A\r\r\nX:1\r\r\nend:a \r\n\r\n\n",
        "BEGIN:A\nX:a\n b\r\n  c\n\td\nEND:A\n",
        "junk\nBEGIN:A\nEND:A\nmore junk",
        "BEGIN:A\nY:1\n \n X\nEND:A\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fm_ical *doc = parse(texts[i]);
        assert_written(doc, texts[i]);
        fm_ical_free(doc);
    }
}

static void assert_refused(const char *text, size_t len, const fm_ical_limits *limits, fm_status status, unsigned line)
{
    fm_ical *doc;
    fm_error err = {0};
    assert_int_equal(fm_ical_parse(&doc, text, len, limits, &err), status);
    assert_null(doc);
    assert_int_equal(err.status, status);
    assert_int_equal(err.line, line);
}

static void test_refuses(void **state)
{
    (void)state;
    assert_refused("", 0, NULL, FM_EPARSE, 0);
    assert_refused("X:1\n", 4, NULL, FM_EPARSE, 0);
    assert_refused("BEGIN:A\nX\0Y:1\nEND:A\n", 20, NULL, FM_EPARSE, 0);
    assert_refused("BEGIN:A\nX:1\n", 12, NULL, FM_EPARSE, 2);
    assert_refused("BEGIN:A\nBEGIN:B\nEND:A\nEND:B\n", 28, NULL, FM_EPARSE, 3);
    assert_refused("END:A\n", 6, NULL, FM_EPARSE, 1);
    assert_refused(object, sizeof object - 1, &(fm_ical_limits){.max_bytes = 100}, FM_ELIMIT, 0);
    assert_refused(object, sizeof object - 1, &(fm_ical_limits){.max_lines = 4}, FM_ELIMIT, 5);
    assert_refused(object, sizeof object - 1, &(fm_ical_limits){.max_depth = 2}, FM_ELIMIT, 10);
    assert_refused(object, sizeof object - 1, &(fm_ical_limits){.max_children = 2}, FM_ELIMIT, 10);
    /* What makes other readers run out of stack. */
    enum { MANY = 100000 };
    char *nested = malloc((size_t)MANY * 8);
    assert_non_null(nested);
    for (size_t i = 0; i < MANY; i++)
        memcpy(nested + i * 8, "BEGIN:A\n", 8);
    assert_refused(nested, (size_t)MANY * 8, NULL, FM_ELIMIT, 17);
    free(nested);
}

static void test_edits(void **state)
{
    (void)state;
    const fm_span none = {"", 0};
    fm_error err = {0};
    fm_ical *doc = parse(object);
    size_t calendar = component(doc, FM_ICAL_NONE, NULL), event = component(doc, calendar, NULL);
    size_t uid = fm_ical_find_property(doc, event, FM_ICAL_NONE, "UID");
    assert_int_equal(fm_ical_set(doc, uid, none, fm_span_of("a"), &err), FM_OK);
    assert_false(fm_ical_edited(doc)); /* it said so already */
    assert_int_equal(fm_ical_set(doc, uid, fm_span_of(";X=1"), fm_span_of("c"), &err), FM_OK);
    assert_int_equal(fm_ical_insert(doc, fm_ical_end(doc, event), "X-NEW", none, fm_span_of("1"), &err), FM_OK);
    size_t alarm = component(doc, event, NULL);
    fm_ical_remove(doc, alarm, fm_ical_end(doc, alarm) - alarm + 1);
    static const char part[] = "BEGIN:VTIMEZONE\nTZID:Z\nEND:VTIMEZONE\n";
    assert_int_equal(fm_ical_insert_text(doc, event, part, sizeof part - 1, &err), FM_OK);
    assert_written(doc, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Z\r\nEND:VTIMEZONE\r\n"
                        "BEGIN:VEVENT\r\nUID;X=1:c\r\n"
                        "SUMMARY;LANGUAGE=en:Long, and\r\n  folded \r\n\ttwice\r\nno content line\r\n\r\n"
                        "X-NEW:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    size_t zone = component(doc, calendar, "VTIMEZONE");
    assert_int_equal(fm_ical_at(doc, zone)->depth, 1);
    assert_value(doc, zone, "TZID", "Z");
    assert_value(doc, component(doc, calendar, "VEVENT"), "X-NEW", "1");
    fm_ical_free(doc);
}

static void test_a_refused_edit_changes_nothing(void **state)
{
    (void)state;
    const fm_span none = {"", 0};
    fm_error err = {0};
    fm_ical *doc = parse(object);
    assert_int_equal(fm_ical_set(doc, 3, none, fm_span_of("x\r\nY:1"), &err), FM_EINVAL);
    assert_int_equal(fm_ical_insert(doc, 3, "X Y", none, none, &err), FM_EINVAL);
    assert_int_equal(fm_ical_insert(doc, 3, "X", fm_span_of(";A=\""), none, &err), FM_EINVAL);
    static const char *const bad[] = {"BEGIN:A\n", "X:1\n", "BEGIN:A\njunk\nEND:A\n"};
    for (size_t i = 0; i < 3; i++)
        assert_true(fm_ical_insert_text(doc, 3, bad[i], strlen(bad[i]), &err) != FM_OK);
    assert_false(fm_ical_edited(doc));
    assert_written(doc, object);
    fm_ical_free(doc);
}

static void test_line_ends(void **state)
{
    (void)state;
    const fm_span none = {"", 0};
    fm_error err = {0};
    char value[101];
    memset(value, 'x', 100);
    value[100] = '\0';
    fm_ical *doc = parse("BEGIN:A\nX:1\r\nEND:A");
    assert_int_equal(fm_ical_insert(doc, 2, "Y", none, fm_span_of(value), &err), FM_OK);
    char want[256];
    snprintf(want, sizeof want, "BEGIN:A\nX:1\r\nY:%.73s\n %.27s\nEND:A", value, value);
    assert_written(doc, want);
    fm_ical_free(doc);
    fm_buf out;
    fm_buf_init(&out, 1024);
    static const char mixed[] = "A:1\nB:2\r\nC:3\r\r\n\nD:4";
    assert_int_equal(fm_ical_crlf(&out, mixed, sizeof mixed - 1), FM_OK);
    assert_string_equal(out.data, "A:1\r\nB:2\r\nC:3\r\n\r\nD:4");
    fm_buf_reset(&out);
    assert_int_equal(fm_ical_lf(&out, mixed, sizeof mixed - 1), FM_OK);
    assert_string_equal(out.data, "A:1\nB:2\nC:3\n\n\nD:4");
    fm_buf_reset(&out);
    assert_int_equal(fm_ical_lf(&out, "A:1\r", 4), FM_OK);
    assert_string_equal(out.data, "A:1\n");
    fm_buf_free(&out);
}

static void assert_uid(const char *text, const char *want)
{
    char *uid;
    assert_int_equal(fm_ical_uid(text, strlen(text), &uid), FM_OK);
    if (want) {
        assert_non_null(uid);
        assert_string_equal(uid, want);
    } else {
        assert_null(uid);
    }
    free(uid);
}

static void test_the_uid_at_a_glance(void **state)
{
    (void)state;
    assert_uid(object, "a");
    assert_uid(
        "BEGIN:VCALENDAR\nUID:calendar's\nBEGIN:VTIMEZONE\nUID:z\nEND:VTIMEZONE\nBEGIN:VTODO\nuid;X=1: t \nEND:VTODO\n",
        "t");
    assert_uid("BEGIN:VEVENT\nBEGIN:VALARM\nUID:alarm's\nEND:VALARM\nUID:long \\, and\n  folded\nEND:VEVENT\n",
               "long , and folded");
    assert_uid("BEGIN:VEVENT\nUIDX:1\nEND:VEVENT\n", NULL);
    assert_uid("", NULL);
    assert_uid("UID:x", NULL);
    assert_uid("BEGIN:VEVENT\nUID", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_texts_come_back_byte_for_byte),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_a_refused_edit_changes_nothing),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_the_uid_at_a_glance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
