#include "core/json/scan.h"
#include "provider/google/event/json.h"
#include "provider/google/event/object.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_EVENTS 20000

static void set(char **member, const char *value)
{
    assert_int_equal(fm_event_set(member, value), FM_OK);
}

static fm_status try_encode(fm_buf *out, const fm_event *event, const char *old, fm_error *err)
{
    fm_buf_init(out, 1 << 22);
    return fm_google_encode(event, old, old ? strlen(old) : 0, zones, "Europe/Rome", out, err);
}

/* The caller frees the result. */
static char *encode(const fm_event *event, const char *old)
{
    fm_buf out;
    fm_error err = {0};
    if (try_encode(&out, event, old, &err))
        fail_msg("%s", err.message);
    assert_int_equal(fm_json_check(out.data, out.len, 0, NULL), FM_OK);
    return fm_buf_take(&out, NULL);
}

static void decode(fm_event *event, const char *text)
{
    fm_error err = {0};
    *event = (fm_event){0};
    if (fm_google_decode(text, strlen(text), zones, event, &err))
        fail_msg("%s in %s", err.message, text);
}

static bool says(const char *text, const char *path, const char *value)
{
    fm_json_span object = {text, strlen(text)};
    return fm_google_is(&object, path, value);
}

static bool has(const char *text, const char *path)
{
    fm_json_span object = {text, strlen(text)}, value;
    return fm_google_member(&value, &object, path);
}

static void simple(fm_event *event)
{
    *event = (fm_event){0};
    set(&event->uid, "X-1@fleetmonitor");
    set(&event->title, "Title");
    set(&event->due_date, "2026-02-15");
}

static void assert_same_text(const char *a, const char *b)
{
    assert_string_equal(a ? a : "", b ? b : "");
}

static void assert_same(const fm_event *a, const fm_event *b)
{
    assert_same_text(a->uid, b->uid);
    assert_same_text(a->kanban_id, b->kanban_id);
    assert_same_text(a->title, b->title);
    assert_same_text(a->description, b->description);
    assert_same_text(a->footer, b->footer);
    assert_same_text(a->due_date, b->due_date);
    assert_same_text(a->end_date, b->end_date);
    assert_same_text(a->time_zone, b->time_zone);
    assert_same_text(a->priority, b->priority);
    assert_same_text(a->status, b->status);
    assert_same_text(a->case_number, b->case_number);
    assert_int_equal(a->tags.count, b->tags.count);
    for (size_t i = 0; i < a->tags.count; i++)
        assert_string_equal(a->tags.items[i], b->tags.items[i]);
    assert_int_equal(a->reminders.count, b->reminders.count);
    for (size_t i = 0; i < a->reminders.count; i++)
        assert_string_equal(a->reminders.items[i], b->reminders.items[i]);
}

/* ------------------------------------------------------------------ random events */

static uint64_t seed = 7;

static unsigned any(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static void random_text(char **member, unsigned most)
{
    static const char *const pieces[] = {"a",  " ",       "<b>",       "</b>", "&amp;", "&",  "<",    ">",
                                         "\n", "\\",      "\"",        "é",    "📊",     "中", "<br>", "&#65;",
                                         ",",  "— Fleet", "{\"a\":1}", "null", "x",     "0",  "[",    "\xEF\xBB\xBF"};
    fm_buf text;
    fm_buf_init(&text, 1 << 20);
    fm_buf_addc(&text, 'x');
    for (unsigned left = any(most); left; left--)
        fm_buf_adds(&text, pieces[any(sizeof pieces / sizeof pieces[0])]);
    fm_buf_addc(&text, 'x');
    set(member, text.data);
    fm_buf_free(&text);
}

static void random_dates(fm_event *event)
{
    char text[64];
    unsigned day = 1 + any(27), hour = any(22), minute = any(60), month = 1 + any(12), year = 2000 + any(60);
    static const char *const names[] = {"Europe/Rome", "America/Los_Angeles", "Asia/Kolkata"};
    unsigned form = any(4);
    const char *tail = form == 1 ? "Z" : "";
    if (form == 0) {
        snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day);
        set(&event->due_date, text);
        snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day + 1);
        set(&event->end_date, text);
        return;
    }
    /* Not in the hours in which clocks change. */
    hour = hour < 4 ? hour + 4 : hour;
    snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:00%s", year, month, day, hour, minute, tail);
    set(&event->due_date, text);
    snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:30%s", year, month, day, hour + 1, minute, tail);
    set(&event->end_date, text);
    if (form == 2)
        set(&event->time_zone, names[any(3)]);
}

