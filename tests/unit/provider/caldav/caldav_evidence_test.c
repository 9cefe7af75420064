/* Answers that are none, and listings that say less than they seem to: nothing counts as gone for them. */
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

static void put(fixture *f, const char *name)
{
    char path[256], *text = test_event(name, "Event");
    snprintf(path, sizeof path, "/_objects/kanban/%s.ics", name);
    free(test_server_control(&f->server, "PUT", path, text));
    free(text);
}

static void fault(fixture *f, const char *method, int code, const char *body)
{
    char rule[2048];
    snprintf(rule, sizeof rule,
             "{\"kind\": \"replace\", \"times\": -1, \"method\": \"%s\", \"code\": %d, \"body\": \"%s\"}", method, code,
             body);
    test_server_fault(&f->server, rule);
}

static void no_fault(fixture *f)
{
    free(test_server_control(&f->server, "DELETE", "/_fault", NULL));
}

static void assert_changes(fixture *f, const char *expected)
{
    test_calendar *c = &f->calendar;
    if (test_calendar_changes(c, NULL))
        fail_msg("%s", c->error.message);
    assert_string_equal(c->log.data, expected);
}

static void assert_no_answer(fixture *f, const char *token, const char *part)
{
    test_calendar *c = &f->calendar;
    assert_int_equal(test_calendar_changes(c, token), FM_ENETWORK);
    assert_non_null(strstr(c->error.message, part));
    assert_int_equal(c->complete, 0);
    assert_int_equal(c->deleted, 0);
}

/* ------------------------------------------------------------------ answers */

static const struct {
    int code;
    const char *body;
} no_answers[] = {
    {200, "<html>Sign in</html>"},        {200, ""}, {200, "<multistatus xmlns='DAV:'/>"}, {202, ""}, {204, ""},
    {206, "<multistatus xmlns='DAV:'/>"},
};

static void other_successes_are_no_listing(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put(f, "a");
    test_calendar_open(c);
    assert_changes(f, "changed a.ics \"2\"\npage complete\n");
    char *token = strdup(c->token);
    for (size_t i = 0; i < sizeof no_answers / sizeof no_answers[0]; i++) {
        fault(f, "REPORT", no_answers[i].code, no_answers[i].body);
        assert_no_answer(f, NULL, "is no answer to REPORT");
        assert_no_answer(f, token, "is no answer to REPORT");
        no_fault(f);
    }
    free(token);
}

static void other_successes_are_no_listing_without_sync(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"sync\": false}");
    test_calendar_open(&f->calendar);
    for (size_t i = 0; i < sizeof no_answers / sizeof no_answers[0]; i++) {
        fault(f, "PROPFIND", no_answers[i].code, no_answers[i].body);
        assert_no_answer(f, NULL, "is no answer to PROPFIND");
        no_fault(f);
    }
}

static void an_error_in_a_207_is_no_listing(void **state)
{
    fixture *f = *state;
    test_calendar_open(&f->calendar);
    fault(f, "REPORT", 207, "<error xmlns='DAV:'><oops/></error>");
    assert_no_answer(f, NULL, "no WebDAV multistatus");
}

static void a_row_without_a_name_is_no_row(void **state)
{
    fixture *f = *state;
    test_calendar_open(&f->calendar);
    fault(f, "REPORT", 207, "<multistatus xmlns='DAV:'><response/><sync-token>data:,1</sync-token></multistatus>");
    assert_no_answer(f, NULL, "has no href");
}

static void what_is_read_alone_is_an_object(void **state)
{
    fixture *f = *state;
    put(f, "a");
    put(f, "b");
    test_server_options(&f->server, "{\"multiget\": false}");
    test_calendar_open(&f->calendar);
    test_server_fault(&f->server,
                      "{\"kind\": \"replace\", \"method\": \"GET\", \"path\": \"a.ics\", \"body\": \"<html/>\"}");
    assert_int_equal(test_calendar_changes(&f->calendar, NULL), FM_OK);
    assert_non_null(strstr(f->calendar.log.data, "unread a.ics: this is no calendar object"));
    assert_non_null(strstr(f->calendar.log.data, "changed b.ics \"3\"\n"));
}

/* ------------------------------------------------------------------ listings */

static void a_listing_that_does_not_name_the_calendar(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"sync\": false}");
    test_calendar_open(&f->calendar);
    fault(f, "PROPFIND", 207, "<multistatus xmlns='DAV:'/>");
    assert_no_answer(f, NULL, "does not name the calendar itself");
}

