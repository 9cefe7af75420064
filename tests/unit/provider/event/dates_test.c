#include "provider/event/dates.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <string.h>

static fm_status load(fm_event_dates *dates, const char *due, const char *end, const char *zone, fm_error *err)
{
    fm_event event = {0};
    assert_int_equal(fm_event_set(&event.due_date, due), FM_OK);
    assert_int_equal(fm_event_set(&event.end_date, end), FM_OK);
    assert_int_equal(fm_event_set(&event.time_zone, zone), FM_OK);
    fm_status status = fm_event_dates_load(dates, &event, zones, err);
    fm_event_clear(&event);
    return status;
}

/* What dates become on their way through numbers. */
static void assert_stored(const char *due, const char *end, const char *zone, const char *expected_end)
{
    fm_event_dates dates;
    fm_event event = {0};
    fm_error err = {0};
    if (load(&dates, due, end, zone, &err))
        fail_msg("%s", err.message);
    dates.has_end = true; /* the length an event has where none is given */
    assert_int_equal(fm_event_dates_store(&dates, &event, &err), FM_OK);
    assert_string_equal(event.due_date, due);
    assert_string_equal(event.end_date, expected_end);
    if (zone)
        assert_string_equal(event.time_zone, zone);
    else
        assert_null(event.time_zone);
    fm_event_clear(&event);
}

static void test_there_and_back(void **state)
{
    (void)state;
    assert_stored("2026-02-15", "2026-02-17", NULL, "2026-02-17");
    assert_stored("2026-02-15T10:00:00Z", "2026-02-15T12:30:00Z", NULL, "2026-02-15T12:30:00Z");
    assert_stored("2026-02-15T10:00:00", "2026-02-15T12:30:00", NULL, "2026-02-15T12:30:00");
    assert_stored("2026-02-15T10:00:00", "2026-02-15T12:30:00", "Europe/Rome", "2026-02-15T12:30:00");
}

static void test_a_day_or_an_hour_where_no_end_is_given(void **state)
{
    (void)state;
    assert_stored("2026-02-28", NULL, NULL, "2026-03-01");
    assert_stored("2026-02-15T10:00:00Z", NULL, NULL, "2026-02-15T11:00:00Z");
    /* An hour of time, on the night when clocks go forward. */
    assert_stored("2026-03-29T01:30:00", NULL, "Europe/Rome", "2026-03-29T03:30:00");
    assert_stored("2026-02-15", "2026-02-15", NULL, "2026-02-16");
}

static void assert_refused(const char *due, const char *end, const char *zone, const char *word)
{
    fm_event_dates dates;
    fm_error err = {0};
    assert_int_equal(load(&dates, due, end, zone, &err), FM_EINVAL);
    assert_non_null(strstr(err.message, word));
}

static void test_what_is_no_date(void **state)
{
    (void)state;
    assert_refused("2026-02-30", NULL, NULL, "2026-02-30");
    assert_refused("soon", NULL, NULL, "soon");
    assert_refused("2026-02-15", "2026-02-14", NULL, "before");
    assert_refused("2026-02-15", "2026-02-15T10:00:00Z", NULL, "spelled");
    assert_refused("2026-02-15T10:00:00", NULL, "Europe/Roma", "Europe/Roma");
    fm_event event = {0};
    fm_event_dates dates;
    assert_int_equal(fm_event_dates_load(&dates, &event, zones, NULL), FM_EINVAL);
}

static void test_an_end_before_the_start_counts_as_none(void **state)
{
    (void)state;
    fm_event_dates dates;
    assert_int_equal(load(&dates, "2026-02-15T10:00:00Z", NULL, NULL, NULL), FM_OK);
    fm_event_dates_set_end(&dates, fm_event_time_after(&dates.start, 0, -1));
    assert_false(dates.has_end);
    fm_event_dates_set_end(&dates, dates.start);
    assert_true(dates.has_end);
}

/* The second of two hours that a zone's clocks show alike stays in UTC. */
static void test_an_hour_that_comes_twice(void **state)
{
    (void)state;
    fm_event_time like = {.form = FM_TIME_ZONED};
    assert_int_equal(fm_zones_find(zones, &like.zone, "Europe/Rome", NULL), FM_OK);
    fm_date date;
    assert_int_equal(fm_date_parse(&date, "2026-10-25T00:30:00Z", NULL), FM_OK);
    fm_event_time first = {.form = FM_TIME_UTC, .s = fm_date_epoch(&date)}, second = first;
    second.s += 3600;
    assert_int_equal(fm_event_time_convert(&first, &like).form, FM_TIME_ZONED);
    assert_int_equal(fm_event_time_convert(&second, &like).form, FM_TIME_UTC);
    fm_event_time zoned = fm_event_time_convert(&first, &like);
    assert_int_equal(fm_event_time_instant(&zoned), first.s);
}

static void test_beyond_the_years_of_a_calendar(void **state)
{
    (void)state;
    fm_event_dates dates;
    fm_event event = {0};
    assert_int_equal(load(&dates, "9999-12-31", NULL, NULL, NULL), FM_OK);
    assert_int_equal(fm_event_dates_store(&dates, &event, NULL), FM_EPARSE);
    fm_event_clear(&event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),           cmocka_unit_test(test_a_day_or_an_hour_where_no_end_is_given),
        cmocka_unit_test(test_what_is_no_date),          cmocka_unit_test(test_an_end_before_the_start_counts_as_none),
        cmocka_unit_test(test_an_hour_that_comes_twice), cmocka_unit_test(test_beyond_the_years_of_a_calendar),
    };
    return cmocka_run_group_tests(tests, test_zones_setup, test_zones_teardown);
}
