/* Dates in every spelling that programs were seen to use: what nobody edited stays byte for byte. */
#include "core/date.h"
#include "provider/google/event/json.h"
#include "provider/ics/codec.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A sanitizer makes everything several times slower. */
#ifdef __SANITIZE_ADDRESS__
enum { ROUNDS = 4000 };
#else
enum { ROUNDS = 40000 };
#endif

static fm_env env;

static int setup(void **state)
{
    fm_env_default(&env);
    return test_zones_setup(state);
}

/* ------------------------------------------------------------------ chance */

static uint64_t seed = 2;

static unsigned below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

#define PICK(array) (array)[below(sizeof(array) / sizeof(array)[0])]

static const char *const params[] = {
    "",
    "",
    ";VALUE=DATE",
    ";VALUE=DATE-TIME",
    ";value=date",
    ";X-THEIRS=1",
    ";TZID=Europe/Rome",
    ";TZID=europe/rome",
    ";TZID=\"Europe/Rome\"",
    ";TZID=W. Europe Standard Time",
    ";TZID=\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\"",
    ";TZID=/example.org/America/New York",
    ";TZID=GMT-0700",
    ";TZID=Office",
    ";TZID=Broken",
    ";TZID=Nowhere",
    ";TZID=",
};
static const char *const values[] = {
    "20270311",        "20270311T100000", "20270311T100000Z", "20270311T100000T", "20270311T100015",
    "20270311T110000", "20270312",        "20270312T000000",  "20261025T013000",  "20261025T023000",
    "20270328T023000", "20270310T235960", "20270311T090000Z", "20271340",         "20270311T113000",
};
static const char *const lengths[] = {"PT0S", "P1DT", "PT90S", "-PT1H", "P1D", "PT1H30M", "P1W", "PT24H", "soon"};

/* Two zones of the object's own: one that can be read, one whose rule cannot. */
#define OWN_ZONE(name, rule)                                                                                           \
    "BEGIN:VTIMEZONE\r\nTZID:" name "\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+5730\r\n"          \
    "TZOFFSETTO:+0330\r\n" rule "END:STANDARD\r\nEND:VTIMEZONE\r\n"

static void random_dates(char *out, size_t size)
{
    int n = snprintf(out, size, "DTSTART%s:%s\r\n", PICK(params), PICK(values));
    switch (below(3)) {
    case 0:
        snprintf(out + n, size - (size_t)n, "DTEND%s:%s\r\n", PICK(params), PICK(values));
        break;
    case 1:
        snprintf(out + n, size - (size_t)n, "DURATION:%s\r\n", PICK(lengths));
        break;
    default:
        break;
    }
}

static void random_object(char *out, size_t size, const char *dates, bool may_recur)
{
    snprintf(out, size,
             "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" OWN_ZONE("Office", "")
                 OWN_ZONE("Broken", "RRULE:FREQ=DAILY\r\n") "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:T\r\n%s%sEND:VEVENT\r\n"
                                                            "END:VCALENDAR\r\n",
             dates, may_recur && !below(4) ? "RRULE:FREQ=WEEKLY\r\n" : "");
}

/* ------------------------------------------------------------------ iCalendar */

static void assert_encoded(const fm_event *event, const char *old, fm_buf *out)
{
    fm_error err = {0};
    fm_buf_init(out, 1 << 20);
    if (fm_ics_encode(event, old, strlen(old), &env, zones, out, &err))
        fail_msg("%s\n%s", err.message, old);
}

static void test_what_nobody_edited_stays(void **state)
{
    (void)state;
    long read = 0, unknown = 0, endless = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char dates[512], old[2048];
        fm_event event = {0};
        fm_buf same, titled;
        random_dates(dates, sizeof dates);
        random_object(old, sizeof old, dates, true);
        if (fm_ics_decode(old, strlen(old), zones, &event, NULL))
            continue;
        read++;
        unknown += event.unknown_date != NULL;
        endless += event.due_date && !event.end_date;
        if (!event.due_date == !event.unknown_date)
            fail_msg("the date is known and unknown at once:\n%s", old);
        assert_encoded(&event, old, &same);
        assert_string_equal(same.data, old);
        assert_int_equal(fm_event_set(&event.title, "U"), FM_OK);
        assert_encoded(&event, old, &titled);
        if (!strstr(titled.data, dates) || !strstr(titled.data, "SUMMARY:U\r\n"))
            fail_msg("a new title made of\n%s\n%s", old, titled.data);
        fm_buf_free(&same);
        fm_buf_free(&titled);
        fm_event_clear(&event);
    }
    assert_true(read > ROUNDS / 2 && unknown > ROUNDS / 20 && endless > ROUNDS / 20);
}

