#include "core/date.h"
#include "core/zone/zone.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const fm_zone *zone_of(const char *name)
{
    const fm_zone *zone;
    fm_error err = {0};
    if (fm_zones_find(zones, &zone, name, &err))
        fail_msg("%s", err.message);
    return zone;
}

static int64_t local_of(const char *text)
{
    fm_date date;
    assert_int_equal(fm_date_parse(&date, text, NULL), FM_OK);
    return fm_date_epoch(&date);
}

static void assert_to_utc(const char *zone, const char *local, const char *utc)
{
    char text[FM_DATE_TEXT_MAX];
    assert_int_equal(fm_date_format_epoch(text, fm_zone_to_utc(zone_of(zone), local_of(local))), FM_OK);
    assert_string_equal(text, utc);
}

static void test_to_utc(void **state)
{
    (void)state;
    assert_to_utc("Europe/Rome", "2026-02-15T10:00:00", "2026-02-15T09:00:00Z");
    assert_to_utc("Europe/Rome", "2026-07-15T10:00:00", "2026-07-15T08:00:00Z");
    assert_to_utc("America/Los_Angeles", "2026-02-15T10:00:00", "2026-02-15T18:00:00Z");
    assert_to_utc("US/Pacific", "2026-07-15T10:00:00", "2026-07-15T17:00:00Z");
    assert_to_utc("Asia/Kathmandu", "2026-07-15T10:00:00", "2026-07-15T04:15:00Z");
    assert_to_utc("UTC", "2026-07-15T10:00:00", "2026-07-15T10:00:00Z");
    assert_to_utc("Etc/GMT+5", "2026-07-15T10:00:00", "2026-07-15T15:00:00Z");
    /* Far beyond the table, by the rule of the footer; both hemispheres. */
    assert_to_utc("Europe/Rome", "2199-07-15T10:00:00", "2199-07-15T08:00:00Z");
    assert_to_utc("Australia/Sydney", "2199-01-15T10:00:00", "2199-01-14T23:00:00Z");
    assert_to_utc("Australia/Sydney", "2199-07-15T10:00:00", "2199-07-15T00:00:00Z");
}