static void a_calendar_that_is_listed_as_gone(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_calendar_open(c);
    fault(f, "REPORT", 207,
          "<multistatus xmlns='DAV:'><response><href>/cal/alice/kanban/</href><status>HTTP/1.1 404 Gone</status>"
          "</response><sync-token>data:,1</sync-token></multistatus>");
    assert_int_equal(test_calendar_changes(c, NULL), FM_ENOTFOUND);
    assert_int_equal(c->complete, 0);
}

/* The calendar is then listed the other way. */
static void a_sync_collection_without_its_token(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put(f, "a");
    put(f, "b");
    test_calendar_open(c);
    assert_changes(f, "changed a.ics \"2\"\nchanged b.ics \"3\"\npage complete\n");
    free(test_server_control(&f->server, "DELETE", "/_objects/kanban/b.ics", NULL));
    test_server_fault(&f->server, "{\"kind\": \"replace\", \"times\": 2, \"method\": \"REPORT\", \"body\": "
                                  "\"<multistatus xmlns='DAV:'/>\"}");
    char *token = strdup(c->token);
    assert_int_equal(test_calendar_changes(c, token), FM_OK);
    assert_string_equal(c->log.data, "seen a.ics\npage complete\n");
    free(token);
}

/* ------------------------------------------------------------------ hrefs */

#define ROW(href, etag)                                                                                                \
    "<response><href>" href "</href><propstat><prop><getetag>" etag                                                    \
    "</getetag></prop><status>HTTP/1.1 200 OK</status>"                                                                \
    "</propstat></response>"
#define LISTING(rows) "<multistatus xmlns='DAV:'>" rows "<sync-token>data:,1</sync-token></multistatus>"

static void list_once(fixture *f, const char *body)
{
    char rule[2048];
    snprintf(rule, sizeof rule, "{\"kind\": \"replace\", \"method\": \"REPORT\", \"body\": \"%s\"}", body);
    test_server_fault(&f->server, rule);
}

static void slashes_in_a_row_are_one(void **state)
{
    fixture *f = *state;
    put(f, "a");
    put(f, "b");
    test_calendar_open(&f->calendar);
    assert_changes(f, "changed a.ics \"2\"\nchanged b.ics \"3\"\npage complete\n");
    list_once(f, LISTING(ROW("//cal/alice//kanban/a.ics", "\\\"2\\\"") ROW("/cal/alice/kanban//b.ics", "\\\"3\\\"")));
    assert_changes(f, "seen a.ics\nseen b.ics\npage complete\n");
}

static void a_proxy_shows_the_calendar_under_another_path(void **state)
{
    fixture *f = *state;
    put(f, "a");
    put(f, "b");
    test_calendar_open(&f->calendar);
    list_once(f, LISTING(ROW("/inner/alice/kanban/a.ics", "\\\"2\\\"") ROW("/inner/alice/kanban/b.ics", "\\\"3\\\"")));
    assert_changes(f, "changed a.ics \"2\"\nchanged b.ics \"3\"\npage complete\n");
}

static void what_lies_elsewhere_is_not_understood(void **state)
{
    fixture *f = *state;
    put(f, "a");
    test_calendar_open(&f->calendar);
    list_once(f, LISTING(ROW("/cal/alice/kanban/a.ics", "\\\"2\\\"") ROW("/inner/alice/kanban/b.ics", "\\\"3\\\"")));
    assert_changes(f,
                   "unread b.ics: the calendar lists it, and it lies elsewhere\nchanged a.ics \"2\"\npage complete\n");
    list_once(f, LISTING(ROW("/cal/alice/private/c.ics", "\\\"3\\\"")));
    assert_changes(f, "unread c.ics: the calendar lists it, and it lies elsewhere\npage complete\n");
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, before_each, test_scripted_end)
    const struct CMUnitTest tests[] = {
        WITH_SERVER(other_successes_are_no_listing),
        WITH_SERVER(other_successes_are_no_listing_without_sync),
        WITH_SERVER(an_error_in_a_207_is_no_listing),
        WITH_SERVER(a_row_without_a_name_is_no_row),
        WITH_SERVER(what_is_read_alone_is_an_object),
        WITH_SERVER(a_listing_that_does_not_name_the_calendar),
        WITH_SERVER(a_calendar_that_is_listed_as_gone),
        WITH_SERVER(a_sync_collection_without_its_token),
        WITH_SERVER(slashes_in_a_row_are_one),
        WITH_SERVER(a_proxy_shows_the_calendar_under_another_path),
        WITH_SERVER(what_lies_elsewhere_is_not_understood),
    };
    return cmocka_run_group_tests(tests, test_scripted_start, test_scripted_stop);
}
