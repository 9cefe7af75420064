#include "core/ical/ical.h"
#include "provider/event/description.h"
#include "provider/ics/codec.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fm_env env;
static int64_t now_us = INT64_C(1769344200000000); /* 2026-01-25T12:30:00Z */

static int64_t fixed_now_us(void *data)
{
    (void)data;
    return now_us;
}

static int setup(void **state)
{
    fm_env_default(&env);
    env.now_us = fixed_now_us;
    return test_zones_setup(state);
}

static void set(char **member, const char *value)
{
    assert_int_equal(fm_event_set(member, value), FM_OK);
}

/* Encodes into a buffer of its own, which the caller frees. */
static fm_status try_encode(fm_buf *out, const fm_event *event, const char *old, fm_error *err)
{
    fm_buf_init(out, 1 << 22);
    return fm_ics_encode(event, old, old ? strlen(old) : 0, &env, zones, out, err);
}

static void encode(fm_buf *out, const fm_event *event, const char *old)
{
    fm_error err = {0};
    if (try_encode(out, event, old, &err))
        fail_msg("%s", err.message);
}

static void decode(fm_event *event, const char *text)
{
    fm_error err = {0};
    *event = (fm_event){0};
    if (fm_ics_decode(text, strlen(text), zones, event, &err))
        fail_msg("%s\n%s", err.message, text);
}

static fm_status decode_status(const char *text, fm_error *err)
{
    fm_event event = {0};
    fm_status status = fm_ics_decode(text, strlen(text), zones, &event, err);
    if (status)
        assert_null(event.uid);
    fm_event_clear(&event);
    return status;
}

/* An object whose event has these lines beside UID and DTSTAMP. */
static const char *object(const char *lines)
{
    static char text[65536];
    snprintf(text, sizeof text,
             "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:a@b\r\n"
             "DTSTAMP:20260101T000000Z\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n",
             lines);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is missing in\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" is in\n%s", part, text);
}

static void assert_same(const char *a, const char *b)
{
    if (a == b)
        return;
    assert_non_null(a);
    assert_non_null(b);
    assert_string_equal(a, b);
}

/* ------------------------------------------------------------------ new objects */

static void test_a_new_all_day_event(void **state)
{
    (void)state;
    fm_event event = {0};
    fm_buf out;
    set(&event.uid, "XACA-0040@fleetmonitor");
    set(&event.kanban_id, "XACA-0040");
    set(&event.title, "File; initial, motion\\");
    set(&event.description, "One\nTwo");
    set(&event.footer, "Status: in-progress");
    set(&event.due_date, "2026-02-15");
    set(&event.priority, "high");
    set(&event.status, "in-progress");
    set(&event.team, "t,e;am 100%");
    set(&event.event_type, "item");
    set(&event.epic_id, "");
    assert_int_equal(fm_strings_add(&event.tags, "legal"), FM_OK);
    assert_int_equal(fm_strings_add(&event.tags, " filing, urgent "), FM_OK);
    assert_int_equal(fm_strings_add(&event.reminders, "-P1D"), FM_OK);
    encode(&out, &event, NULL);
    assert_string_equal(out.data,
                        "BEGIN:VCALENDAR\r\n"
                        "VERSION:2.0\r\n"
                        "PRODID:-//Fleet Monitor//fmcal//EN\r\n"
                        "BEGIN:VEVENT\r\n"
                        "UID:XACA-0040@fleetmonitor\r\n"
                        "DTSTAMP:20260125T123000Z\r\n"
                        "LAST-MODIFIED:20260125T123000Z\r\n"
                        "SEQUENCE:0\r\n"
                        "DTSTART;VALUE=DATE:20260215\r\n"
                        "DTEND;VALUE=DATE:20260216\r\n"
                        "TRANSP:TRANSPARENT\r\n"
                        "SUMMARY:File\\; initial\\, motion\\\\\r\n"
                        "DESCRIPTION:One\\nTwo\\n\xE2\x80\x94 Fleet Monitor \xE2\x80\x94\\nStatus: in-progress\r\n"
                        "CATEGORIES:filing\\, urgent,legal\r\n"
                        "PRIORITY:1\r\n"
                        "X-PRIORITY:high\r\n"
                        "X-KANBAN-ID:XACA-0040\r\n"
                        "X-TYPE:item\r\n"
                        "X-TEAM:t%2ce%3bam 100%25\r\n"
                        "X-STATUS:in-progress\r\n"
                        "X-SOURCE:fleet-monitor\r\n"
                        "X-VERSION:1\r\n"
                        "BEGIN:VALARM\r\n"
                        "ACTION:DISPLAY\r\n"
                        "TRIGGER:-P1D\r\n"
                        "DESCRIPTION:Reminder\r\n"
                        "X-FMCAL-REMINDER:-P1D\r\n"
                        "END:VALARM\r\n"
                        "END:VEVENT\r\n"
                        "END:VCALENDAR\r\n");
    fm_event back;
    decode(&back, out.data);
    assert_string_equal(back.title, event.title);
    assert_string_equal(back.description, event.description);
    assert_string_equal(back.footer, event.footer);
    assert_string_equal(back.due_date, "2026-02-15");
    assert_string_equal(back.end_date, "2026-02-16");
    assert_string_equal(back.priority, "high");
    assert_string_equal(back.team, event.team);
    assert_string_equal(back.source, "fleet-monitor");
    assert_string_equal(back.last_modified, "2026-01-25T12:30:00Z");
    assert_string_equal(back.raw, out.data);
    assert_null(back.epic_id);
    assert_int_equal(back.tags.count, 2);
    assert_string_equal(back.tags.items[0], "filing, urgent");
    assert_int_equal(back.reminders.count, 1);
    fm_event_clear(&back);
    fm_event_clear(&event);
    fm_buf_free(&out);
}

