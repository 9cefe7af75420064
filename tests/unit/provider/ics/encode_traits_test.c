#include "provider/ics/codec.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <stdio.h>
#include <string.h>

static fm_env env;

static int setup(void **state)
{
    fm_env_default(&env);
    return test_zones_setup(state);
}

static void set(char **member, const char *value)
{
    assert_int_equal(fm_event_set(member, value), FM_OK);
}

/* An object whose event has these lines beside UID and DTSTART. */
static const char *object(const char *lines)
{
    static char text[4096];
    snprintf(text, sizeof text,
             "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:a@b\r\n"
             "DTSTART:20260215T100000Z\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n",
             lines);
    return text;
}

static void decode(fm_event *event, const char *text)
{
    fm_error err = {0};
    *event = (fm_event){0};
    if (fm_ics_decode(text, strlen(text), zones, event, &err))
        fail_msg("%s\n%s", err.message, text);
}

static fm_status try_encode(fm_buf *out, const fm_event *event, const char *old, fm_error *err)
{
    fm_buf_init(out, 1 << 20);
    return fm_ics_encode(event, old, old ? strlen(old) : 0, &env, zones, out, err);
}

/* Asserts that an event written over an object leaves these lines beside UID, DTSTART and the stamps. */
static void assert_lines(const fm_event *event, const char *old, const char *expected)
{
    fm_buf out, kept;
    fm_error err = {0};
    fm_buf_init(&kept, 4096);
    if (try_encode(&out, event, old, &err))
        fail_msg("%s", err.message);
    for (const char *line = strstr(out.data, "BEGIN:VEVENT"), *next; line && *line; line = next) {
        static const char *const others[] = {
            "BEGIN:VE", "END:VE", "END:VC", "UID:", "DTSTART", "DTSTAMP", "LAST-MODIFIED:", "SEQUENCE"};
        bool other = false;
        next = strstr(line, "\r\n") + 2;
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
            other = other || strncmp(line, others[i], strlen(others[i])) == 0;
        if (!other)
            fm_buf_add(&kept, line, (size_t)(next - line));
    }
    assert_string_equal(kept.data, expected);
    fm_buf_free(&kept);
    fm_buf_free(&out);
}

static void simple(fm_event *event)
{
    *event = (fm_event){0};
    set(&event->uid, "a@b");
    set(&event->due_date, "2026-02-15T10:00:00Z");
}

static void test_what_is_not_said_stays(void **state)
{
    (void)state;
    static const char lines[] =
        "LOCATION;LANGUAGE=de:Saal 4\r\nURL;VALUE=URI:https://example.org/?a=1;b\r\nCOLOR:Teal\r\n"
        "CLASS:X-SECRET\r\nTRANSP:TRANSPARENT\r\nX-COURT;X-A=1:a\\,b\r\n"
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n";
    char old[4096];
    fm_event event, read;
    snprintf(old, sizeof old, "%s", object(lines));
    simple(&event);
    assert_lines(&event, old, lines);
    fm_event_clear(&event);
    decode(&read, old);
    assert_string_equal(read.location, "Saal 4");
    assert_string_equal(read.url, "https://example.org/?a=1;b");
    assert_string_equal(read.color, "Teal");
    assert_string_equal(read.visibility, "x-secret");
    assert_int_equal(read.busy, FM_NO);
    assert_int_equal(read.extras.count, 1);
    assert_string_equal(fm_extras_get(&read.extras, "COURT"), "a,b");
    assert_string_equal(read.reminders.items[0], "-PT15M");
    read.owns_reminders = true;
    assert_lines(&read, old, lines);
    fm_event_clear(&read);
}

static void test_what_is_said_is_written_and_comes_back(void **state)
{
    (void)state;
    fm_event event, back;
    fm_buf out;
    simple(&event);
    set(&event.location, "Room 4, north; 2nd floor");
    set(&event.url, "https://example.org/a,b");
    set(&event.color, "#fe0000");
    set(&event.visibility, "private");
    event.busy = FM_NO;
    assert_int_equal(fm_extras_set(&event.extras, "ASSIGNEE", "Kim, \xC3\x84; \"x\""), FM_OK);
    assert_lines(&event, object(""),
                 "LOCATION:Room 4\\, north\\; 2nd floor\r\nURL:https://example.org/a,b\r\nCOLOR:red\r\n"
                 "X-FMCAL-COLOR:%23fe0000\r\nCLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\n"
                 "X-ASSIGNEE:Kim%2c %C3%84%3b %22x%22\r\n");
    assert_int_equal(try_encode(&out, &event, NULL, NULL), FM_OK);
    decode(&back, out.data);
    assert_string_equal(back.location, event.location);
    assert_string_equal(back.url, event.url);
    assert_string_equal(back.color, "#fe0000");
    assert_string_equal(back.visibility, "private");
    assert_int_equal(back.busy, FM_NO);
    assert_string_equal(fm_extras_get(&back.extras, "ASSIGNEE"), fm_extras_get(&event.extras, "ASSIGNEE"));
    fm_buf_free(&out);
    fm_event_clear(&back);
    fm_event_clear(&event);
}

