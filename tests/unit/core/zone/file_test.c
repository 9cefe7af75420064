#include "core/date.h"
#include "core/zone/file.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char rome[16384];
static size_t rome_len;

static int setup(void **state)
{
    (void)state;
    FILE *f = fopen("/usr/share/zoneinfo/Europe/Rome", "rb");
    if (!f)
        return 1;
    rome_len = fread(rome, 1, sizeof rome, f);
    return fclose(f) != 0;
}

static fm_status read_copy(const unsigned char *bytes, size_t len)
{
    unsigned char *copy = malloc(len ? len : 1); /* its own block, so that reading past the end shows */
    assert_non_null(copy);
    if (len)
        memcpy(copy, bytes, len);
    fm_zone_file file;
    fm_status status = fm_zone_file_read(&file, copy, len);
    if (status == FM_OK) {
        for (int64_t t = -4000000000; t < 9000000000; t += 500000003)
            assert_non_null(fm_zone_file_at(&file, t));
        fm_zone_file_at(&file, INT64_MAX);
        fm_zone_file_at(&file, INT64_MIN);
    } else {
        assert_null(file.types);
    }
    fm_zone_file_clear(&file);
    free(copy);
    return status;
}

static void test_reads_a_zone(void **state)
{
    (void)state;
    fm_zone_file file;
    assert_int_equal(fm_zone_file_read(&file, rome, rome_len), FM_OK);
    assert_true(file.count > 100);
    assert_true(file.has_rule);
    assert_string_equal(fm_zone_file_at(&file, 1771178400)->abbr, "CET");
    assert_string_equal(fm_zone_file_at(&file, 1784116800)->abbr, "CEST");
    assert_true(fm_zone_file_at(&file, 1784116800)->daylight);
    assert_int_equal(fm_zone_file_at(&file, INT64_C(-4000000000))->offset_s, 2996);
    fm_zone_file_clear(&file);
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t len = 0; len < rome_len; len++)
        assert_int_equal(read_copy(rome, len), FM_EPARSE);
    assert_int_equal(read_copy(rome, rome_len), FM_OK);
}

static void test_damaged_bytes_do_no_harm(void **state)
{
    (void)state;
    static unsigned char bytes[sizeof rome];
    uint64_t seed = 42;
    long refused = 0;
    for (int round = 0; round < 20000; round++) {
        memcpy(bytes, rome, rome_len);
        for (int i = 0; i < 3; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            size_t at = (size_t)(seed >> 33) % (round % 2 ? 120 : rome_len);
            bytes[at] = (unsigned char)(seed >> 56);
        }
        refused += read_copy(bytes, rome_len) == FM_EPARSE;
    }
    assert_true(refused > 1000);
}

static void test_rules(void **state)
{
    (void)state;
    fm_zone_rule rule;
    assert_true(fm_zone_rule_parse(&rule, "CET-1CEST,M3.5.0,M10.5.0/3"));
    assert_int_equal(rule.standard.offset_s, 3600);
    assert_int_equal(rule.daylight.offset_s, 7200);
    assert_int_equal(rule.to_daylight.week, 5);
    assert_int_equal(rule.to_daylight.time_s, 7200);
    assert_int_equal(rule.to_standard.time_s, 10800);
    assert_true(fm_zone_rule_parse(&rule, "<+0330>-3:30"));
    assert_int_equal(rule.standard.offset_s, 12600);
    assert_false(rule.has_daylight);
    assert_true(fm_zone_rule_parse(&rule, "IST-1GMT0,M10.5.0,M3.5.0/1"));
    assert_int_equal(rule.daylight.offset_s, 0);
    assert_true(fm_zone_rule_parse(&rule, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"));
    assert_int_equal(rule.to_daylight.time_s, -3600);
    assert_true(fm_zone_rule_parse(&rule, "AAA3BBB,J60/0,300"));
    static const char *const bad[] = {
        "",
        "C-1",
        "CET",
        "CET-",
        "CET-25",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/168",
        "CET-1CEST,M3.5.0,M10.5.0x",
        "<+03-3",
        "CET-1CEST,J0,J1",
        "CET-1CEST,366,1",
        "ABCDEFGHIJKLMNOPQ-1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (fm_zone_rule_parse(&rule, bad[i]))
            fail_msg("\"%s\" was accepted", bad[i]);
}

static int64_t day_in(const char *text, int year)
{
    fm_zone_rule rule;
    assert_true(fm_zone_rule_parse(&rule, text));
    return fm_zone_when_in(&rule.to_daylight, year, 0);
}

static void test_the_days_of_a_rule(void **state)
{
    (void)state;
    assert_true(day_in("AAA0BBB,M3.5.0/0,M10.5.0", 2026) == fm_date_days(2026, 3, 29) * FM_DAY_S);
    assert_true(day_in("AAA0BBB,M3.2.0/0,M10.5.0", 2026) == fm_date_days(2026, 3, 8) * FM_DAY_S);
    assert_true(day_in("AAA0BBB,M2.5.0/0,M10.5.0", 2026) == fm_date_days(2026, 2, 22) * FM_DAY_S);
    assert_true(day_in("AAA0BBB,M3.4.4/26,M10.5.0", 2026) == fm_date_days(2026, 3, 27) * FM_DAY_S + 7200);
    /* J60 is 1 March in every year; day 59 counted from 0 is 29 February in a leap year. */
    assert_true(day_in("AAA0BBB,J60/0,300", 2024) == fm_date_days(2024, 3, 1) * FM_DAY_S);
    assert_true(day_in("AAA0BBB,J60/0,300", 2026) == fm_date_days(2026, 3, 1) * FM_DAY_S);
    assert_true(day_in("AAA0BBB,J59/0,300", 2024) == fm_date_days(2024, 2, 28) * FM_DAY_S);
    assert_true(day_in("AAA0BBB,59/0,300", 2024) == fm_date_days(2024, 2, 29) * FM_DAY_S);
    assert_true(day_in("AAA0BBB,59/0,300", 2026) == fm_date_days(2026, 3, 1) * FM_DAY_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_a_zone),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_damaged_bytes_do_no_harm),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_the_days_of_a_rule),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