static void assert_dates(const char *due, const char *end, const char *zone, const char *start_line,
                         const char *end_line)
{
    fm_event event = {0}, back;
    fm_buf out;
    set(&event.uid, "a@b");
    set(&event.due_date, due);
    set(&event.end_date, end);
    set(&event.time_zone, zone);
    encode(&out, &event, NULL);
    assert_has(out.data, start_line);
    assert_has(out.data, end_line);
    if (zone)
        assert_has(out.data, "BEGIN:VTIMEZONE\r\nTZID:");
    decode(&back, out.data);
    fm_buf again;
    encode(&again, &back, out.data);
    assert_string_equal(again.data, out.data);
    fm_event_clear(&back);
    fm_event_clear(&event);
    fm_buf_free(&out);
    fm_buf_free(&again);
}

static void test_each_spelling_of_a_date(void **state)
{
    (void)state;
    assert_dates("2026-02-28", NULL, NULL, "\r\nDTSTART;VALUE=DATE:20260228\r\n", "\r\nDTEND;VALUE=DATE:20260301\r\n");
    assert_dates("2026-02-15", "2026-02-18", NULL, ":20260215\r\n", "\r\nDTEND;VALUE=DATE:20260218\r\n");
    assert_dates("2026-02-15T18:00:00Z", NULL, NULL, "\r\nDTSTART:20260215T180000Z\r\n",
                 "\r\nDTEND:20260215T190000Z\r\n");
    assert_dates("2026-02-15T10:00:00-08:00", "2026-02-15T19:30:00+01:00", NULL, "\r\nDTSTART:20260215T180000Z\r\n",
                 "\r\nDTEND:20260215T183000Z\r\n");
    assert_dates("2026-02-15T10:00:00", NULL, NULL, "\r\nDTSTART:20260215T100000\r\n", "\r\nDTEND:20260215T110000\r\n");
    assert_dates("2026-02-15T23:30:00", NULL, "Europe/Rome", "\r\nDTSTART;TZID=Europe/Rome:20260215T233000\r\n",
                 "\r\nDTEND;TZID=Europe/Rome:20260216T003000\r\n");
    /* An hour over the change to daylight time, in a zone. */
    assert_dates("2026-03-29T01:30:00", NULL, "Europe/Rome", "\r\nDTSTART;TZID=Europe/Rome:20260329T013000\r\n",
                 "\r\nDTEND;TZID=Europe/Rome:20260329T033000\r\n");
    /* An hour over the change back: from half past two to half past two, which Cyrus refuses as DTSTART and DTEND. */
    assert_dates("2026-10-25T02:30:00", NULL, "Europe/Rome", "\r\nDTSTART;TZID=Europe/Rome:20261025T023000\r\n",
                 "\r\nDURATION:PT60M\r\n");
    assert_dates("2026-10-25T02:30:00", "2026-10-25T01:00:30Z", "Europe/Rome",
                 "\r\nDTSTART;TZID=Europe/Rome:20261025T023000\r\n", "\r\nDURATION:PT1830S\r\n");
    assert_dates("2026-10-25T02:30:00", "2026-10-25T02:00:00Z", "Europe/Rome",
                 "\r\nDTSTART;TZID=Europe/Rome:20261025T023000\r\n", "\r\nDTEND:20261025T020000Z\r\n");
    assert_dates("2026-02-15T10:00:00", NULL, "UTC", "\r\nDTSTART;TZID=UTC:20260215T100000\r\n",
                 "\r\nDTEND;TZID=UTC:20260215T110000\r\n");
}

