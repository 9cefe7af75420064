#include "core/date.h"
#include "support/cmocka.h"

#include <string.h>

static fm_date parsed(const char *text)
{
    fm_date date;
    fm_error err = {0};
    assert_int_equal(fm_date_parse(&date, text, &err), FM_OK);
    return date;
}

static void assert_date(const char *text, fm_date_kind kind, int64_t epoch)
{
    fm_date date = parsed(text);
    assert_int_equal(date.kind, kind);
    assert_true(fm_date_epoch(&date) == epoch);
}

static void test_reads_each_spelling(void **state)
{
    (void)state;
    assert_date("1970-01-01", FM_DATE_DAY, 0);
    assert_date("2026-02-15", FM_DATE_DAY, 1771113600);
    assert_date("2026-02-15T18:00:00Z", FM_DATE_UTC, 1771178400);
    assert_date("2026-02-15T10:00:00-08:00", FM_DATE_OFFSET, 1771178400);
    assert_date("2026-02-15T23:30:00+05:30", FM_DATE_OFFSET, 1771178400);
    assert_date("2026-02-15T18:00:00", FM_DATE_LOCAL, 1771178400);
    assert_date("2026-02-15T18:00", FM_DATE_LOCAL, 1771178400);
    assert_date("2026-02-15 18:00:00z", FM_DATE_UTC, 1771178400);
    assert_date("2026-02-15T18:00:00.999Z", FM_DATE_UTC, 1771178400);
    assert_date("2026-02-15T23:59:60Z", FM_DATE_UTC, 1771199999);
    assert_date("2024-02-29", FM_DATE_DAY, 1709164800);
    assert_date("0001-01-01", FM_DATE_DAY, FM_EPOCH_MIN);
    assert_date("9999-12-31T23:59:59Z", FM_DATE_UTC, FM_EPOCH_END - 1);
}

static void test_refuses_what_does_not_exist(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026",
        "2026-2-15",
        "2026-13-01",
        "2026-00-10",
        "2026-02-30",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-01-00",
        "0000-01-01",
        "2026-02-15x",
        "2026-02-15T",
        "2026-02-15T10",
        "2026-02-15T24:00:00Z",
        "2026-02-15T10:60:00",
        "2026-02-15T10:00:61",
        "2026-02-15T10:00:00.",
        "2026-02-15T10:00:00+8",
        "2026-02-15T10:00:00+24:00",
        "2026-02-15T10:00:00+00:60",
        "2026-02-15T10:00:00ZZ",
        " 2026-02-15",
        "2026-02-15 ",
        "20260215",
        "-2026-02-15",
        "+2026-02-15",
        "２０２６-02-15",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fm_date date;
        fm_error err = {0};
        assert_int_equal(fm_date_parse(&date, bad[i], &err), FM_EPARSE);
        assert_int_equal(err.status, FM_EPARSE);
        assert_non_null(strstr(err.message, bad[i]));
    }
}

static void test_writes_what_it_reads(void **state)
{
    (void)state;
    static const char *const good[] = {
        "2026-02-15",          "2026-02-15T18:00:00Z", "2026-02-15T10:00:00-08:00", "2026-02-15T10:00:00+05:45",
        "2026-02-15T10:00:00", "0001-01-01",           "9999-12-31T23:59:59+00:00",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        fm_date date = parsed(good[i]);
        char text[FM_DATE_TEXT_MAX];
        assert_string_equal(fm_date_format(&date, text), good[i]);
    }
}

/* Every day of three eras, each against the one before it. */
static void test_days_and_fields_agree(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = fm_date_days(1, 1, 1);
    assert_int_equal(fm_date_weekday(days), 1); /* a Monday */
    int weekday = 1;
    for (int year = 1; year <= 2800; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (leap && month == 2);
            assert_int_equal(fm_date_month_days(year, month), length);
            for (int day = 1; day <= length; day++, days++, weekday = (weekday + 1) % 7) {
                fm_date date;
                assert_int_equal(fm_date_from_epoch(&date, days * FM_DAY_S + 86399, FM_DATE_UTC, 0), FM_OK);
                if (date.year != year || date.month != month || date.day != day)
                    fail_msg("day %lld is %d-%d-%d", (long long)days, year, month, day);
                assert_true(fm_date_days(year, month, day) == days);
                assert_int_equal(fm_date_weekday(days), weekday);
            }
        }
    }
}

static void test_from_epoch(void **state)
{
    (void)state;
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    assert_int_equal(fm_date_from_epoch(&date, -1, FM_DATE_UTC, 0), FM_OK);
    assert_string_equal(fm_date_format(&date, text), "1969-12-31T23:59:59Z");
    assert_int_equal(fm_date_from_epoch(&date, 0, FM_DATE_OFFSET, -8 * 3600), FM_OK);
    assert_string_equal(fm_date_format(&date, text), "1969-12-31T16:00:00-08:00");
    assert_int_equal(fm_date_from_epoch(&date, 86399, FM_DATE_DAY, 0), FM_OK);
    assert_string_equal(fm_date_format(&date, text), "1970-01-01");
    /* A local mean time with seconds: written with whole minutes, and the same instant. */
    assert_int_equal(fm_date_from_epoch(&date, 1000, FM_DATE_OFFSET, -1820), FM_OK);
    assert_string_equal(fm_date_format(&date, text), "1969-12-31T23:46:40-00:30");
    assert_true(fm_date_epoch(&date) == 1000);
    assert_int_equal(fm_date_from_epoch(&date, FM_EPOCH_END, FM_DATE_UTC, 0), FM_EINVAL);
    assert_int_equal(fm_date_from_epoch(&date, FM_EPOCH_MIN - 1, FM_DATE_UTC, 0), FM_EINVAL);
    assert_int_equal(fm_date_from_epoch(&date, FM_EPOCH_END - 1, FM_DATE_OFFSET, 3600), FM_EINVAL);
    assert_int_equal(fm_date_from_epoch(&date, INT64_MAX, FM_DATE_UTC, 0), FM_EINVAL);
    assert_int_equal(fm_date_from_epoch(&date, INT64_MIN, FM_DATE_UTC, 0), FM_EINVAL);
    assert_int_equal(fm_date_format_epoch(text, 1771178400), FM_OK);
    assert_string_equal(text, "2026-02-15T18:00:00Z");
    assert_int_equal(fm_date_format_epoch(text, INT64_MAX), FM_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_each_spelling),  cmocka_unit_test(test_refuses_what_does_not_exist),
        cmocka_unit_test(test_writes_what_it_reads), cmocka_unit_test(test_days_and_fields_agree),
        cmocka_unit_test(test_from_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