static void random_event(fm_event *event, unsigned number)
{
    char uid[64];
    *event = (fm_event){0};
    snprintf(uid, sizeof uid, "X-%u@fleetmonitor", number);
    set(&event->uid, uid);
    random_text(&event->title, 10);
    random_dates(event);
    if (any(2))
        random_text(&event->description, 40);
    if (any(2))
        random_text(&event->footer, 10);
    if (any(2))
        random_text(&event->status, 5);
    if (any(2))
        set(&event->priority, "high");
    if (any(20) == 0)
        random_text(&event->case_number, 900);
    for (unsigned i = 0, count = any(4); i < count; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, "%u,\"%u", i, any(10));
        assert_int_equal(fm_strings_add(&event->tags, tag), FM_OK);
    }
    static const char *const reminders[] = {"-P1D", "-PT1H", "-PT10M", "PT0S"};
    for (unsigned i = 0; i < 4; i++)
        if (any(4) == 0)
            assert_int_equal(fm_strings_add(&event->reminders, reminders[i]), FM_OK);
}

static void test_random_events_come_back(void **state)
{
    (void)state;
    char *last = NULL;
    for (unsigned i = 0; i < RANDOM_EVENTS; i++) {
        fm_event event, back;
        random_event(&event, last ? i - 1 : i);
        if (last) { /* reminders are for new events */
            fm_strings_clear(&event.reminders);
            decode(&back, last);
            event.reminders = back.reminders;
            back.reminders = (fm_strings){0};
            fm_event_clear(&back);
        }
        char *text = encode(&event, last);
        decode(&back, text);
        assert_same(&event, &back);
        char *again = encode(&back, text);
        assert_string_equal(again, text);
        free(again);
        fm_event_clear(&event);
        fm_event_clear(&back);
        free(last);
        /* Every other one is written over what was there before. */
        last = last ? NULL : text;
        if (!last)
            free(text);
    }
    free(last);
}

/* ------------------------------------------------------------------ what is written */

static void test_a_new_event(void **state)
{
    (void)state;
    fm_event event;
    char id[FM_GOOGLE_ID_MAX];
    simple(&event);
    set(&event.kanban_id, "X-1");
    set(&event.status, "");
    char *text = encode(&event, NULL);
    assert_int_equal(fm_google_id(id, "X-1@fleetmonitor", 0, NULL), FM_OK);
    assert_int_equal(strspn(id, "0123456789abcdefghijklmnopqrstuv"), 52);
    assert_true(says(text, "id", id));
    assert_false(has(text, "iCalUID"));
    assert_true(says(text, "summary", "Title"));
    assert_true(says(text, "start.date", "2026-02-15"));
    assert_true(says(text, "end.date", "2026-02-16"));
    assert_false(has(text, "start.dateTime"));
    assert_true(says(text, "transparency", "transparent"));
    assert_true(says(text, "extendedProperties.private.uid", "X-1@fleetmonitor"));
    assert_true(says(text, "extendedProperties.private.kanbanId", "X-1"));
    assert_false(has(text, "extendedProperties.private.status"));
    assert_non_null(strstr(text, "\"useDefault\": false"));
    free(text);
    fm_event_clear(&event);
}