static void test_events_that_cannot_be_written(void **state)
{
    (void)state;
    static const struct {
        const char *uid, *due, *end, *zone, *reminder, *says;
    } cases[] = {
        {NULL, "2026-02-15", NULL, NULL, NULL, "UID"},
        {"a", NULL, NULL, NULL, NULL, "no date"},
        {"a", "2026-02-30", NULL, NULL, NULL, "2026-02-30"},
        {"a", "2026-02-15", "2026-02-14", NULL, NULL, "before the start"},
        {"a", "2026-02-15", "2026-02-16T10:00:00", NULL, NULL, "not spelled as"},
        {"a", "2026-02-15T10:00:00Z", "2026-02-15T11:00:00", NULL, NULL, "not spelled as"},
        {"a", "2026-02-15T10:00:00", NULL, "Mars/Olympus", NULL, "Mars/Olympus"},
        {"a", "2026-02-15", NULL, NULL, "tomorrow", "reminders"},
        {"a", "2026-02-15", NULL, NULL, "-P1D\r\nATTENDEE:mailto:x@y", "reminders"},
        {"a", "9999-12-31", NULL, NULL, NULL, "9999"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_event event = {0};
        fm_error err = {0};
        fm_buf out;
        set(&event.uid, cases[i].uid);
        set(&event.due_date, cases[i].due);
        set(&event.end_date, cases[i].end);
        set(&event.time_zone, cases[i].zone);
        if (cases[i].reminder)
            assert_int_equal(fm_strings_add(&event.reminders, cases[i].reminder), FM_OK);
        assert_int_equal(try_encode(&out, &event, NULL, &err), FM_EINVAL);
        assert_int_equal(err.status, FM_EINVAL);
        assert_has(err.message, cases[i].says);
        assert_int_equal(out.len, 0);
        fm_buf_free(&out);
        fm_event_clear(&event);
    }
}

/* ------------------------------------------------------------------ reading */

static void assert_read(const char *lines, const char *due, const char *end, const char *zone)
{
    fm_event event;
    decode(&event, object(lines));
    assert_same(event.due_date, due);
    assert_same(event.end_date, end);
    assert_same(event.time_zone, zone);
    fm_event_clear(&event);
}

static void test_reads_dates(void **state)
{
    (void)state;
    assert_read("DTSTART;VALUE=DATE:20260215\r\n", "2026-02-15", "2026-02-16", NULL);
    assert_read("DTSTART:20260215\r\n", "2026-02-15", "2026-02-16", NULL);
    assert_read("DTSTART;VALUE=DATE:20260215\r\nDTEND;VALUE=DATE:20260215\r\n", "2026-02-15", "2026-02-16", NULL);
    assert_read("DTSTART;VALUE=DATE:20260215\r\nDTEND:20260215T100000Z\r\n", "2026-02-15", "2026-02-16", NULL);
    assert_read("DTSTART;VALUE=DATE:20260215\r\nDURATION:P2D\r\n", "2026-02-15", "2026-02-17", NULL);
    assert_read("DTSTART;VALUE=DATE:20260215\r\nDURATION:P1W\r\n", "2026-02-15", "2026-02-22", NULL);
    assert_read("DTSTART:20260215T100000Z\r\n", "2026-02-15T10:00:00Z", NULL, NULL);
    assert_read("DTSTART:20260215T100000Z\r\nDTEND:20260215T090000Z\r\n", "2026-02-15T10:00:00Z", NULL, NULL);
    assert_read("DTSTART:20260215T100000Z\r\nDTEND:20260215T100000Z\r\n", "2026-02-15T10:00:00Z",
                "2026-02-15T10:00:00Z", NULL);
    assert_read("DTSTART:20260215T100000Z\r\nDURATION:P1DT2H30M\r\n", "2026-02-15T10:00:00Z", "2026-02-16T12:30:00Z",
                NULL);
    assert_read("DTSTART:20260215T100000\r\nDURATION:PT90S\r\n", "2026-02-15T10:00:00", "2026-02-15T10:01:30", NULL);
    assert_read("DTSTART;TZID=Europe/Rome:20260328T120000\r\nDURATION:P1D\r\n", "2026-03-28T12:00:00",
                "2026-03-29T12:00:00", "Europe/Rome");
    assert_read("DTSTART;TZID=Europe/Rome:20260328T120000\r\nDURATION:PT24H\r\n", "2026-03-28T12:00:00",
                "2026-03-29T13:00:00", "Europe/Rome");
    assert_read("DTSTART;TZID=Europe/Rome:20260215T100000\r\nDTEND;TZID=Europe/London:20260215T100000\r\n",
                "2026-02-15T10:00:00", "2026-02-15T11:00:00", "Europe/Rome");
    assert_read("DTSTART;TZID=\"/freeassociation.sourceforge.net/Europe/Rome\":20260215T100000\r\n"
                "DTEND:20260215T100000Z\r\n",
                "2026-02-15T10:00:00", "2026-02-15T11:00:00", "Europe/Rome");
    assert_read("DTSTART;TZID=W. Europe Standard Time:20260215T100000\r\n", "2026-02-15T10:00:00", NULL,
                "Europe/Berlin");
    assert_read("DTSTART;TZID=europe/rome:20260215T100000\r\n", "2026-02-15T10:00:00", NULL, "Europe/Rome");
    assert_read("DTSTART;TZID=\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\":20260215T100000\r\n",
                "2026-02-15T10:00:00", NULL, "Europe/Berlin");
    assert_read("DTSTART;TZID=Nowhere:20260215T100000\r\n", NULL, NULL, NULL);
    assert_read("DTSTART:20131009T170000T\r\n", "2013-10-09T17:00:00", NULL, NULL);
    assert_read("DTSTART;VALUE=DATE:20260215\r\nDURATION:P1DT\r\n", "2026-02-15", "2026-02-16", NULL);
    assert_read("DTSTART;VALUE=DATE:20260215T000000\r\nDTEND;VALUE=DATE:20260217T000000\r\n", "2026-02-15",
                "2026-02-17", NULL);
    assert_read("DTSTART;VALUE=DATE;TZID=Nowhere:20260215T100000\r\n", "2026-02-15", "2026-02-16", NULL);
    assert_read("DTSTART:20260215T235960Z\r\n", "2026-02-15T23:59:59Z", NULL, NULL);
    assert_read("dtstart;value=date:20260215 \r\n", "2026-02-15", "2026-02-16", NULL);
    assert_read("DTSTART\r\n ;VALUE=\r\n DATE:2026\r\n\t0215\r\n", "2026-02-15", "2026-02-16", NULL);
}

static void test_reads_a_zone_that_only_the_object_describes(void **state)
{
    (void)state;
    static const char format[] = "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Office\n%s"
                                 "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\n%s"
                                 "END:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\n"
                                 "DTSTART;TZID=Office:20260215T100000\nDTEND;TZID=Office:20260215T113000\n"
                                 "END:VEVENT\nEND:VCALENDAR\n";
    char text[1024];
    fm_event event;
    snprintf(text, sizeof text, format, "", "");
    decode(&event, text);
    assert_string_equal(event.due_date, "2026-02-15T07:00:00Z");
    assert_string_equal(event.end_date, "2026-02-15T08:30:00Z");
    assert_null(event.time_zone);
    fm_event_clear(&event);
    snprintf(text, sizeof text, format, "X-LIC-LOCATION:Europe/Rome\n", "");
    decode(&event, text);
    assert_string_equal(event.due_date, "2026-02-15T10:00:00");
    assert_string_equal(event.time_zone, "Europe/Rome");
    fm_event_clear(&event);
    snprintf(text, sizeof text, format, "", "RRULE:FREQ=SECONDLY\n"); /* refused, so the time is not known */
    decode(&event, text);
    assert_null(event.due_date);
    assert_string_equal(event.unknown_date, "the time zone \"Office\" of 2026-02-15T10:00:00 is not known");
    fm_event_clear(&event);
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        fm_status status;
    } cases[] = {
        {"", FM_EPARSE},
        {"hello", FM_EPARSE},
        {"BEGIN:VEVENT\nUID:a\nDTSTART:20260215\nEND:VEVENT\n", FM_EPARSE},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260215\nEND:VEVENT\n", FM_EPARSE},
        {"BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\n", FM_EPARSE},
        {"BEGIN:VCALENDAR\nEND:VCALENDAR\n", FM_EUNSUPPORTED},
        {"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:a\nEND:VTODO\nEND:VCALENDAR\n", FM_EUNSUPPORTED},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260215\nDTSTART:20260215\nEND:VEVENT\nEND:VCALENDAR\n",
         FM_EUNSUPPORTED},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260215\nEND:VEVENT\nEND:VCALENDAR\n", FM_EPARSE},
        {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nEND:VEVENT\nEND:VCALENDAR\n", FM_EPARSE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_error err = {0};
        assert_int_equal(decode_status(cases[i].text, &err), cases[i].status);
        assert_int_equal(err.status, cases[i].status);
    }
    static const char *const bad[] = {
        "DTSTART:20261340T996199Z\r\n",
        "DTSTART;VALUE=DATE:20260230\r\n",
        "DTSTART:tomorrow\r\n",
        "DTSTART:20260215\r\nDTEND:20260231\r\n",
        "DTSTART:20260215\r\nDURATION:1 day\r\n",
        "DTSTART:20260215\r\nDURATION:P99999999999999999999D\r\n",
        "DTSTART:99991231T235959Z\r\nDURATION:P1D\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fm_error err = {0};
        assert_int_equal(decode_status(object(bad[i]), &err), FM_EPARSE);
        assert_int_equal(err.status, FM_EPARSE);
    }
    fm_error err = {0};
    decode_status(object("DTSTART:20260230\r\n"), &err);
    assert_int_equal(err.line, 7);
    assert_string_equal(err.message, "line 7: DTSTART: \"20260230\" is no date or time that exists");
}

