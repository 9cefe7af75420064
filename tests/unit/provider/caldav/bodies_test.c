/* What one object holds costs that object: the others are read, and the run goes on. */
#include "support/cmocka.h"
#include "support/scripted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef test_scripted fixture;

static int before_each(void **state)
{
    test_scripted_begin(state, "{\"sync\": true, \"multiget\": true}");
    return 0;
}

static void put_text(fixture *f, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "/_objects/kanban/%s.ics", name);
    free(test_server_control(&f->server, "PUT", path, text));
}

static void put(fixture *f, const char *name, const char *title)
{
    char *text = test_event(name, title);
    put_text(f, name, text);
    free(text);
}

/* What a listing tells about `name`: "changed", "unread", …; NULL for nothing. */
static bool told(const fixture *f, const char *what, const char *name)
{
    char line[128];
    snprintf(line, sizeof line, "%s %s.ics", what, name);
    return strstr(f->calendar.log.data, line) != NULL;
}

static void read_all(fixture *f)
{
    test_calendar *c = &f->calendar;
    test_calendar_open(c);
    if (test_calendar_changes(c, NULL))
        fail_msg("%s", c->error.message);
    assert_int_equal(c->complete, 1);
    assert_int_equal(c->deleted, 0);
}

static void a_control_character_costs_its_object_nothing(void **state)
{
    fixture *f = *state;
    put(f, "a", "One");
    put(f, "b", "Vertical\vtab");
    put(f, "c", "Three");
    read_all(f);
    assert_true(told(f, "changed", "a") && told(f, "changed", "b") && told(f, "changed", "c"));
}

static void many_objects_are_read_around_a_bad_one(void **state)
{
    enum { COUNT = 150 };
    fixture *f = *state;
    char name[16];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "n%d", i);
        put(f, name, i == 70 ? "\x01" : "Event");
    }
    read_all(f);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "n%d", i);
        assert_true(told(f, "changed", name));
    }
}

static void megabytes_cost_their_object(void **state)
{
    enum { SIZE = 5 << 20 };
    fixture *f = *state;
    char *title = malloc(SIZE + 1);
    memset(title, 'x', SIZE);
    title[SIZE] = '\0';
    put(f, "a", "One");
    put(f, "b", title);
    put(f, "c", "Three");
    free(title);
    read_all(f);
    assert_true(told(f, "changed", "a") && told(f, "unread", "b") && told(f, "changed", "c"));
}

static void a_body_that_is_always_cut_costs_its_object(void **state)
{
    fixture *f = *state;
    put(f, "a", "One");
    put(f, "b", "Two");
    test_server_options(&f->server, "{\"multiget\": false}");
    test_server_fault(&f->server,
                      "{\"kind\": \"cut\", \"method\": \"GET\", \"path\": \"a.ics\", \"bytes\": 40, \"times\": -1}");
    read_all(f);
    assert_true(told(f, "unread", "a") && told(f, "changed", "b"));
}

static void a_listing_that_is_cut_again_and_again_is_none(void **state)
{
    fixture *f = *state;
    put(f, "a", "One");
    test_calendar_open(&f->calendar);
    test_server_fault(&f->server, "{\"kind\": \"cut\", \"method\": \"REPORT\", \"bytes\": 90, \"times\": -1}");
    assert_int_equal(test_calendar_changes(&f->calendar, NULL), FM_ENETWORK);
    assert_int_equal(f->calendar.complete, 0);
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, before_each, test_scripted_end)
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_control_character_costs_its_object_nothing),
        WITH_SERVER(many_objects_are_read_around_a_bad_one),
        WITH_SERVER(megabytes_cost_their_object),
        WITH_SERVER(a_body_that_is_always_cut_costs_its_object),
        WITH_SERVER(a_listing_that_is_cut_again_and_again_is_none),
    };
    return cmocka_run_group_tests(tests, test_scripted_start, test_scripted_stop);
}