static void test_from_a_day_to_a_time_and_back(void **state)
{
    (void)state;
    fm_event event;
    simple(&event);
    char *day = encode(&event, NULL);
    set(&event.due_date, "2026-02-15T10:00:00");
    set(&event.time_zone, "America/Los_Angeles");
    char *timed = encode(&event, day);
    assert_non_null(strstr(timed, "\"date\": null"));
    assert_true(says(timed, "start.timeZone", "America/Los_Angeles"));
    assert_true(says(timed, "end.dateTime", "2026-02-15T11:00:00"));
    assert_true(says(timed, "transparency", "opaque"));
    set(&event.due_date, "2026-02-16");
    set(&event.time_zone, NULL);
    char *back = encode(&event, timed);
    assert_true(says(back, "start.date", "2026-02-16"));
    assert_false(has(back, "start.dateTime"));
    assert_non_null(strstr(back, "\"dateTime\": null"));
    free(day);
    free(timed);
    free(back);
    fm_event_clear(&event);
}

static const char foreign[] =
    "{\"kind\":\"calendar#event\",\"id\":\"abcdef\",\"iCalUID\":\"them@example.org\",\"summary\":\"Theirs\","
    "\"location\":\"Room 5\",\"colorId\":\"7\",\"sequence\":1e2,\"attendees\":[{\"email\":\"b@example.org\"}],"
    "\"recurrence\":[\"RRULE:FREQ=WEEKLY\"],\"description\":\"<b>Bring</b> &amp; sign<br>two\","
    "\"start\":{\"dateTime\":\"2026-03-01T10:00:00-08:00\",\"timeZone\":\"America/Los_Angeles\"},"
    "\"end\":{\"dateTime\":\"2026-03-01T11:00:00-08:00\",\"timeZone\":\"America/Los_Angeles\"},"
    "\"extendedProperties\":{\"private\":{\"theirs\":\"kept\"},\"shared\":{\"x\":\"y\"}},"
    "\"reminders\":{\"useDefault\":false,\"overrides\":[{\"method\":\"email\",\"minutes\":30}]},"
    "\"updated\":\"2026-01-02T03:04:05.678Z\"}";

static void test_what_others_wrote(void **state)
{
    (void)state;
    fm_event event;
    decode(&event, foreign);
    assert_string_equal(event.uid, "them@example.org");
    assert_string_equal(event.description, "Bring & sign\ntwo");
    assert_string_equal(event.due_date, "2026-03-01T10:00:00");
    assert_string_equal(event.time_zone, "America/Los_Angeles");
    assert_string_equal(event.last_modified, "2026-01-02T03:04:05Z");
    assert_true(event.has_attendees);
    assert_true(event.recurring);
    char *same = encode(&event, foreign);
    assert_string_equal(same, foreign);
    set(&event.title, "Ours");
    assert_int_equal(fm_strings_add(&event.reminders, "-P1D"), FM_OK);
    char *changed = encode(&event, same);
    assert_true(says(changed, "summary", "Ours"));
    const char *const kept[] = {"Room 5",
                                "\"colorId\":\"7\"",
                                "\"sequence\":1e2",
                                "\"theirs\":\"kept\"",
                                "\"minutes\":30",
                                "b@example.org",
                                "<b>Bring</b> &amp; sign<br>two",
                                "\"x\":\"y\""};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        assert_non_null(strstr(changed, kept[i]));
    assert_null(strstr(changed, "-P1D")); /* reminders are for new events */
    free(same);
    free(changed);
    fm_event_clear(&event);
}

static bool invites(const char *members)
{
    fm_event event;
    char object[1024];
    snprintf(object, sizeof object, "{\"id\":\"abcdef\",\"start\":{\"date\":\"2026-02-15\"},%s}", members);
    decode(&event, object);
    bool answer = event.has_attendees;
    fm_event_clear(&event);
    return answer;
}