static void assert_priority(const char *lines, const char *priority)
{
    char all[256];
    fm_event event;
    snprintf(all, sizeof all, "DTSTART:20260215\r\n%s", lines);
    decode(&event, object(all));
    assert_same(event.priority, priority);
    fm_event_clear(&event);
}

static void test_reads_priorities(void **state)
{
    (void)state;
    assert_priority("", NULL);
    assert_priority("PRIORITY:0\r\n", NULL);
    assert_priority("PRIORITY:x\r\n", NULL);
    assert_priority("PRIORITY:1\r\n", "high");
    assert_priority("PRIORITY:4\r\n", "high");
    assert_priority("PRIORITY:5\r\n", "medium");
    assert_priority("PRIORITY:6\r\n", "low");
    assert_priority("PRIORITY:9\r\n", "low");
    assert_priority("PRIORITY:1\r\nX-PRIORITY:critical\r\n", "critical");
    assert_priority("PRIORITY:5\r\nX-PRIORITY:critical\r\n", "medium");
    assert_priority("X-PRIORITY:critical\r\n", NULL);
    assert_priority("X-PRIORITY:some%2C day\r\n", "some, day");
    assert_priority("PRIORITY:9\r\nX-PRIORITY:some%2C day\r\n", "low");
}

static void test_reads_what_servers_make_of_it(void **state)
{
    (void)state;
    fm_event event;
    decode(&event,
           object("DTSTAMP:20260102T000000Z\r\nDTSTART:20260215\r\nSUMMARY;LANGUAGE=en;X-A=\"a:b;c\":Title\\, x\r\n"
                  "CATEGORIES:b,a\r\nCATEGORIES: c \\, d ,b,,\r\nX-KANBAN-ID;VALUE=TEXT:X-1\r\n"
                  "X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=\"Home\":geo:1,2  \r\n"
                  "X-RECURRENCE-EXCEPTION:1\r\nnonsense\r\n\r\nSTATUS:CANCELLED\r\nRRULE:FREQ=SECONDLY\r\n"
                  "ATTENDEE;CN=A:mailto:a@b\r\n"
                  "DESCRIPTION:a\\nb\\Nc \\x \\\\n\r\nLAST-MODIFIED:20260103T040506Z\r\n"));
    assert_string_equal(event.title, "Title, x");
    assert_string_equal(event.description, "a\nb\nc \\x \\n");
    assert_string_equal(event.kanban_id, "X-1");
    assert_string_equal(event.last_modified, "2026-01-03T04:05:06Z");
    assert_int_equal(event.tags.count, 3);
    assert_string_equal(event.tags.items[0], "a");
    assert_string_equal(event.tags.items[1], "b");
    assert_string_equal(event.tags.items[2], "c , d");
    assert_true(event.deleted);
    assert_true(event.recurring);
    assert_true(event.has_attendees);
    fm_event_clear(&event);
    decode(&event, object("DTSTART:20260215\r\nLAST-MODIFIED:nonsense\r\nSUMMARY:\r\nDESCRIPTION:\r\n"));
    assert_string_equal(event.last_modified, "2026-01-01T00:00:00Z");
    assert_null(event.title);
    assert_null(event.description);
    assert_false(event.deleted || event.recurring || event.has_attendees);
    fm_event_clear(&event);
}

