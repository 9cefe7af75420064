#include "provider/event/same.h"
#include "support/cmocka.h"

static void test_texts(void **state)
{
    (void)state;
    assert_true(fm_text_same("a", "a"));
    assert_true(fm_text_same(NULL, ""));
    assert_true(fm_text_same(NULL, NULL));
    assert_false(fm_text_same("a", NULL));
    assert_false(fm_text_same("a", "A"));
}

static void add(fm_strings *list, const char *value)
{
    assert_int_equal(fm_strings_add(list, value), FM_OK);
}

static void test_lists(void **state)
{
    (void)state;
    fm_strings a = {0}, b = {0};
    assert_true(fm_strings_same(&a, &b));
    add(&a, "one");
    assert_false(fm_strings_same(&a, &b));
    add(&b, "two");
    assert_false(fm_strings_same(&a, &b));
    fm_strings_clear(&b);
    add(&b, "one");
    assert_true(fm_strings_same(&a, &b));
    fm_strings_clear(&a);
    fm_strings_clear(&b);
}

static void test_every_member_that_is_ours_counts(void **state)
{
    (void)state;
    fm_event a = {0}, b = {0};
    char **const members[] = {&b.uid,      &b.kanban_id, &b.title,      &b.description, &b.footer,
                              &b.due_date, &b.end_date,  &b.time_zone,  &b.priority,    &b.status,
                              &b.epic_id,  &b.team,      &b.event_type, &b.case_number};
    assert_true(fm_event_same(&a, &b));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        assert_int_equal(fm_event_set(members[i], "other"), FM_OK);
        if (fm_event_same(&a, &b))
            fail_msg("member %zu does not count", i);
        assert_int_equal(fm_event_set(members[i], NULL), FM_OK);
    }
    add(&b.tags, "other");
    assert_false(fm_event_same(&a, &b));
    fm_event_clear(&b);
    b.deleted = true;
    assert_false(fm_event_same(&a, &b));
    b = (fm_event){.recurring = true};
    assert_false(fm_event_same(&a, &b));
    b = (fm_event){.has_attendees = true};
    assert_false(fm_event_same(&a, &b));
}

static void test_where_and_when_it_was_written_does_not_count(void **state)
{
    (void)state;
    fm_event a = {0}, b = {0};
    char **const members[] = {&b.event_id, &b.source, &b.last_modified, &b.etag, &b.raw};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        assert_int_equal(fm_event_set(members[i], "other"), FM_OK);
    assert_true(fm_event_same(&a, &b));
    fm_event_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_every_member_that_is_ours_counts),
        cmocka_unit_test(test_where_and_when_it_was_written_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
