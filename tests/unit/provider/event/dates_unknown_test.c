/* A date whose zone nobody knows: both codecs say so, and write nothing back in its place. */
#include "provider/google/event/json.h"
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

/* ------------------------------------------------------------------ the two codecs */

typedef struct codec {
    fm_status (*decode)(fm_event *event, const char *text);
    fm_status (*encode)(fm_buf *out, const fm_event *event, const char *old, fm_error *err);
} codec;

static fm_status decode_ics(fm_event *event, const char *text)
{
    return fm_ics_decode(text, strlen(text), zones, event, NULL);
}

static fm_status encode_ics(fm_buf *out, const fm_event *event, const char *old, fm_error *err)
{
    return fm_ics_encode(event, old, old ? strlen(old) : 0, &env, zones, out, err);
}

static fm_status decode_google(fm_event *event, const char *text)
{
    return fm_google_decode(text, strlen(text), zones, event, NULL);
}

static fm_status encode_google(fm_buf *out, const fm_event *event, const char *old, fm_error *err)
{
    return fm_google_encode(event, old, old ? strlen(old) : 0, zones, NULL, out, err);
}

static const codec ics = {decode_ics, encode_ics}, google = {decode_google, encode_google};

#define ICS(dates)                                                                                                     \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:T\r\n" dates                                   \
    "TRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
#define GOOGLE(start, end)                                                                                             \
    "{\"id\":\"x\",\"iCalUID\":\"a\",\"summary\":\"T\",\"start\":{" start "},\"end\":{" end "},"                       \
    "\"extendedProperties\":{\"private\":{\"uid\":\"a\"}}}"
#define ROME "\"dateTime\":\"2026-02-15T10:00:00+01:00\",\"timeZone\":\"Europe/Rome\""
#define MARS "\"dateTime\":\"2026-02-15T10:00:00\",\"timeZone\":\"Mars/Olympus\""

static const struct {
    const codec *codec;
    const char *text;
    const char *why;
    const char *date_lines; /* what stays, whatever else is written */
} unknown[] = {
    {&ics, ICS("DTSTART;TZID=Mars/Olympus:20260215T100000\r\nDTEND;TZID=Mars/Olympus:20260215T110000\r\n"),
     "the time zone \"Mars/Olympus\" of 2026-02-15T10:00:00 is not known",
     "DTSTART;TZID=Mars/Olympus:20260215T100000\r\nDTEND;TZID=Mars/Olympus:20260215T110000\r\n"},
    {&ics, ICS("DTSTART;TZID=Europe/Rome:20260215T100000\r\nDTEND;TZID=Mars:20260215T110000\r\n"),
     "the time zone \"Mars\" of 2026-02-15T11:00:00 is not known",
     "DTSTART;TZID=Europe/Rome:20260215T100000\r\nDTEND;TZID=Mars:20260215T110000\r\n"},
    {&ics, ICS("DTSTART;TZID=Mars:20260215T100000\r\nDURATION:PT1H\r\n"),
     "the time zone \"Mars\" of 2026-02-15T10:00:00 is not known",
     "DTSTART;TZID=Mars:20260215T100000\r\nDURATION:PT1H\r\n"},
    {&ics, ICS("DTSTART;TZID=:20260215T100000\r\n"), "the time zone \"\" of 2026-02-15T10:00:00 is not known",
     "DTSTART;TZID=:20260215T100000\r\n"},
    {&google, GOOGLE(MARS, MARS), "the time zone \"Mars/Olympus\" of 2026-02-15T10:00:00 is not known",
     "\"start\":{" MARS "},\"end\":{" MARS "}"},
    {&google, GOOGLE(ROME, MARS), "the time zone \"Mars/Olympus\" of 2026-02-15T10:00:00 is not known",
     "\"start\":{" ROME "},\"end\":{" MARS "}"},
    {&google, GOOGLE("\"dateTime\":\"2026-02-15T10:00:00\"", ROME),
     "the time zone \"\" of 2026-02-15T10:00:00 is not known", "\"start\":{\"dateTime\":\"2026-02-15T10:00:00\"}"},
};

#define EACH(i) (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)

static void test_it_is_no_date(void **state)
{
    (void)state;
    for
        EACH(i)
        {
            fm_event event = {0};
            assert_int_equal(unknown[i].codec->decode(&event, unknown[i].text), FM_OK);
            assert_null(event.due_date);
            assert_null(event.end_date);
            assert_null(event.time_zone);
            assert_non_null(event.unknown_date);
            assert_string_equal(event.unknown_date, unknown[i].why);
            assert_string_equal(event.title, "T");
            fm_event_clear(&event);
        }
}

