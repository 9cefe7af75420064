#include "provider/caldav/calendars.h"
#include "support/cmocka.h"

#include <stdlib.h>
#include <string.h>

#define BASE "https://dav.example.com/home/"

static fm_dav_response calendar(const char *href)
{
    return (fm_dav_response){.href = href, .props = {.kinds = FM_DAV_COLLECTION | FM_DAV_CALENDAR}};
}

static void add(fm_caldav_calendars *list, fm_dav_response response)
{
    assert_int_equal(fm_caldav_calendars_add(list, BASE, &response, NULL), FM_OK);
}

/* What becomes of one calendar with these properties. */
static fm_caldav_calendar read_one(fm_dav_response response)
{
    static fm_caldav_calendars list;
    fm_caldav_calendars_free(&list);
    add(&list, response);
    assert_int_equal(list.count, 1);
    fm_caldav_calendar copy = list.items[0];
    copy.url = copy.path = copy.segment = copy.name = copy.color = NULL;
    fm_caldav_calendars_free(&list);
    return copy;
}

/* RFC 4791 section 5.2.3: without the property any kind is taken. */
static void test_without_a_component_set_events_are_taken(void **state)
{
    (void)state;
    fm_dav_response r = calendar("c/");
    assert_true(read_one(r).events);
    r.props.has_components = true;
    assert_false(read_one(r).events);
    r.props.events = true;
    assert_true(read_one(r).events);
}

static void test_without_privileges_it_is_taken_to_be_writable(void **state)
{
    (void)state;
    fm_dav_response r = calendar("c/");
    assert_true(read_one(r).writable);
    r.props.has_privileges = true;
    assert_false(read_one(r).writable);
}

static void test_writing_is_one_privilege_or_three(void **state)
{
    (void)state;
    static const struct {
        unsigned privileges;
        bool writable;
    } cases[] = {
        {FM_DAV_MAY_WRITE, true},
        {FM_DAV_MAY_EDIT | FM_DAV_MAY_ADD | FM_DAV_MAY_REMOVE, true},
        {FM_DAV_MAY_EDIT | FM_DAV_MAY_ADD, false},
        {FM_DAV_MAY_ADD | FM_DAV_MAY_REMOVE, false},
        {FM_DAV_MAY_EDIT, false},
        {0, false},
    };
    fm_dav_response r = calendar("c/");
    r.props.has_privileges = true;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        r.props.privileges = cases[i].privileges;
        assert_int_equal(read_one(r).writable, cases[i].writable);
    }
}

static void test_a_subscribed_calendar_is_read_only(void **state)
{
    (void)state;
    fm_dav_response r = calendar("c/");
    r.props.kinds |= FM_DAV_SUBSCRIBED;
    r.props.has_privileges = true;
    r.props.privileges = FM_DAV_MAY_WRITE;
    assert_false(read_one(r).writable);
}

static void test_what_is_no_calendar_is_passed_over(void **state)
{
    (void)state;
    static const unsigned kinds[] = {FM_DAV_COLLECTION, FM_DAV_COLLECTION | FM_DAV_OTHER_KIND,
                                     FM_DAV_COLLECTION | FM_DAV_SUBSCRIBED, 0};
    fm_caldav_calendars list = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        fm_dav_response r = calendar("inbox/");
        r.props.kinds = kinds[i];
        add(&list, r);
    }
    assert_int_equal(list.count, 0);
    fm_caldav_calendars_free(&list);
}

/* Servers answer without the slash, with another host, with ":443": it is the same calendar. */
static void test_one_calendar_in_several_spellings_is_one(void **state)
{
    (void)state;
    static const char *const hrefs[] = {"/home/a%40b/", "/home/a@b", "https://dav.example.com:443/home/a%40b/",
                                        "https://p12-dav.example.com/home/a@b/", "a@b/"};
    fm_caldav_calendars list = {0};
    for (size_t i = 0; i < sizeof hrefs / sizeof hrefs[0]; i++)
        add(&list, calendar(hrefs[i]));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].path, "/home/a@b/");
    assert_string_equal(list.items[0].url, "https://dav.example.com/home/a%40b/");
    assert_string_equal(list.items[0].segment, "a@b");
    fm_caldav_calendars_free(&list);
}

static void test_primary_is_one_that_can_be_used(void **state)
{
    (void)state;
    fm_caldav_calendars list = {0};
    fm_dav_response tasks = calendar("home/"), shared = calendar("calendar/"), last = calendar("zz/");
    tasks.props.has_components = true;
    shared.props.has_privileges = true;
    add(&list, tasks);
    add(&list, shared);
    assert_null(fm_caldav_primary(&list));
    add(&list, last);
    assert_string_equal(fm_caldav_primary(&list)->path, "/home/zz/");
    fm_dav_response named = calendar("work/");
    named.props.text[FM_DAV_DEFAULT_CALENDAR] = "/home/work";
    add(&list, named);
    assert_string_equal(fm_caldav_primary(&list)->path, "/home/work/");
    fm_caldav_calendars_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_component_set_events_are_taken),
        cmocka_unit_test(test_without_privileges_it_is_taken_to_be_writable),
        cmocka_unit_test(test_writing_is_one_privilege_or_three),
        cmocka_unit_test(test_a_subscribed_calendar_is_read_only),
        cmocka_unit_test(test_what_is_no_calendar_is_passed_over),
        cmocka_unit_test(test_one_calendar_in_several_spellings_is_one),
        cmocka_unit_test(test_primary_is_one_that_can_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