/* ------------------------------------------------------------------ updates */

/* What a person, a phone and two programs left behind. */
static const char lived_in[] =
    "BEGIN:VCALENDAR\r\n"
    "VERSION:2.0\r\n"
    "PRODID:-//Other//EN\r\n"
    "X-WR-CALNAME:Caf\xC3\xA9\r\n"
    "BEGIN:VTIMEZONE\r\n"
    "TZID:/freeassociation.sourceforge.net/Europe/Rome\r\n"
    "BEGIN:STANDARD\r\n"
    "DTSTART:19701025T030000\r\n"
    "TZOFFSETFROM:+0200\r\n"
    "TZOFFSETTO:+0100\r\n"
    "END:STANDARD\r\n"
    "END:VTIMEZONE\r\n"
    "BEGIN:VEVENT\r\n"
    "DTSTART;X-ODD=1;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260215T1\r\n"
    " 00000\r\n"
    "DURATION:PT1H30M\r\n"
    "DTSTAMP:20260101T000000Z\r\n"
    "DTSTAMP:20260101T000000Z\r\n"
    "SUMMARY;LANGUAGE=de:Alt\r\n"
    "DESCRIPTION;ALTREP=\"cid:1\":Eins\\nZwei\\n\xE2\x80\x94 Fleet Monitor \xE2\x80\x94\\nStatus: x\r\n"
    "UID:k@fleetmonitor\r\n"
    "SEQUENCE:7\r\n"
    "CATEGORIES:b,a\r\n"
    "CATEGORIES;LANGUAGE=de:c\r\n"
    "COLOR:tomato\r\n"
    "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC  \r\n"
    "ATTENDEE;CN=\"M, O\";RSVP=TRUE:mailto:a@b\r\n"
    "RRULE:FREQ=WEEKLY\r\n"
    "EXDATE;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260222T100000\r\n"
    "this is no content line\r\n"
    "X-KANBAN-ID:k\r\n"
    "X-SOURCE:fleet-monitor\r\n"
    "X-VERSION:1\r\n"
    "BEGIN:VALARM\r\n"
    "UID:alarm-1\r\n"
    "ACTION:AUDIO\r\n"
    "TRIGGER:-PT5M\r\n"
    "END:VALARM\r\n"
    "BEGIN:VALARM\r\n"
    "ACTION:DISPLAY\r\n"
    "TRIGGER:-PT2H\r\n"
    "DESCRIPTION:moved by a person\r\n"
    "X-FMCAL-REMINDER:-P1D\r\n"
    "END:VALARM\r\n"
    "END:VEVENT\r\n"
    "BEGIN:VEVENT\r\n"
    "UID:k@fleetmonitor\r\n"
    "RECURRENCE-ID;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260301T100000\r\n"
    "DTSTAMP:20260101T000000Z\r\n"
    "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260301T120000\r\n"
    "SUMMARY:Other\r\n"
    "END:VEVENT\r\n"
    "END:VCALENDAR\r\n";

typedef void (*change_fn)(fm_event *event);

/* Encodes `old` with its own event after a change. */
static void update(fm_buf *out, const char *old, change_fn change)
{
    fm_event event;
    decode(&event, old);
    change(&event);
    encode(out, &event, old);
    fm_event_clear(&event);
}

enum { MAX_LINES = 120 };

