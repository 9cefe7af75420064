#include "fmcal/event.h"
#include "support/cmocka.h"

#include <string.h>

static void set_copies_and_replaces(void **state)
{
    (void)state;
    fm_event event = {0};
    char title[] = "one";
    assert_int_equal(fm_event_set(&event.title, title), FM_OK);
    title[0] = 'X';
    assert_string_equal(event.title, "one");
    assert_int_equal(fm_event_set(&event.title, event.title), FM_OK);
    assert_string_equal(event.title, "one");
    assert_int_equal(fm_event_set(&event.title, NULL), FM_OK);
    assert_null(event.title);
    fm_event_clear(&event);
}

static void lists_keep_their_order(void **state)
{
    (void)state;
    fm_strings list = {0};
    assert_int_equal(fm_strings_add(&list, "b"), FM_OK);
    assert_int_equal(fm_strings_add(&list, "a"), FM_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0], "b");
    assert_string_equal(list.items[1], "a");
    fm_strings_clear(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.items);
}

/* Every string is set through its place in the struct, so that one forgotten by clear shows as a leak. */
static void clear_frees_every_member(void **state)
{
    (void)state;
    fm_event event = {0};
    char **first = &event.event_id;
    char **last = &event.visibility;
    for (char **member = first; member <= last; member++)
        assert_int_equal(fm_event_set(member, "value"), FM_OK);
    assert_int_equal(fm_strings_add(&event.tags, "tag"), FM_OK);
    assert_int_equal(fm_strings_add(&event.reminders, "-P1D"), FM_OK);
    assert_int_equal(fm_extras_set(&event.extras, "COURT", "1"), FM_OK);
    event.deleted = event.recurring = event.has_attendees = true;
    fm_event_clear(&event);
    fm_event empty = {0};
    assert_memory_equal(&event, &empty, offsetof(fm_event, has_attendees) + sizeof event.has_attendees);
    fm_event_clear(NULL);
}

static void extras_are_set_and_found_by_name(void **state)
{
    (void)state;
    fm_event event = {0};
    assert_null(fm_extras_get(&event.extras, "A"));
    assert_int_equal(fm_extras_set(&event.extras, "A", "1"), FM_OK);
    assert_int_equal(fm_extras_set(&event.extras, "B", "2"), FM_OK);
    assert_int_equal(fm_extras_set(&event.extras, "A", "3"), FM_OK);
    assert_int_equal(event.extras.count, 2);
    assert_string_equal(fm_extras_get(&event.extras, "A"), "3");
    assert_string_equal(fm_extras_get(&event.extras, "B"), "2");
    fm_event_clear(&event);
}

static void names_of_extras(void **state)
{
    (void)state;
    static const char *const good[] = {"A", "COURT-ROOM", "9", "TYPES", "FMCAL"};
    static const char *const bad[] = {
        "",          "court",   "A B",         "A.1",
        "KANBAN-ID", "VERSION", "FMCAL-COLOR", "TEAM",
        "PRIORITY",  "A;B",     "Ä",           "A23456789012345678901234567890123456789012"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(fm_extra_is_name(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(fm_extra_is_name(bad[i], strlen(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_copies_and_replaces),  cmocka_unit_test(lists_keep_their_order),
        cmocka_unit_test(clear_frees_every_member), cmocka_unit_test(extras_are_set_and_found_by_name),
        cmocka_unit_test(names_of_extras),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