static void test_an_invitation_means_other_people(void **state)
{
    (void)state;
#define SELF  "{\"email\":\"kim@example.org\",\"self\":true}"
#define OTHER "{\"email\":\"Lee@example.org\"}"
    assert_false(invites("\"organizer\":" OTHER));
    assert_false(invites("\"attendees\":[]"));
    assert_false(invites("\"attendees\":[" SELF "]"));
    assert_false(invites("\"organizer\":" SELF ",\"attendees\":[" SELF "]"));
    assert_false(invites("\"organizer\":" OTHER ",\"attendees\":[{\"email\":\"lee@EXAMPLE.org\"}]"));
    assert_true(invites("\"organizer\":" OTHER ",\"attendees\":[" SELF "]"));
    assert_true(invites("\"organizer\":" SELF ",\"attendees\":[" SELF "," OTHER "]"));
    assert_true(invites("\"attendees\":[" OTHER "]"));
    assert_true(invites("\"attendees\":[{\"displayName\":\"Room\"}]"));
    assert_true(invites("\"attendees\":[" SELF "],\"attendeesOmitted\":true"));
}

static void test_html_stays_when_only_the_footer_changes(void **state)
{
    (void)state;
    fm_event event, back;
    decode(&event, foreign);
    set(&event.footer, "Status: done & <dusted>");
    char *text = encode(&event, foreign);
    assert_non_null(strstr(text, "<b>Bring</b> &amp; sign<br>two<br>"));
    decode(&back, text);
    assert_same(&event, &back);
    set(&event.description, "New");
    char *plain = encode(&event, text);
    assert_null(strstr(plain, "Bring"));
    fm_event_clear(&back);
    decode(&back, plain);
    assert_same(&event, &back);
    free(text);
    free(plain);
    fm_event_clear(&event);
    fm_event_clear(&back);
}

/* However a person's text ends, the footer goes below it and the text stays as it is. */
static void test_a_footer_under_html_of_all_sorts(void **state)
{
    (void)state;
    static const char *const texts[] = {"one<br>two", "<p>one</p><p>two</p>", "<ul><li>one</li><li>two</li></ul>",
                                        "one &amp; two<br>", "<b>one</b>"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fm_event event, back;
        char object[512];
        snprintf(object, sizeof object,
                 "{\"id\":\"abcdef\",\"start\":{\"date\":\"2026-02-15\"},\"description\":\"%s\"}", texts[i]);
        decode(&event, object);
        set(&event.footer, "Status: done");
        char *text = encode(&event, object);
        if (!strstr(text, texts[i]))
            fail_msg("%s is not in %s", texts[i], text);
        decode(&back, text);
        assert_same(&event, &back);
        fm_event_clear(&event);
        fm_event_clear(&back);
        free(text);
    }
}

static void test_reminders_are_spelled_as_they_were_asked_for(void **state)
{
    (void)state;
    fm_event event;
    decode(&event,
           "{\"id\":\"abcdef\",\"start\":{\"date\":\"2026-02-15\"},\"extendedProperties\":{\"private\":"
           "{\"reminders\":\",,soon,P1D,-PT1H,1440,-P1D,-P60D\"}},\"reminders\":{\"useDefault\":false,\"overrides\":["
           "{\"method\":\"popup\",\"minutes\":1440},{\"method\":\"email\",\"minutes\":10},"
           "{\"method\":\"popup\",\"minutes\":25},{\"method\":\"popup\",\"minutes\":-1},7,"
           "{\"method\":\"popup\",\"minutes\":60}]}}");
    assert_int_equal(event.reminders.count, 3);
    assert_string_equal(event.reminders.items[0], "-P1D");
    assert_string_equal(event.reminders.items[1], "-PT25M");
    assert_string_equal(event.reminders.items[2], "-PT1H");
    fm_event_clear(&event);
}

static void test_long_values_are_split_and_joined(void **state)
{
    (void)state;
    fm_event event, back;
    char value[3001] = "";
    simple(&event);
    for (size_t i = 0; i < 1500; i++)
        memcpy(value + i * 2, "é", 2);
    set(&event.status, value);
    char *text = encode(&event, NULL);
    decode(&back, text);
    assert_string_equal(back.status, value);
    assert_non_null(strstr(text, "\"status.2\""));
    set(&event.status, "short");
    char *shorter = encode(&event, text);
    assert_non_null(strstr(shorter, "\"status.1\": null"));
    assert_non_null(strstr(shorter, "\"status.2\": null"));
    fm_event_clear(&back);
    decode(&back, shorter);
    assert_string_equal(back.status, "short");
    free(text);
    free(shorter);
    fm_event_clear(&event);
    fm_event_clear(&back);
}

