#include "core/ical/value.h"
#include "support/cmocka.h"

#include <string.h>

static void assert_date(const char *value, const char *want)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    assert_int_equal(fm_ical_date_parse(&date, fm_span_of(value), NULL), FM_OK);
    assert_string_equal(fm_date_format(&date, text), want);
}

static void test_dates(void **state)
{
    (void)state;
    assert_date("20260215", "2026-02-15");
    assert_date(" 20260215T100000\t", "2026-02-15T10:00:00");
    assert_date("20260215T180000Z", "2026-02-15T18:00:00Z");
    assert_date("20131009T170000T", "2013-10-09T17:00:00");
    assert_date("20261231T235960Z", "2026-12-31T23:59:59Z");
    static const char *const bad[] = {
        "",
        "2026",
        "20261340",
        "20260230",
        "00000101",
        "20260215T",
        "20260215T1000",
        "20260215T240000",
        "20260215T100000+0100",
        "20260215T100000ZZ",
        "20260215T100000TT",
        "20260215T100000ZT",
        "20260215TT",
        "20260215t100000",
        "2026-02-15",
        "20260215 T100000",
        "20261340T996199Z",
        "٢٠٢٦٠٢١٥",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fm_date date;
        fm_error err = {0};
        if (fm_ical_date_parse(&date, fm_span_of(bad[i]), &err) != FM_EPARSE)
            fail_msg("\"%s\" was accepted", bad[i]);
        assert_int_equal(err.status, FM_EPARSE);
    }
}

static void test_dates_are_written(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"2026-02-15", "20260215"},
        {"2026-02-15T10:00:00", "20260215T100000"},
        {"2026-02-15T18:00:00Z", "20260215T180000Z"},
        {"2026-02-15T10:00:00-08:00", "20260215T180000Z"},
        {"2026-01-01T00:30:00+01:00", "20251231T233000Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_date date;
        char text[FM_DATE_TEXT_MAX];
        assert_int_equal(fm_date_parse(&date, cases[i][0], NULL), FM_OK);
        assert_string_equal(fm_ical_date_format(&date, text), cases[i][1]);
    }
}

static void assert_duration(const char *value, int64_t days, int64_t seconds)
{
    fm_ical_duration d;
    if (fm_ical_duration_parse(&d, fm_span_of(value), NULL))
        fail_msg("\"%s\" was refused", value);
    assert_true(d.days == days && d.seconds == seconds);
}

static void test_durations(void **state)
{
    (void)state;
    assert_duration("P1D", 1, 0);
    assert_duration("-P1D", -1, 0);
    assert_duration("+P2W", 14, 0);
    assert_duration("P1DT2H30M5S", 1, 9005);
    assert_duration("-PT15M", 0, -900);
    assert_duration("PT0S", 0, 0);
    assert_duration("P1DT", 1, 0);
    assert_duration("-P2WT", -14, 0);
    assert_duration(" PT36H ", 0, 129600);
    static const char *const bad[] = {
        "",
        "P",
        "-P",
        "1D",
        "P1",
        "PD",
        "PT",
        "P1H",
        "PT1D",
        "PT1HT",
        "P1DTT",
        "P1DTT1H",
        "P1D2",
        "P-1D",
        "PT1.5H",
        "P1Y",
        "P1M",
        "p1d",
        "P99999999D",
        "P9999999999999999999999W",
        "PT999999999999999S",
        "P1D ago",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fm_ical_duration d;
        fm_error err = {0};
        if (fm_ical_duration_parse(&d, fm_span_of(bad[i]), &err) != FM_EPARSE)
            fail_msg("\"%s\" was accepted", bad[i]);
        assert_true(d.days == 0 && d.seconds == 0);
    }
}

static void test_offsets(void **state)
{
    (void)state;
    int32_t s;
    assert_true(fm_ical_offset_parse(&s, fm_span_of("+0100")) && s == 3600);
    assert_true(fm_ical_offset_parse(&s, fm_span_of("-003020")) && s == -1820);
    assert_true(fm_ical_offset_parse(&s, fm_span_of(" +0545 ")) && s == 20700);
    assert_true(fm_ical_offset_parse(&s, fm_span_of("+5730")) && s == 3450); /* minutes and seconds */
    assert_true(fm_ical_offset_parse(&s, fm_span_of("-5328")) && s == -3208);
    assert_true(fm_ical_offset_parse(&s, fm_span_of("+005328")) && s == 3208);
    static const char *const bad[] = {"",       "0100",    "+1",     "+010",  "+2400", "+0160",  "+01000",
                                      "+0100Z", "+010060", "+01:00", "+6000", "+2560", "+240000"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (fm_ical_offset_parse(&s, fm_span_of(bad[i])))
            fail_msg("\"%s\" was accepted", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_dates_are_written),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