/* Whatever was there: a date that is given is the one that the event has afterwards. */
static void test_a_date_that_is_given_is_written(void **state)
{
    (void)state;
    static const char *const given[][3] = {
        {"2027-05-01", "2027-05-02", NULL},
        {"2027-05-01T10:00:00Z", "2027-05-01T10:00:00Z", NULL},
        {"2027-05-01T10:00:00", "2027-05-01T10:01:30", "Europe/Rome"},
        {"2027-05-01T10:00:00", "2027-05-01T11:00:00", NULL},
    };
    for (int i = 0; i < ROUNDS; i++) {
        char dates[512], old[2048];
        fm_event event = {0}, again = {0};
        fm_buf out;
        const char *const *want = PICK(given);
        random_dates(dates, sizeof dates);
        random_object(old, sizeof old, dates, false);
        if (fm_ics_decode(old, strlen(old), zones, &event, NULL))
            continue;
        assert_int_equal(fm_event_set(&event.due_date, want[0]), FM_OK);
        assert_int_equal(fm_event_set(&event.end_date, want[1]), FM_OK);
        assert_int_equal(fm_event_set(&event.time_zone, want[2]), FM_OK);
        assert_encoded(&event, old, &out);
        assert_int_equal(fm_ics_decode(out.data, out.len, zones, &again, NULL), FM_OK);
        if (again.unknown_date || !again.due_date)
            fail_msg("not read again:\n%s\n%s", old, out.data);
        if (strcmp(again.due_date, want[0]) != 0 || strcmp(again.end_date, want[1]) != 0)
            fail_msg("%s to %s was made of\n%s\n%s", want[0], want[1], old, out.data);
        fm_buf_free(&out);
        fm_event_clear(&event);
        fm_event_clear(&again);
    }
}

/* ------------------------------------------------------------------ Google */

static const char *const points[] = {
    "\"date\":\"2027-03-11\"",
    "\"date\":\"2027-03-12\"",
    "\"dateTime\":\"2027-03-11T10:00:00+01:00\",\"timeZone\":\"Europe/Rome\"",
    "\"dateTime\":\"2027-03-11T11:00:15+01:00\",\"timeZone\":\"Europe/Rome\"",
    "\"dateTime\":\"2027-03-11T10:00:00+01:00\",\"timeZone\":\"europe/rome\"",
    "\"dateTime\":\"2027-03-11T10:00:00Z\",\"timeZone\":\"UTC\"",
    "\"dateTime\":\"2027-03-11T11:00:00Z\"",
    "\"dateTime\":\"2027-03-11T10:00:00-05:00\",\"timeZone\":\"Mars\"",
    "\"dateTime\":\"2027-03-11T10:00:00\",\"timeZone\":\"Mars\"",
    "\"dateTime\":\"2027-03-11T10:00:00\",\"timeZone\":\"Asia/Tokyo\"",
    "\"dateTime\":\"2027-03-11T10:00:00\"",
};

static void test_what_nobody_edited_stays_at_google(void **state)
{
    (void)state;
    long read = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char dates[512], old[2048];
        fm_event event = {0};
        fm_buf same, titled;
        fm_error err = {0};
        snprintf(dates, sizeof dates, "\"start\":{%s},\"end\":{%s}%s", PICK(points), PICK(points),
                 below(4) ? "" : ",\"endTimeUnspecified\":true");
        snprintf(old, sizeof old, "{\"id\":\"x\",\"iCalUID\":\"a\",\"summary\":\"T\",%s%s}", dates,
                 below(4) ? "" : ",\"extendedProperties\":{\"private\":{\"floating\":\"1\"}}");
        if (fm_google_decode(old, strlen(old), zones, &event, NULL))
            continue;
        read++;
        assert_true(!event.due_date == (event.unknown_date != NULL));
        fm_buf_init(&same, 1 << 20);
        fm_buf_init(&titled, 1 << 20);
        if (fm_google_encode(&event, old, strlen(old), zones, NULL, &same, &err))
            fail_msg("%s\n%s", err.message, old);
        assert_string_equal(same.data, old);
        assert_int_equal(fm_event_set(&event.title, "U"), FM_OK);
        assert_int_equal(fm_google_encode(&event, old, strlen(old), zones, NULL, &titled, NULL), FM_OK);
        if (!strstr(titled.data, dates) || !strstr(titled.data, "\"summary\":\"U\""))
            fail_msg("a new title made of\n%s\n%s", old, titled.data);
        fm_buf_free(&same);
        fm_buf_free(&titled);
        fm_event_clear(&event);
    }
    assert_true(read > ROUNDS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_nobody_edited_stays),
        cmocka_unit_test(test_a_date_that_is_given_is_written),
        cmocka_unit_test(test_what_nobody_edited_stays_at_google),
    };
    return cmocka_run_group_tests(tests, setup, test_zones_teardown);
}