/* ------------------------------------------------------------------ whose it is */

static void assert_uid(const char *expected, const char *id, const char *more)
{
    char text[512], *uid = NULL;
    snprintf(text, sizeof text,
             "{\"id\":\"%s\",\"iCalUID\":\"i@google.com\",%s\"extendedProperties\":{\"private\":{\"uid\":\"u@x\"}}}",
             id, more);
    fm_json_span event = {text, strlen(text)};
    assert_int_equal(fm_google_uid(&uid, &event, NULL), FM_OK);
    assert_string_equal(uid, expected);
    free(uid);
}

static void test_copies_and_single_occurrences_are_foreign(void **state)
{
    (void)state;
    char id[FM_GOOGLE_ID_MAX], later[FM_GOOGLE_ID_MAX];
    assert_int_equal(fm_google_id(id, "u@x", 0, NULL), FM_OK);
    assert_int_equal(fm_google_id(later, "u@x", 9, NULL), FM_OK);
    assert_string_not_equal(id, later);
    assert_uid("u@x", id, "");
    assert_uid("u@x", later, "");
    assert_uid("i@google.com", "copy", "");
    assert_uid("i@google.com", id, "\"recurringEventId\":\"abc\",");
}

static void test_tombstones(void **state)
{
    (void)state;
    fm_event event;
    decode(&event, "{\"id\":\"abc\",\"status\":\"cancelled\"}");
    assert_true(event.deleted);
    assert_null(event.due_date);
    fm_event_clear(&event);
}

/* ------------------------------------------------------------------ refusals */

static void assert_refused(fm_event *event, const char *old, fm_status expected, const char *word)
{
    fm_buf out;
    fm_error err = {0};
    assert_int_equal(try_encode(&out, event, old, &err), expected);
    assert_non_null(strstr(err.message, word));
    assert_int_equal(out.len, 0);
    fm_buf_free(&out);
    fm_event_clear(event);
}

static void test_limits(void **state)
{
    (void)state;
    fm_event event;
    char *large = calloc(1, 40001);
    assert_non_null(large);
    memset(large, 'a', 40000);
    simple(&event);
    set(&event.status, large);
    assert_refused(&event, NULL, FM_ELIMIT, "status");
    free(large);
    simple(&event);
    for (unsigned i = 0; i < 4000; i++) {
        char tag[16];
        snprintf(tag, sizeof tag, "tag-%u", i);
        assert_int_equal(fm_strings_add(&event.tags, tag), FM_OK);
    }
    assert_refused(&event, NULL, FM_ELIMIT, "tags");
    simple(&event);
    for (unsigned i = 1; i <= 6; i++) {
        char reminder[16];
        snprintf(reminder, sizeof reminder, "-PT%uH", i);
        assert_int_equal(fm_strings_add(&event.reminders, reminder), FM_OK);
    }
    assert_refused(&event, NULL, FM_EINVAL, "reminders");
    simple(&event);
    assert_int_equal(fm_strings_add(&event.reminders, "-P29D"), FM_OK);
    assert_refused(&event, NULL, FM_EINVAL, "-P29D");
    simple(&event);
    set(&event.uid, NULL);
    assert_refused(&event, NULL, FM_EINVAL, "UID");
    simple(&event);
    assert_refused(&event, foreign, FM_EINVAL, "them@example.org");
    simple(&event);
    set(&event.status, "bad \xFF");
    assert_refused(&event, NULL, FM_EINVAL, "UTF-8");
}