/* The physical lines of a text; the last may lack its end. */
static size_t split_lines(const char *text, const char *lines[MAX_LINES + 1])
{
    size_t count = 0;
    while (*text) {
        assert_true(count < MAX_LINES);
        lines[count++] = text;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    lines[count] = text;
    return count;
}

static bool same_line(const char *const *a, const char *const *b)
{
    size_t len = (size_t)(a[1] - a[0]);
    return len == (size_t)(b[1] - b[0]) && memcmp(a[0], b[0], len) == 0;
}

/* Which lines a text lost and which it got: the shortest difference. */
static void diff(const char *old, const char *text, fm_buf *gone, fm_buf *come)
{
    static int common[MAX_LINES + 1][MAX_LINES + 1]; /* longest common part of the rests */
    const char *a[MAX_LINES + 1], *b[MAX_LINES + 1];
    size_t n = split_lines(old, a), m = split_lines(text, b), i = 0, k = 0;
    memset(common, 0, sizeof common);
    for (size_t x = n; x-- > 0;)
        for (size_t y = m; y-- > 0;)
            common[x][y] = same_line(a + x, b + y)               ? common[x + 1][y + 1] + 1
                           : common[x + 1][y] > common[x][y + 1] ? common[x + 1][y]
                                                                 : common[x][y + 1];
    while (i < n || k < m) {
        if (i < n && k < m && same_line(a + i, b + k)) {
            i++;
            k++;
        } else if (k == m || (i < n && common[i + 1][k] >= common[i][k + 1])) {
            fm_buf_add(gone, a[i], (size_t)(a[i + 1] - a[i]));
            i++;
        } else {
            fm_buf_add(come, b[k], (size_t)(b[k + 1] - b[k]));
            k++;
        }
    }
}

/* Asserts which lines an update took away and which it put in. */
static void assert_changes(const char *old, change_fn change, const char *gone, const char *come)
{
    fm_buf out, took, put;
    fm_buf_init(&took, 1 << 20);
    fm_buf_init(&put, 1 << 20);
    update(&out, old, change);
    diff(old, out.data, &took, &put);
    assert_string_equal(took.data, gone);
    assert_string_equal(put.data, come);
    fm_buf_free(&took);
    fm_buf_free(&put);
    fm_buf_free(&out);
}

#define OLD_STAMPS   "DTSTAMP:20260101T000000Z\r\n"
#define NEW_STAMP    "DTSTAMP:20260125T123000Z\r\n"
#define NEW_MODIFIED "LAST-MODIFIED:20260125T123000Z\r\n"

static void change_nothing(fm_event *event)
{
    (void)event;
}

static void change_title(fm_event *event)
{
    set(&event->title, "Neu");
}

static void change_footer(fm_event *event)
{
    set(&event->footer, "Status: y");
}

static void change_tags(fm_event *event)
{
    assert_int_equal(fm_strings_add(&event->tags, "d"), FM_OK);
}

static void reorder_tags(fm_event *event)
{
    fm_strings_clear(&event->tags);
    static const char *const tags[] = {"c", "a ", "b", "a"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(fm_strings_add(&event->tags, tags[i]), FM_OK);
}

static void move_start(fm_event *event)
{
    set(&event->due_date, "2026-02-16T11:00:00");
    set(&event->end_date, "2026-02-16T12:30:00");
}

static void resize(fm_event *event)
{
    set(&event->end_date, "2026-02-15T12:00:00");
}

static void move_to_new_york(fm_event *event)
{
    set(&event->time_zone, "America/New_York");
}

static void say_it_in_utc(fm_event *event)
{
    set(&event->time_zone, NULL);
    set(&event->due_date, "2026-02-15T10:00:00+01:00");
    set(&event->end_date, "2026-02-15T10:30:00Z");
}

static void make_all_day(fm_event *event)
{
    set(&event->due_date, "2026-02-15");
    set(&event->end_date, NULL);
    set(&event->time_zone, NULL);
}

static void drop_reminder(fm_event *event)
{
    fm_strings_clear(&event->reminders);
}

static void add_reminders(fm_event *event)
{
    assert_int_equal(fm_strings_add(&event->reminders, "-PT5M"), FM_OK); /* the person's own alarm rings then */
    assert_int_equal(fm_strings_add(&event->reminders, "-P2D"), FM_OK);
}

static void clear_texts(fm_event *event)
{
    set(&event->title, "");
    set(&event->description, NULL);
    set(&event->footer, NULL);
    fm_strings_clear(&event->tags);
}

static void cancel(fm_event *event)
{
    event->deleted = true;
}

static void test_an_update_that_changes_nothing(void **state)
{
    (void)state;
    assert_changes(lived_in, change_nothing, "", "");
    assert_changes(lived_in, reorder_tags, "", "");
    assert_changes(lived_in, say_it_in_utc, "", "");
}

static void test_an_update_changes_only_its_lines(void **state)
{
    (void)state;
    assert_changes(lived_in, change_title, OLD_STAMPS OLD_STAMPS "SUMMARY;LANGUAGE=de:Alt\r\n",
                   NEW_STAMP "SUMMARY;LANGUAGE=de:Neu\r\n" NEW_MODIFIED);
    assert_changes(lived_in, change_footer,
                   OLD_STAMPS OLD_STAMPS
                   "DESCRIPTION;ALTREP=\"cid:1\":Eins\\nZwei\\n\xE2\x80\x94 Fleet Monitor \xE2\x80\x94\\nStatus: x\r\n",
                   NEW_STAMP "DESCRIPTION;ALTREP=\"cid:1\":Eins\\nZwei\\n\xE2\x80\x94 Fleet Monitor "
                             "\xE2\x80\x94\\nStatus: y\r\n" NEW_MODIFIED);
    assert_changes(lived_in, change_tags, OLD_STAMPS OLD_STAMPS "CATEGORIES:b,a\r\nCATEGORIES;LANGUAGE=de:c\r\n",
                   NEW_STAMP "CATEGORIES:a,b,c,d\r\n" NEW_MODIFIED);
    assert_changes(lived_in, clear_texts,
                   OLD_STAMPS OLD_STAMPS
                   "SUMMARY;LANGUAGE=de:Alt\r\n"
                   "DESCRIPTION;ALTREP=\"cid:1\":Eins\\nZwei\\n\xE2\x80\x94 Fleet Monitor \xE2\x80\x94\\nStatus: x\r\n"
                   "CATEGORIES:b,a\r\nCATEGORIES;LANGUAGE=de:c\r\n",
                   NEW_STAMP NEW_MODIFIED);
    assert_changes(lived_in, cancel, OLD_STAMPS OLD_STAMPS, NEW_STAMP "STATUS:CANCELLED\r\n" NEW_MODIFIED);
}

static void test_an_update_of_the_date(void **state)
{
    (void)state;
#define OLD_START  "DTSTART;X-ODD=1;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260215T1\r\n 00000\r\n"
#define OLD_EXDATE "EXDATE;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260222T100000\r\n"
#define OLD_NAMED  "RECURRENCE-ID;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260301T100000\r\n"
    assert_changes(
        lived_in, move_start, OLD_START OLD_STAMPS OLD_STAMPS "SEQUENCE:7\r\n" OLD_EXDATE OLD_NAMED,
        "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Rome;X-ODD=1:20260216T\r\n 110000\r\n" NEW_STAMP
        "SEQUENCE:8\r\nEXDATE;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260223T110000\r\n" NEW_MODIFIED
        "RECURRENCE-ID;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260302T11\r\n 0000\r\n");
    assert_changes(lived_in, resize, "DURATION:PT1H30M\r\n" OLD_STAMPS OLD_STAMPS "SEQUENCE:7\r\n",
                   NEW_STAMP
                   "SEQUENCE:8\r\n"
                   "DTEND;TZID=/freeassociation.sourceforge.net/Europe/Rome:20260215T120000\r\n" NEW_MODIFIED);
    assert_changes(lived_in, make_all_day,
                   OLD_START "DURATION:PT1H30M\r\n" OLD_STAMPS OLD_STAMPS "SEQUENCE:7\r\n" OLD_EXDATE OLD_NAMED,
                   "DTSTART;VALUE=DATE;X-ODD=1:20260215\r\n" NEW_STAMP "SEQUENCE:8\r\nEXDATE;VALUE=DATE:20260222\r\n"
                   "DTEND;VALUE=DATE:20260216\r\nTRANSP:TRANSPARENT\r\n" NEW_MODIFIED
                   "RECURRENCE-ID;VALUE=DATE:20260301\r\n");
    fm_buf out;
    update(&out, lived_in, move_to_new_york);
    assert_has(out.data, "X-WR-CALNAME:Caf\xC3\xA9\r\nBEGIN:VTIMEZONE\r\nTZID:America/New_York\r\n");
    assert_has(out.data, "TZID:/freeassociation.sourceforge.net/Europe/Rome\r\n");
    assert_has(out.data, "DTSTART;TZID=America/New_York;X-ODD=1:20260215T100000\r\nDURATION:PT1H30M\r\n");
    assert_lacks(out.data, "DTEND");
    fm_buf_free(&out);
}

/* Reminders are for new events: what a person took away does not come back, what they changed stays. */
static void test_an_update_leaves_alarms_alone(void **state)
{
    (void)state;
    assert_changes(lived_in, drop_reminder, "", "");
    assert_changes(lived_in, add_reminders, "", "");
}

static void change_team(fm_event *event)
{
    set(&event->team, "other");
}

static void move_day(fm_event *event)
{
    set(&event->due_date, "2026-02-20");
    set(&event->end_date, "2026-02-21");
}

static void make_timed(fm_event *event)
{
    set(&event->due_date, "2026-02-15T09:00:00Z");
    set(&event->end_date, NULL);
}

static void test_line_ends_are_those_of_the_object(void **state)
{
    (void)state;
    static const char old[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260215\nTRANSP:TRANSPARENT\n"
                              "END:VEVENT\nEND:VCALENDAR";
    assert_changes(old, change_nothing, "", "");
    assert_changes(old, change_team, "", "X-TEAM:other\nDTSTAMP:20260125T123000Z\nLAST-MODIFIED:20260125T123000Z\n");
    assert_changes(old, move_day, "DTSTART;VALUE=DATE:20260215\n",
                   "DTSTART;VALUE=DATE:20260220\nDTSTAMP:20260125T123000Z\n"
                   "LAST-MODIFIED:20260125T123000Z\nSEQUENCE:1\n");
    assert_changes(old, make_timed, "DTSTART;VALUE=DATE:20260215\nTRANSP:TRANSPARENT\n",
                   "DTSTART:20260215T090000Z\nDTEND:20260215T100000Z\nDTSTAMP:20260125T123000Z\n"
                   "LAST-MODIFIED:20260125T123000Z\nSEQUENCE:1\n");
}

static void test_an_event_without_an_end_keeps_having_none(void **state)
{
    (void)state;
    char old[1024];
    snprintf(old, sizeof old, "%s", object("DTSTART:20260215T100000Z\r\nSEQUENCE:2147483647\r\n"));
    fm_event event;
    fm_buf out;
    decode(&event, old);
    set(&event.due_date, "2026-02-16T10:00:00Z");
    encode(&out, &event, old);
    assert_lacks(out.data, "DTEND");
    assert_has(out.data, "DTSTART:20260216T100000Z\r\nSEQUENCE:2147483647\r\n");
    fm_event_clear(&event);
    fm_buf_free(&out);
}

static void move_back(fm_event *event)
{
    set(&event->due_date, "2026-02-15T07:00:00Z");
}

static void test_an_end_that_is_none_does_not_become_one(void **state)
{
    (void)state;
    char old[1024];
    snprintf(old, sizeof old, "%s", object("DTSTART;VALUE=DATE:20260215\r\n"));
    assert_changes(old, move_day, "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260215\r\n",
                   NEW_STAMP "DTSTART;VALUE=DATE:20260220\r\n" NEW_MODIFIED "SEQUENCE:1\r\n");
    snprintf(old, sizeof old, "%s", object("DTSTART:20260215T100000Z\r\nDTEND:20260215T090000Z\r\n"));
    assert_changes(old, move_back, "DTSTAMP:20260101T000000Z\r\nDTSTART:20260215T100000Z\r\nDTEND:20260215T090000Z\r\n",
                   NEW_STAMP "DTSTART:20260215T070000Z\r\n" NEW_MODIFIED "SEQUENCE:1\r\n");
}

/* A zone that only the object describes stays as long as the date does. */
static void test_a_zone_of_another_program_stays(void **state)
{
    (void)state;
    static const char old[] = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Office\r\nBEGIN:STANDARD\r\n"
                              "DTSTART:16010101T000000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\n"
                              "END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:a\r\n"
                              "DTSTART;TZID=Office:20260215T100000\r\nDTEND;TZID=Office:20260215T113000\r\n"
                              "END:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_changes(old, change_nothing, "", "");
    assert_changes(old, change_title, "", "SUMMARY:Neu\r\n" NEW_STAMP NEW_MODIFIED);
    assert_changes(
        old, move_day, "DTSTART;TZID=Office:20260215T100000\r\nDTEND;TZID=Office:20260215T113000\r\n",
        "DTSTART;VALUE=DATE:20260220\r\nDTEND;VALUE=DATE:20260221\r\nTRANSP:TRANSPARENT\r\n" NEW_STAMP NEW_MODIFIED
        "SEQUENCE:1\r\n");
}

static void move_instant(fm_event *event)
{
    set(&event->time_zone, NULL);
    set(&event->due_date, "2026-07-16T08:00:00Z");
    set(&event->end_date, "2026-07-16T09:30:00Z");
}

/* A series hangs on its zone: it would drift by an hour in UTC. A single event is written as it is spelled. */
static void test_a_series_keeps_its_zone(void **state)
{
    (void)state;
    fm_buf out;
    update(&out, lived_in, move_instant);
    assert_has(out.data, "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Rome;X-ODD=1:20260716T\r\n 100000\r\n");
    assert_has(out.data, "DURATION:PT1H30M\r\n");
    fm_buf_free(&out);
    update(&out, object("DTSTART;TZID=Europe/Rome:20260215T100000\r\n"), move_instant);
    assert_has(out.data, "DTSTART:20260716T080000Z\r\n");
    assert_has(out.data, "DTEND:20260716T093000Z\r\n");
    fm_buf_free(&out);
}

static void test_metadata_in_another_spelling_stays(void **state)
{
    (void)state;
    assert_changes(object("DTSTART:20260215T100000Z\r\nX-PRIORITY:some%2C%20day\r\nX-TEAM:a\\,b\r\nX-KANBAN-ID:%6B\r\n"
                          "X-SOURCE:fleet%2Dmonitor\r\nX-VERSION:%31\r\n"),
                   change_nothing, "", "");
}

static void test_another_uid_is_refused(void **state)
{
    (void)state;
    fm_event event;
    fm_error err = {0};
    fm_buf out;
    decode(&event, lived_in);
    set(&event.uid, "other");
    assert_int_equal(try_encode(&out, &event, lived_in, &err), FM_EINVAL);
    set(&event.uid, NULL);
    fm_buf_free(&out);
    encode(&out, &event, lived_in);
    assert_string_equal(out.data, lived_in);
    fm_buf_free(&out);
    fm_event_clear(&event);
}

static void test_sizes_are_limited(void **state)
{
    (void)state;
    fm_event event = {0};
    fm_error err = {0};
    fm_buf out;
    char *large = malloc(FM_ICS_MAX_BYTES + 1);
    assert_non_null(large);
    memset(large, 'x', FM_ICS_MAX_BYTES);
    large[FM_ICS_MAX_BYTES] = '\0';
    set(&event.uid, "a");
    set(&event.due_date, "2026-02-15");
    set(&event.description, large);
    assert_int_equal(try_encode(&out, &event, NULL, &err), FM_ELIMIT);
    assert_has(err.message, "1048576");
    fm_buf_free(&out);
    assert_int_equal(fm_ics_decode(large, FM_ICS_MAX_BYTES + 1, zones, &event, &err), FM_ELIMIT);
    free(large);
    fm_event_clear(&event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_all_day_event),
        cmocka_unit_test(test_each_spelling_of_a_date),
        cmocka_unit_test(test_events_that_cannot_be_written),
        cmocka_unit_test(test_reads_dates),
        cmocka_unit_test(test_reads_a_zone_that_only_the_object_describes),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_reads_priorities),
        cmocka_unit_test(test_reads_what_servers_make_of_it),
        cmocka_unit_test(test_an_update_that_changes_nothing),
        cmocka_unit_test(test_an_update_changes_only_its_lines),
        cmocka_unit_test(test_an_update_of_the_date),
        cmocka_unit_test(test_an_update_leaves_alarms_alone),
        cmocka_unit_test(test_line_ends_are_those_of_the_object),
        cmocka_unit_test(test_an_event_without_an_end_keeps_having_none),
        cmocka_unit_test(test_an_end_that_is_none_does_not_become_one),
        cmocka_unit_test(test_a_zone_of_another_program_stays),
        cmocka_unit_test(test_a_series_keeps_its_zone),
        cmocka_unit_test(test_metadata_in_another_spelling_stays),
        cmocka_unit_test(test_another_uid_is_refused),
        cmocka_unit_test(test_sizes_are_limited),
    };
    return cmocka_run_group_tests(tests, setup, test_zones_teardown);
}