static void test_nothing_is_written_in_its_place(void **state)
{
    (void)state;
    for
        EACH(i)
        {
            fm_event event = {0};
            fm_buf same, titled;
            fm_buf_init(&same, 1 << 20);
            fm_buf_init(&titled, 1 << 20);
            assert_int_equal(unknown[i].codec->decode(&event, unknown[i].text), FM_OK);
            assert_int_equal(unknown[i].codec->encode(&same, &event, unknown[i].text, NULL), FM_OK);
            assert_string_equal(same.data, unknown[i].text);
            assert_int_equal(fm_event_set(&event.title, "U"), FM_OK);
            assert_int_equal(unknown[i].codec->encode(&titled, &event, unknown[i].text, NULL), FM_OK);
            assert_true(strstr(titled.data, "SUMMARY:U\r\n") || strstr(titled.data, "\"summary\":\"U\""));
            assert_non_null(strstr(titled.data, unknown[i].date_lines));
            assert_null(strstr(titled.data, "SEQUENCE"));
            fm_buf_free(&same);
            fm_buf_free(&titled);
            fm_event_clear(&event);
        }
}

static void test_another_date_takes_its_place(void **state)
{
    (void)state;
    for
        EACH(i)
        {
            fm_event event = {0}, again = {0};
            fm_buf out;
            fm_buf_init(&out, 1 << 20);
            assert_int_equal(unknown[i].codec->decode(&event, unknown[i].text), FM_OK);
            assert_int_equal(fm_event_set(&event.due_date, "2026-03-01T12:00:00Z"), FM_OK);
            assert_int_equal(unknown[i].codec->encode(&out, &event, unknown[i].text, NULL), FM_OK);
            assert_int_equal(unknown[i].codec->decode(&again, out.data), FM_OK);
            assert_string_equal(again.due_date, "2026-03-01T12:00:00Z");
            assert_string_equal(again.end_date, "2026-03-01T13:00:00Z");
            assert_null(again.unknown_date);
            fm_buf_free(&out);
            fm_event_clear(&event);
            fm_event_clear(&again);
        }
}

static void test_no_new_event_is_made_of_it(void **state)
{
    (void)state;
    for
        EACH(i)
        {
            fm_event event = {0};
            fm_error err = {0};
            fm_buf out;
            fm_buf_init(&out, 1 << 20);
            assert_int_equal(unknown[i].codec->decode(&event, unknown[i].text), FM_OK);
            assert_int_equal(unknown[i].codec->encode(&out, &event, NULL, &err), FM_EINVAL);
            assert_non_null(strstr(err.message, unknown[i].why));
            assert_int_equal(out.len, 0);
            fm_buf_free(&out);
            fm_event_clear(&event);
        }
}

/* A name from a stranger is shown as text, and not all of it. */
static void test_what_is_shown_of_a_name(void **state)
{
    (void)state;
    char text[2048], name[600];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    static const char format[] = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=%s:20260215T100000\r\n"
                                 "END:VEVENT\r\nEND:VCALENDAR\r\n";
    fm_event event = {0};
    snprintf(text, sizeof text, format, name);
    assert_int_equal(decode_ics(&event, text), FM_OK);
    assert_true(strlen(event.unknown_date) < 192);
    fm_event_clear(&event);
    snprintf(text, sizeof text, format, "\xFF\xFEMars");
    assert_int_equal(decode_ics(&event, text), FM_OK);
    assert_null(strchr(event.unknown_date, '\xFF'));
    assert_non_null(strstr(event.unknown_date, "Mars"));
    fm_event_clear(&event);
}

/* Google says the offset of a moment beside the zone: there nothing is unknown. */
static void test_an_offset_is_enough(void **state)
{
    (void)state;
    static const char text[] = GOOGLE("\"dateTime\":\"2026-02-15T10:00:00+01:00\",\"timeZone\":\"Mars\"",
                                      "\"dateTime\":\"2026-02-15T11:00:00+01:00\",\"timeZone\":\"Mars\"");
    fm_event event = {0};
    assert_int_equal(decode_google(&event, text), FM_OK);
    assert_null(event.unknown_date);
    assert_string_equal(event.due_date, "2026-02-15T09:00:00Z");
    assert_string_equal(event.end_date, "2026-02-15T10:00:00Z");
    fm_event_clear(&event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_no_date),
        cmocka_unit_test(test_nothing_is_written_in_its_place),
        cmocka_unit_test(test_another_date_takes_its_place),
        cmocka_unit_test(test_no_new_event_is_made_of_it),
        cmocka_unit_test(test_what_is_shown_of_a_name),
        cmocka_unit_test(test_an_offset_is_enough),
    };
    return cmocka_run_group_tests(tests, setup, test_zones_teardown);
}
