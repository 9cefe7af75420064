/* What other programs call zones, against all of tzdata and all of Windows' names. */
#include "core/zone/name.h"
#include "core/zone/zone.h"
#include "support/cmocka.h"
#include "support/zones.h"

#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void assert_means(const char *tzid, const char *iana)
{
    const fm_zone *zone;
    fm_error err = {0};
    if (fm_zones_resolve(zones, &zone, tzid, &err))
        fail_msg("%s", err.message);
    if (strcmp(fm_zone_name(zone), iana) != 0)
        fail_msg("\"%s\" is read as %s, not as %s", tzid, fm_zone_name(zone), iana);
}

static void assert_unknown(const char *tzid)
{
    const fm_zone *zone;
    for (int twice = 0; twice < 2; twice++)
        if (fm_zones_resolve(zones, &zone, tzid, NULL) != FM_ENOTFOUND)
            fail_msg("\"%s\" is taken for a zone", tzid);
    assert_null(zone);
}

static char *in_case(char out[256], const char *text, int (*letter)(int))
{
    snprintf(out, 256, "%s", text);
    for (char *c = out; *c; c++)
        *c = (char)letter((unsigned char)*c);
    return out;
}

static void test_every_name_of_windows_is_a_zone(void **state)
{
    (void)state;
    char text[256];
    const fm_zone *zone;
    assert_true(fm_zone_windows_count >= 139);
    for (size_t i = 0; i < fm_zone_windows_count; i++) {
        const fm_zone_windows *row = &fm_zone_windows_list[i];
        assert_int_equal(fm_zones_find(zones, &zone, row->iana, NULL), FM_OK);
        if (strcmp(row->name, "UTC") == 0)
            continue; /* tzdata has that name, too */
        assert_means(row->name, row->iana);
        assert_means(in_case(text, row->name, tolower), row->iana);
        assert_true(i == 0 || strcasecmp(row->name, fm_zone_windows_list[i - 1].name) > 0);
        if (!*row->shown)
            continue;
        snprintf(text, sizeof text, "(UTC+01:00) %s", row->shown);
        assert_means(text, row->iana);
        snprintf(text, sizeof text, "(GMT-03.30) %s", row->shown);
        assert_means(text, row->iana);
    }
}

static void test_names_that_people_see_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < fm_zone_windows_count; i++)
        for (size_t k = 0; *fm_zone_windows_list[i].shown && k < i; k++)
            if (strcasecmp(fm_zone_windows_list[i].shown, fm_zone_windows_list[k].shown) == 0)
                fail_msg("%s stands for two zones", fm_zone_windows_list[i].shown);
    assert_means("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin");
    assert_means("(GMT+01.00) Amsterdam/Berlin/Bern/Rome/Stockholm/Vienna", "Europe/Berlin");
    assert_means("(UTC+01:00) Amsterdam\\, Berlin\\, Bern\\, Rome\\, Stockholm\\, Vienna", "Europe/Berlin");
    assert_means("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York");
    assert_means("Eastern Time (US & Canada)", "America/New_York");
    assert_means("(UTC) Coordinated Universal Time", "Etc/UTC");
    assert_means("Eastern Standard Time (Mexico)", "America/Cancun");
    assert_means("tzone://Microsoft/Utc", "UTC");
}

static long names;

static int check_name(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)walk;
    char text[256], prefixed[256];
    const char *name = path + strlen("/usr/share/zoneinfo/");
    const fm_zone *zone;
    if ((type != FTW_F && type != FTW_SL) || fm_zones_find(zones, &zone, name, NULL))
        return 0;
    assert_means(name, name);
    assert_means(in_case(text, name, tolower), name);
    assert_means(in_case(text, name, toupper), name);
    snprintf(prefixed, sizeof prefixed, "/example.org/%s", name);
    assert_means(in_case(text, prefixed, tolower), name);
    snprintf(text, sizeof text, "%s", name);
    for (char *c = text; (c = strchr(c, '_')) != NULL;)
        *c = ' ';
    assert_means(text, name);
    names++;
    return 0;
}

/* The names of before, which tzdata keeps as links, are among them. */
static void test_every_zone_in_any_letter_case(void **state)
{
    (void)state;
    assert_int_equal(nftw("/usr/share/zoneinfo", check_name, 16, FTW_PHYS), 0);
    assert_true(names > 550);
    assert_means("us/pacific", "US/Pacific");
    assert_means("asia/calcutta", "Asia/Calcutta");
}

static void test_hours_from_utc(void **state)
{
    (void)state;
    assert_means("GMT-0700", "Etc/GMT+7");
    assert_means("UTC+01:00", "Etc/GMT-1");
    assert_means("utc+14", "Etc/GMT-14");
    assert_means("GMT+00:00", "Etc/UTC");
    assert_means("UTC-11", "Etc/GMT+11");
    static const char *const bad[] = {"GMT+0530", "UTC+15", "UTC+", "UTC+1:0", "UTC+001", "UTC +1", "UTC+1x", "+0100"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_unknown(bad[i]);
}

static void test_what_is_no_zone(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "Custom",
        "/example.org/Custom",
        "Customized Time Zone",
        "()",
        "(UTC+01:00)",
        "(UTC+01:00) Atlantis",
        "europe",

        "localtime",
        "tzdata.zi",
        "ZONE.TAB",
        "Standard Time",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_unknown(bad[i]);
}

/* More names than are remembered, each asked for again after it was forgotten. */
static void test_names_that_were_forgotten(void **state)
{
    (void)state;
    char text[256];
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < fm_zone_windows_count; i++) {
            if (strcmp(fm_zone_windows_list[i].name, "UTC") != 0)
                assert_means(in_case(text, fm_zone_windows_list[i].name, toupper), fm_zone_windows_list[i].iana);
            snprintf(text, sizeof text, "nowhere %zu", i);
            assert_unknown(text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_of_windows_is_a_zone),
        cmocka_unit_test(test_names_that_people_see_are_told_apart),
        cmocka_unit_test(test_every_zone_in_any_letter_case),
        cmocka_unit_test(test_hours_from_utc),
        cmocka_unit_test(test_what_is_no_zone),
        cmocka_unit_test(test_names_that_were_forgotten),
    };
    return cmocka_run_group_tests(tests, test_zones_setup, test_zones_teardown);
}