static void test_what_is_said_to_be_nothing_goes(void **state)
{
    (void)state;
    fm_event event;
    simple(&event);
    set(&event.location, "");
    set(&event.url, "");
    set(&event.color, "");
    set(&event.visibility, "");
    event.busy = FM_YES;
    assert_int_equal(fm_extras_set(&event.extras, "COURT", ""), FM_OK);
    assert_lines(&event,
                 object("LOCATION:a\r\nURL:b:c\r\nCOLOR:red\r\nX-FMCAL-COLOR:%23fe0000\r\nCLASS:PUBLIC\r\n"
                        "TRANSP:TRANSPARENT\r\nX-COURT:a\r\nX-OTHER:b\r\n"),
                 "TRANSP:OPAQUE\r\nX-OTHER:b\r\n");
    fm_event_clear(&event);
}

/* Another program knows nothing of the mark. */
static void test_another_colour_of_a_person_counts(void **state)
{
    (void)state;
    fm_event event;
    decode(&event, object("COLOR:blue\r\nX-FMCAL-COLOR:%23fe0000\r\n"));
    assert_string_equal(event.color, "blue");
    assert_lines(&event, object("COLOR:blue\r\nX-FMCAL-COLOR:%23fe0000\r\n"),
                 "COLOR:blue\r\nX-FMCAL-COLOR:%23fe0000\r\n");
    set(&event.color, "green");
    assert_lines(&event, object("COLOR:blue\r\nX-FMCAL-COLOR:%23fe0000\r\n"), "COLOR:green\r\n");
    fm_event_clear(&event);
}

static void assert_refused(fm_event *event, const char *message)
{
    fm_buf out;
    fm_error err = {0};
    assert_int_equal(try_encode(&out, event, NULL, &err), FM_EINVAL);
    if (!strstr(err.message, message))
        fail_msg("%s", err.message);
    fm_buf_free(&out);
    fm_event_clear(event);
}

static void test_what_cannot_be_said(void **state)
{
    (void)state;
    fm_event event;
    simple(&event);
    set(&event.url, "https://a\nATTENDEE:mailto:b@c");
    assert_refused(&event, "more than one line");
    simple(&event);
    set(&event.color, "reddish");
    assert_refused(&event, "reddish");
    simple(&event);
    set(&event.visibility, "secret");
    assert_refused(&event, "secret");
    simple(&event);
    event.owns_reminders = true;
    assert_int_equal(fm_strings_add(&event.reminders, "tomorrow"), FM_OK);
    assert_refused(&event, "reminders");
}

#define OTHERS                                                                                                         \
    "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT1H\r\nEND:VALARM\r\n"                                                  \
    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;VALUE=DATE-TIME:20260214T090000Z\r\nEND:VALARM\r\n"                     \
    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;RELATED=END:-PT1H\r\nEND:VALARM\r\n"                                    \
    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT30M\r\nX-APPLE-DEFAULT-ALARM:TRUE\r\nEND:VALARM\r\n"

static void test_owned_reminders_leave_the_other_alarms(void **state)
{
    (void)state;
    char old[4096];
    fm_event event;
    snprintf(old, sizeof old, "%s",
             object("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n" OTHERS
                    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT60M\r\nX-THEIRS:1\r\nEND:VALARM\r\n"));
    simple(&event);
    event.owns_reminders = true;
    assert_int_equal(fm_strings_add(&event.reminders, "-PT1H"), FM_OK);
    assert_int_equal(fm_strings_add(&event.reminders, "-P1D"), FM_OK);
    assert_int_equal(fm_strings_add(&event.reminders, "-PT24H"), FM_OK);
    assert_lines(&event, old,
                 OTHERS "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT60M\r\nX-THEIRS:1\r\nEND:VALARM\r\n"
                        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P1D\r\nDESCRIPTION:Reminder\r\n"
                        "X-FMCAL-REMINDER:-P1D\r\nEND:VALARM\r\n");
    fm_strings_clear(&event.reminders);
    assert_lines(&event, old, OTHERS);
    fm_event_clear(&event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_said_stays),
        cmocka_unit_test(test_what_is_said_is_written_and_comes_back),
        cmocka_unit_test(test_what_is_said_to_be_nothing_goes),
        cmocka_unit_test(test_another_colour_of_a_person_counts),
        cmocka_unit_test(test_what_cannot_be_said),
        cmocka_unit_test(test_owned_reminders_leave_the_other_alarms),
    };
    return cmocka_run_group_tests(tests, setup, test_zones_teardown);
}