/* Properties of other programs count too. */
static void test_no_more_than_300_properties(void **state)
{
    (void)state;
    for (unsigned theirs = 296; theirs <= 300; theirs++) {
        fm_event event = {0};
        fm_buf old;
        fm_buf_init(&old, 1 << 20);
        fm_buf_adds(&old,
                    "{\"id\":\"abcdef\",\"start\":{\"date\":\"2026-02-15\"},\"extendedProperties\":{\"shared\":{");
        for (unsigned i = 0; i < theirs; i++)
            fm_buf_addf(&old, "%s\"p%u\":\"x\"", i ? "," : "", i);
        fm_buf_adds(&old, "}}}");
        set(&event.due_date, "2026-02-15");
        set(&event.status, "open");
        set(&event.team, "academy");
        set(&event.kanban_id, "X-1");
        if (theirs <= 297)
            free(encode(&event, old.data));
        else
            assert_refused(&event, old.data, FM_ELIMIT, "300");
        fm_event_clear(&event);
        fm_buf_free(&old);
    }
}

/* No single value is too long, all of them together are. */
static void test_no_more_than_32_kb_of_properties(void **state)
{
    (void)state;
    fm_event event;
    char *value = calloc(1, 8001);
    assert_non_null(value);
    memset(value, 'x', 8000);
    simple(&event);
    char **const members[] = {&event.kanban_id, &event.status, &event.case_number, &event.team};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        set(members[i], value);
    free(encode(&event, NULL));
    set(&event.epic_id, value);
    assert_refused(&event, NULL, FM_ELIMIT, "32768");
    free(value);
}

/* Google drops a property with a name of more than 44 characters, and cuts a value after 1,024, without a word. */
static void test_no_name_and_no_value_that_google_cuts(void **state)
{
    (void)state;
    fm_event event;
    char value[6001];
    memset(value, 'x', 6000);
    value[6000] = '\0';
    simple(&event);
    char **const members[] = {&event.kanban_id, &event.status, &event.case_number, &event.team};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        set(members[i], value);
    char *text = encode(&event, NULL);
    fm_json_span object = {text, strlen(text)}, properties, part;
    fm_json_scan scan;
    fm_json_string name;
    unsigned parts = 0;
    assert_true(fm_google_member(&properties, &object, "extendedProperties.private"));
    fm_json_begin(&scan, properties.at, properties.len, 0);
    for (bool first = fm_json_open(&scan); fm_json_member(&scan, first, &name) && fm_json_skip(&scan, &part);
         first = false) {
        assert_in_range(name.len, 1, 44);
        assert_in_range(part.len - 2, 1, 1024);
        parts++;
    }
    assert_int_equal(parts, 4 * 6 + 2);
    free(text);
    fm_event_clear(&event);
}

static void test_broken_objects(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "[]",
        "null",
        "{\"id\":\"a\"",
        "{\"id\":\"a\"}",
        "{\"id\":\"a\",\"start\":5}",
        "{\"id\":\"a\",\"start\":{\"date\":\"2026-02-30\"}}",
        "{\"id\":\"a\",\"start\":{\"dateTime\":\"2026-02-15\\u0000\"},\"end\":{\"date\":\"x\"}}",
        "{\"id\":\"a\",\"start\":{\"date\":\"2026-02-15T10:00:00Z\"}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        fm_event event = {0};
        assert_int_not_equal(fm_google_decode(texts[i], strlen(texts[i]), zones, &event, NULL), FM_OK);
        assert_null(event.uid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_events_come_back),
        cmocka_unit_test(test_a_new_event),
        cmocka_unit_test(test_from_a_day_to_a_time_and_back),
        cmocka_unit_test(test_what_others_wrote),
        cmocka_unit_test(test_an_invitation_means_other_people),
        cmocka_unit_test(test_html_stays_when_only_the_footer_changes),
        cmocka_unit_test(test_a_footer_under_html_of_all_sorts),
        cmocka_unit_test(test_reminders_are_spelled_as_they_were_asked_for),
        cmocka_unit_test(test_long_values_are_split_and_joined),
        cmocka_unit_test(test_copies_and_single_occurrences_are_foreign),
        cmocka_unit_test(test_tombstones),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_more_than_300_properties),
        cmocka_unit_test(test_no_more_than_32_kb_of_properties),
        cmocka_unit_test(test_no_name_and_no_value_that_google_cuts),
        cmocka_unit_test(test_broken_objects),
    };
    return cmocka_run_group_tests(tests, test_zones_setup, test_zones_teardown);
}