static void test_a_skipped_time_moves_forward(void **state)
{
    (void)state;
    assert_to_utc("Europe/Rome", "2026-03-29T01:59:59", "2026-03-29T00:59:59Z");
    assert_to_utc("Europe/Rome", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z"); /* 03:30 */
    assert_to_utc("Europe/Rome", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z");
    assert_to_utc("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00Z"); /* half an hour */
    assert_to_utc("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z");        /* a day */
}

static void test_of_a_time_that_repeats_the_first_is_meant(void **state)
{
    (void)state;
    assert_to_utc("Europe/Rome", "2026-10-25T01:59:59", "2026-10-24T23:59:59Z");
    assert_to_utc("Europe/Rome", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z");
    assert_to_utc("Europe/Rome", "2026-10-25T03:00:00", "2026-10-25T02:00:00Z");
    assert_to_utc("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z");
}

static void test_names(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",          "Mars/Olympus", "europe/rome",           "../../../etc/passwd", "/etc/passwd", "Europe",
        "Europe/",   "Europe//Rome", "Europe/../Europe/Rome", "right/UTC",           "posixrules",  "leapseconds",
        "tzdata.zi", "zone.tab",     "Europe/Rome\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const fm_zone *zone;
        fm_error err = {0};
        if (fm_zones_find(zones, &zone, bad[i], &err) != FM_ENOTFOUND)
            fail_msg("\"%s\" was found", bad[i]);
        assert_null(zone);
        assert_non_null(strstr(err.message, bad[i]));
    }
    assert_ptr_equal(zone_of("Europe/Rome"), zone_of("Europe/Rome"));
    assert_string_equal(fm_zone_name(zone_of("US/Pacific")), "US/Pacific");
}

static const char *resolved(const char *tzid)
{
    const fm_zone *zone;
    return fm_zones_resolve(zones, &zone, tzid, NULL) == FM_OK ? fm_zone_name(zone) : NULL;
}

static void test_names_of_other_programs(void **state)
{
    (void)state;
    assert_string_equal(resolved("Europe/Rome"), "Europe/Rome");
    assert_string_equal(resolved("/freeassociation.sourceforge.net/Europe/Rome"), "Europe/Rome");
    assert_string_equal(resolved("/freeassociation.sourceforge.net/Tzfile/Europe/Rome"), "Europe/Rome");
    assert_string_equal(resolved("/citadel.org/20250101_1/America/Indiana/Knox"), "America/Indiana/Knox");
    assert_string_equal(resolved("W. Europe Standard Time"), "Europe/Berlin");
    assert_string_equal(resolved("pacific standard time"), "America/Los_Angeles");
    assert_string_equal(resolved("Afghanistan Standard Time"), "Asia/Kabul");
    assert_string_equal(resolved("Yakutsk Standard Time"), "Asia/Yakutsk");
    assert_null(resolved("Custom"));
    assert_null(resolved("/example.org/Custom"));
    assert_null(resolved("/../../etc/passwd"));
    assert_null(resolved("////"));
}

/* ------------------------------------------------------------------ against the C library */

static long compared;

static void compare_at(const fm_zone *zone, const char *name, int64_t epoch)
{
    time_t t = (time_t)epoch;
    struct tm tm;
    localtime_r(&t, &tm);
    if (fm_zone_offset_s(zone, epoch) != tm.tm_gmtoff)
        fail_msg("%s at %lld: %d, the C library says %ld", name, (long long)epoch, fm_zone_offset_s(zone, epoch),
                 tm.tm_gmtoff);
    compared++;
}

/* Gap and fold, as the header promises, by looking at the offsets around the change. */
static void check_change(const fm_zone *zone, int64_t at)
{
    int32_t before = fm_zone_offset_s(zone, at - 1), after = fm_zone_offset_s(zone, at);
    int64_t local = at + (before < after ? before : after); /* start of what is skipped or repeated */
    int64_t length = before < after ? after - before : before - after;
    const int64_t inside[] = {0, length / 2, length - 1};
    for (size_t i = 0; length && i < 3; i++) {
        int64_t want = local + inside[i] - before; /* in a fold the first; in a gap moved forward: both by `before` */
        assert_true(fm_zone_to_utc(zone, local + inside[i]) == want);
    }
    assert_true(fm_zone_to_utc(zone, local + length) == local + length - after);
    assert_true(fm_zone_to_utc(zone, local - 1) == local - 1 - before);
}

static int check_zone(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)walk;
    const char *name = path + strlen("/usr/share/zoneinfo/");
    const fm_zone *zone;
    if (type != FTW_F || fm_zones_find(zones, &zone, name, NULL))
        return 0;
    setenv("TZ", name, 1);
    tzset();
    const fm_zone_file *data = fm_zone_data(zone);
    for (int64_t t = -2145916800; t < 4102444800; t += 43 * FM_DAY_S + 3601) /* 1902 to 2100 */
        compare_at(zone, name, t);
    for (size_t i = 0; i < data->count; i++) {
        int64_t at = data->transitions[i].at;
        compare_at(zone, name, at - 1);
        compare_at(zone, name, at);
        bool alone = (i == 0 || at - data->transitions[i - 1].at > 4 * FM_DAY_S) &&
                     (i + 1 == data->count || data->transitions[i + 1].at - at > 4 * FM_DAY_S);
        if (alone)
            check_change(zone, at);
    }
    return 0;
}

static void test_every_zone_against_the_c_library(void **state)
{
    (void)state;
    compared = 0;
    assert_int_equal(nftw("/usr/share/zoneinfo", check_zone, 16, FTW_PHYS), 0);
    assert_true(compared > 500000);
    unsetenv("TZ");
    tzset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_utc),
        cmocka_unit_test(test_a_skipped_time_moves_forward),
        cmocka_unit_test(test_of_a_time_that_repeats_the_first_is_meant),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_of_other_programs),
        cmocka_unit_test(test_every_zone_against_the_c_library),
    };
    return cmocka_run_group_tests(tests, test_zones_setup, test_zones_teardown);
}
