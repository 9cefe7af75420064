#include "support/cmocka.h"
#include "support/scripted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef test_scripted fixture;

#define DEFAULTS                                                                                                       \
    "{\"sync\": true, \"ctag\": true, \"page\": 0, \"bad_token_status\": 403, \"multiget\": true, \"quote_hrefs\": "   \
    "true, "                                                                                                           \
    "\"http10\": false, \"first_tombstones\": false, \"weak_etags\": false, "                                          \
    "\"token\": \"data:,%d\", \"exact_hrefs\": false}"

static int before_each(void **state)
{
    test_scripted_begin(state, DEFAULTS);
    return 0;
}

/* An edit by another program. */
static void put(fixture *f, const char *name, const char *uid, const char *title)
{
    char path[256], *text = test_event(uid, title);
    snprintf(path, sizeof path, "/_objects/kanban/%s", name);
    free(test_server_control(&f->server, "PUT", path, text));
    free(text);
}

static void delete (fixture *f, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "/_objects/kanban/%s", name);
    free(test_server_control(&f->server, "DELETE", path, NULL));
}

static void put_many(fixture *f, int count)
{
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "e%d.ics", i);
        put(f, name, name, "Event");
    }
}

static void clear_log(fixture *f)
{
    free(test_server_control(&f->server, "DELETE", "/_log", NULL));
}

static void assert_changes(fixture *f, const char *token, const char *expected)
{
    test_calendar *c = &f->calendar;
    if (test_calendar_changes(c, token))
        fail_msg("%s", c->error.message);
    assert_string_equal(c->log.data, expected);
}

static void test_first_listing_then_differences(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put(f, "a.ics", "a", "A");
    put(f, "b@c.ics", "b", "B");
    test_calendar_open(c);
    assert_changes(f, NULL, "changed a.ics \"2\"\nchanged b@c.ics \"3\"\npage complete\n");
    assert_changes(f, c->token, "page\n");
    put(f, "a.ics", "a", "A2");
    delete (f, "b@c.ics");
    assert_changes(f, c->token, "deleted b@c.ics\nchanged a.ics \"4\"\npage\n");
}

static void test_an_idle_run_is_one_request(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 5);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    fm_options_set_string(c->options, "discovery", fm_provider_binding(c->provider)->discovery);
    clear_log(f);
    test_calendar_open(c);
    assert_changes(f, c->token, "page\n");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_known_etags_need_no_body(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 3);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    clear_log(f);
    assert_changes(f, NULL, "seen e0.ics\nseen e1.ics\nseen e2.ics\npage complete\n");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_few_bodies_take_one_multiget(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 15);
    test_calendar_open(c);
    clear_log(f);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    assert_int_equal(c->changed, 15);
    assert_int_equal(test_server_count(&f->server, NULL), 2);
}

static void test_all_bodies_take_one_query(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 60);
    test_calendar_open(c);
    clear_log(f);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    assert_int_equal(c->changed, 60);
    assert_int_equal(test_server_count(&f->server, NULL), 2);
}

static void test_some_of_many_bodies_take_multigets(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    put_many(f, 60);
    clear_log(f);
    assert_int_equal(test_calendar_changes(c, c->token), FM_OK);
    assert_int_equal(c->changed, 60);
    assert_int_equal(test_server_count(&f->server, NULL), 1 + 2);
}

static void test_what_a_query_leaves_out_is_read_anyway(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 20);
    free(test_server_control(&f->server, "PUT", "/_objects/kanban/todo.ics",
                             "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"));
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    assert_int_equal(c->changed, 21);
    assert_int_equal(c->complete, 1);
}

static void test_without_multiget_objects_are_read_one_by_one(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_server_options(&f->server, "{\"multiget\": false}");
    put_many(f, 5);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    assert_int_equal(c->changed, 5);
    assert_int_equal(test_server_count(&f->server, "GET"), 5);
}

static void test_an_object_that_a_multiget_does_not_find(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put(f, "a.ics", "a", "A");
    put(f, "b.ics", "b", "B");
    test_calendar_open(c);
    test_server_fault(&f->server, "{\"kind\": \"replace\", \"method\": \"REPORT\", \"skip\": 1, \"body\": "
                                  "\"<multistatus xmlns='DAV:'><response><href>/cal/alice/kanban/a.ics</href>"
                                  "<status>HTTP/1.1 404 Not Found</status></response></multistatus>\"}");
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    assert_non_null(strstr(c->log.data, "changed a.ics"));
    assert_non_null(strstr(c->log.data, "changed b.ics"));
}

static void test_an_object_that_is_listed_and_not_there(void **state)
{
    fixture *f = *state;
    put(f, "a.ics", "a", "A");
    put(f, "b.ics", "b", "B");
    test_calendar_open(&f->calendar);
    test_server_fault(&f->server, "[{\"kind\": \"replace\", \"method\": \"REPORT\", \"skip\": 1, \"body\": "
                                  "\"<multistatus xmlns='DAV:'><response><href>/cal/alice/kanban/a.ics</href>"
                                  "<status>HTTP/1.1 404 Not Found</status></response></multistatus>\"},"
                                  "{\"kind\": \"status\", \"method\": \"GET\", \"path\": \"a.ics\", \"code\": 404}]");
    assert_int_equal(test_calendar_changes(&f->calendar, NULL), FM_OK);
    assert_non_null(
        strstr(f->calendar.log.data, "unread a.ics: the calendar lists it, and answers HTTP 404 when it is read\n"));
    assert_non_null(strstr(f->calendar.log.data, "changed b.ics \"3\"\n"));
    assert_int_equal(f->calendar.deleted, 0);
}

static void test_pages_of_a_difference_are_committed_each(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    put_many(f, 10);
    test_server_options(&f->server, "{\"page\": 4}");
    assert_int_equal(test_calendar_changes(c, c->token), FM_OK);
    assert_int_equal(c->changed, 10);
    assert_int_equal(c->pages, 3);
    assert_int_equal(c->complete, 0);
    assert_changes(f, c->token, "page\n");
}

static void test_pages_of_a_full_listing_are_committed_once(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 10);
    test_server_options(&f->server, "{\"page\": 4}");
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    assert_int_equal(c->changed, 10);
    assert_int_equal(c->pages, 1);
    assert_int_equal(c->complete, 1);
}

static void test_refused_tokens_lead_to_a_full_listing(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    static const int answers[] = {403, 500, 400, 409, 410, 412};
    put_many(f, 2);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        char options[64];
        snprintf(options, sizeof options, "{\"bad_token_status\": %d}", answers[i]);
        test_server_options(&f->server, options);
        free(test_server_control(&f->server, "POST", "/_expire", NULL));
        clear_log(f);
        assert_changes(f, c->token, "seen e0.ics\nseen e1.ics\npage complete\n");
        assert_int_equal(test_server_count(&f->server, NULL), 2);
    }
}

static void test_tokens_are_opaque(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_server_options(&f->server, "{\"token\": \"urn:x?a=1&b='<%d>'\"}");
    put_many(f, 1);
    test_calendar_open(c);
    assert_changes(f, NULL, "changed e0.ics \"2\"\npage complete\n");
    assert_changes(f, c->token, "page\n");
}

static void test_foreign_tokens_are_not_sent(void **state)
{
    fixture *f = *state;
    put_many(f, 1);
    test_calendar_open(&f->calendar);
    assert_changes(f, "ctag:ctag-2", "changed e0.ics \"2\"\npage complete\n");
    assert_changes(f, "nonsense", "seen e0.ics\npage complete\n");
}

static void test_ctag_where_there_is_no_sync_collection(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_server_options(&f->server, "{\"sync\": false}");
    put_many(f, 2);
    test_calendar_open(c);
    assert_changes(f, NULL, "changed e0.ics \"2\"\nchanged e1.ics \"3\"\npage complete\n");
    clear_log(f);
    assert_changes(f, c->token, "page\n");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
    delete (f, "e0.ics");
    assert_changes(f, c->token, "seen e1.ics\npage complete\n");
}

static void test_neither_sync_nor_ctag(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_server_options(&f->server, "{\"sync\": false, \"ctag\": false}");
    put_many(f, 1);
    test_calendar_open(c);
    assert_changes(f, NULL, "changed e0.ics \"2\"\npage complete\n");
    assert_null(c->token);
    assert_changes(f, NULL, "seen e0.ics\npage complete\n");
}

static void test_sync_collection_that_was_promised_and_fails(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 1);
    test_calendar_open(c);
    test_server_fault(&f->server, "{\"kind\": \"status\", \"method\": \"REPORT\", \"code\": 501}");
    assert_changes(f, NULL, "changed e0.ics \"2\"\npage complete\n");
    assert_non_null(strstr(c->token, "ctag:"));
}

static void assert_nothing_was_committed(fixture *f, const char *token, fm_status expected)
{
    test_calendar *c = &f->calendar;
    assert_int_equal(test_calendar_changes(c, token), expected);
    assert_int_equal(c->pages, 0);
    assert_int_equal(c->deleted, 0);
}

static void test_an_unreachable_calendar_is_not_an_empty_one(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    static const struct {
        int code;
        fm_status status;
    } cases[] = {{401, FM_EAUTH}, {403, FM_EACCESS}, {404, FM_ENOTFOUND}, {410, FM_ENOTFOUND}, {503, FM_ETHROTTLED}};
    static const char *const options[] = {"{\"sync\": true}", "{\"sync\": false}"};
    put_many(f, 2);
    for (size_t k = 0; k < 2; k++) {
        test_server_options(&f->server, options[k]);
        test_calendar_open(c);
        assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
        char *token = strdup(c->token);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            char fault[128];
            snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"times\": -1, \"code\": %d}", cases[i].code);
            test_server_fault(&f->server, fault);
            assert_nothing_was_committed(f, token, cases[i].status);
            assert_nothing_was_committed(f, NULL, cases[i].status);
            free(test_server_control(&f->server, "DELETE", "/_fault", NULL));
        }
        free(token);
    }
}

/* The calendar forbids it: neither does another question help, nor are its objects gone. */
static void test_what_is_forbidden_is_not_tried_otherwise(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    const char *href = "/cal/alice/kanban/e0.ics";
    put_many(f, 2);
    test_calendar_open(c);
    clear_log(f);
    test_server_fault(&f->server, "{\"kind\": \"status\", \"method\": \"REPORT\", \"code\": 403, \"times\": -1}");
    assert_nothing_was_committed(f, NULL, FM_EACCESS);
    assert_int_equal(test_server_count(&f->server, NULL), 1);
    assert_int_equal(test_calendar_fetch(c, &href, 1), FM_EACCESS);
    assert_int_equal(test_server_count(&f->server, NULL), 2);
    assert_int_equal(c->deleted, 0);
}

static void test_objects_are_named_as_the_server_names_them(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"exact_hrefs\": true}");
    put(f, "b@c.ics", "b", "B");
    test_calendar_open(&f->calendar);
    assert_changes(f, NULL, "changed b@c.ics \"2\"\npage complete\n");
}

static void test_broken_listings_are_asked_for_again(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    static const char *const faults[] = {
        "{\"kind\": \"cut\", \"method\": \"REPORT\", \"bytes\": 300}",
        "{\"kind\": \"replace\", \"method\": \"REPORT\", \"body\": \"<multistatus xmlns='DAV:'><response>\"}",
        "{\"kind\": \"replace\", \"method\": \"REPORT\", \"body\": \"<html>Sign in</html>\"}",
        "{\"kind\": \"drop\", \"method\": \"REPORT\"}",
        "{\"kind\": \"lose\", \"method\": \"REPORT\"}",
    };
    put_many(f, 3);
    test_calendar_open(c);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        test_server_fault(&f->server, faults[i]);
        assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
        assert_int_equal(c->changed + c->seen, 3);
        assert_int_equal(c->complete, 1);
    }
}

/* What was discovered is remembered, but the server has moved meanwhile. */
static void test_a_remembered_place_that_is_out_of_date(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    static const int codes[] = {404, 410, 421};
    put_many(f, 2);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    fm_options_set_string(c->options, "discovery", fm_provider_binding(c->provider)->discovery);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char fault[128];
        snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"method\": \"REPORT\", \"code\": %d}", codes[i]);
        test_calendar_open(c);
        test_server_fault(&f->server, fault);
        assert_changes(f, c->token, "page\n");
        assert_non_null(fm_provider_binding(c->provider)->discovery);
    }
}

/* Another calendar in its place must not be taken for it: all its events would seem to be gone. */
static void test_a_remembered_calendar_that_another_took_the_place_of(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 2);
    fm_options_set_string(c->options, "calendar_id", "primary");
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    fm_options_set_string(c->options, "discovery", fm_provider_binding(c->provider)->discovery);
    test_calendar_open(c);
    free(test_server_control(&f->server, "POST", "/_calendar", "{\"name\": \"home\"}"));
    test_server_fault(&f->server, "{\"kind\": \"status\", \"method\": \"REPORT\", \"code\": 404}");
    fm_status status = test_calendar_changes(c, c->token);
    free(test_server_control(&f->server, "DELETE", "/_calendar/home", NULL));
    assert_int_equal(status, FM_ENOTFOUND);
    assert_int_equal(c->pages + c->deleted, 0);
}

static void test_a_remembered_calendar_that_is_gone(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 2);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    fm_options_set_string(c->options, "discovery", fm_provider_binding(c->provider)->discovery);
    test_calendar_open(c);
    test_server_fault(&f->server, "{\"kind\": \"status\", \"times\": -1, \"code\": 404}");
    assert_nothing_was_committed(f, c->token, FM_ENOTFOUND);
    assert_int_equal(c->error.http_status, 404);
}

static void test_what_came_before_the_cut_counts_once(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 10);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    for (int i = 0; i < 10; i++) {
        char name[32];
        snprintf(name, sizeof name, "e%d.ics", i);
        delete (f, name);
    }
    test_server_fault(&f->server, "{\"kind\": \"cut\", \"method\": \"REPORT\", \"bytes\": 900}");
    assert_int_equal(test_calendar_changes(c, c->token), FM_OK);
    assert_int_equal(c->deleted, 10);
}

static void test_tombstones_in_a_first_listing_are_passed_over(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    test_server_options(&f->server, "{\"first_tombstones\": true}");
    put_many(f, 2);
    delete (f, "e0.ics");
    test_calendar_open(c);
    assert_changes(f, NULL, "changed e1.ics \"3\"\npage complete\n");
    delete (f, "e1.ics");
    assert_changes(f, c->token, "deleted e1.ics\npage\n");
}

static void test_listings_that_stay_broken_are_a_network_failure(void **state)
{
    fixture *f = *state;
    put_many(f, 3);
    test_calendar_open(&f->calendar);
    test_server_fault(&f->server, "{\"kind\": \"replace\", \"times\": -1, \"method\": \"REPORT\", "
                                  "\"body\": \"<multistatus xmlns='DAV:'>\"}");
    assert_nothing_was_committed(f, NULL, FM_ENETWORK);
}

static void test_hostile_listings_are_not_asked_for_again(void **state)
{
    fixture *f = *state;
    test_calendar_open(&f->calendar);
    clear_log(f);
    test_server_fault(&f->server,
                      "{\"kind\": \"replace\", \"times\": -1, \"method\": \"REPORT\", "
                      "\"body\": \"<!DOCTYPE x [<!ENTITY a 'b'>]><multistatus xmlns='DAV:'>&a;</multistatus>\"}");
    assert_nothing_was_committed(f, NULL, FM_ELIMIT);
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_pages_that_never_end(void **state)
{
    fixture *f = *state;
    test_calendar_open(&f->calendar);
    test_server_fault(&f->server,
                      "{\"kind\": \"replace\", \"times\": -1, \"method\": \"REPORT\", "
                      "\"body\": \"<multistatus xmlns='DAV:'><response><href>/cal/alice/kanban/</href>"
                      "<status>HTTP/1.1 507 Full</status></response><sync-token>data:,1</sync-token></multistatus>\"}");
    assert_nothing_was_committed(f, NULL, FM_EPROTOCOL);
}

static void test_foreign_hrefs_in_a_listing_are_not_understood(void **state)
{
    fixture *f = *state;
    test_calendar_open(&f->calendar);
    test_server_fault(
        &f->server, "{\"kind\": \"replace\", \"method\": \"REPORT\", \"body\": \"<multistatus xmlns='DAV:'>"
                    "<response><href>/etc/passwd</href></response><response><href>/cal/alice/kanban/</href></response>"
                    "<response><href>/cal/alice/kanban/sub/</href></response><response><href>\\n</href></response>"
                    "<sync-token>data:,1</sync-token></multistatus>\"}");
    assert_changes(f, NULL, "unread passwd: the calendar lists it, and it lies elsewhere\npage complete\n");
}

/* A listing holds the calendar itself and what is no object, with an ETag even, and without a slash. */
static void test_collections_in_a_listing_are_passed_over(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"sync\": false}");
    test_calendar_open(&f->calendar);
    test_server_fault(&f->server,
                      "{\"kind\": \"replace\", \"method\": \"PROPFIND\", \"skip\": 1, \"body\": \"<multistatus "
                      "xmlns='DAV:'><response><href>/cal/alice/kanban</href></response><response><href>/cal/alice/"
                      "kanban/sub</href><propstat><prop><resourcetype><collection/>"
                      "</resourcetype><getetag>1</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
                      "</multistatus>\"}");
    assert_changes(f, NULL, "page complete\n");
}

/* Some servers say 410 of what is gone. */
static void test_tombstones_may_be_410(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    put_many(f, 1);
    test_calendar_open(c);
    assert_int_equal(test_calendar_changes(c, NULL), FM_OK);
    test_server_fault(&f->server,
                      "{\"kind\": \"replace\", \"method\": \"REPORT\", \"body\": \"<multistatus xmlns='DAV:'>"
                      "<response><href>/cal/alice/kanban/e0.ics</href><status>HTTP/1.1 410 Gone</status></response>"
                      "<sync-token>data:,9</sync-token></multistatus>\"}");
    assert_changes(f, c->token, "deleted e0.ics\npage\n");
}

static void test_an_object_listed_with_a_failure_is_not_gone(void **state)
{
    fixture *f = *state;
    test_calendar_open(&f->calendar);
    test_server_fault(&f->server,
                      "{\"kind\": \"replace\", \"method\": \"REPORT\", \"body\": \"<multistatus xmlns='DAV:'>"
                      "<response><href>/cal/alice/kanban/x.ics</href><status>HTTP/1.1 500 Oops</status></response>"
                      "<sync-token>data:,1</sync-token></multistatus>\"}");
    assert_changes(f, NULL, "unread x.ics: the calendar lists it with HTTP 500\npage complete\n");
}

static void test_fetch(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    static const char *const hrefs[] = {"/cal/alice/kanban/a.ics", "/cal/alice/kanban/nothing.ics",
                                        "/cal/alice/kanban/b@c.ics"};
    put(f, "a.ics", "a", "A");
    put(f, "b@c.ics", "b", "B");
    test_calendar_open(c);
    assert_int_equal(test_calendar_fetch(c, hrefs, 3), FM_OK);
    assert_string_equal(c->log.data, "changed a.ics \"2\"\nchanged b@c.ics \"3\"\ndeleted nothing.ics\n");
}

static void test_fetch_from_an_unreachable_calendar_deletes_nothing(void **state)
{
    fixture *f = *state;
    test_calendar *c = &f->calendar;
    static const char *const hrefs[] = {"/cal/alice/kanban/a.ics"};
    static const int codes[] = {403, 404, 410, 503};
    put(f, "a.ics", "a", "A");
    test_calendar_open(c);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char fault[128];
        snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"times\": -1, \"code\": %d}", codes[i]);
        test_server_fault(&f->server, fault);
        assert_true(test_calendar_fetch(c, hrefs, 1) < 0);
        assert_int_equal(c->deleted, 0);
        free(test_server_control(&f->server, "DELETE", "/_fault", NULL));
    }
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, before_each, test_scripted_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_first_listing_then_differences),
        WITH_SERVER(test_an_idle_run_is_one_request),
        WITH_SERVER(test_known_etags_need_no_body),
        WITH_SERVER(test_few_bodies_take_one_multiget),
        WITH_SERVER(test_all_bodies_take_one_query),
        WITH_SERVER(test_some_of_many_bodies_take_multigets),
        WITH_SERVER(test_what_a_query_leaves_out_is_read_anyway),
        WITH_SERVER(test_without_multiget_objects_are_read_one_by_one),
        WITH_SERVER(test_an_object_that_a_multiget_does_not_find),
        WITH_SERVER(test_an_object_that_is_listed_and_not_there),
        WITH_SERVER(test_pages_of_a_difference_are_committed_each),
        WITH_SERVER(test_pages_of_a_full_listing_are_committed_once),
        WITH_SERVER(test_refused_tokens_lead_to_a_full_listing),
        WITH_SERVER(test_tokens_are_opaque),
        WITH_SERVER(test_foreign_tokens_are_not_sent),
        WITH_SERVER(test_ctag_where_there_is_no_sync_collection),
        WITH_SERVER(test_neither_sync_nor_ctag),
        WITH_SERVER(test_sync_collection_that_was_promised_and_fails),
        WITH_SERVER(test_an_unreachable_calendar_is_not_an_empty_one),
        WITH_SERVER(test_what_is_forbidden_is_not_tried_otherwise),
        WITH_SERVER(test_objects_are_named_as_the_server_names_them),
        WITH_SERVER(test_broken_listings_are_asked_for_again),
        WITH_SERVER(test_a_remembered_place_that_is_out_of_date),
        WITH_SERVER(test_a_remembered_calendar_that_another_took_the_place_of),
        WITH_SERVER(test_a_remembered_calendar_that_is_gone),
        WITH_SERVER(test_what_came_before_the_cut_counts_once),
        WITH_SERVER(test_tombstones_in_a_first_listing_are_passed_over),
        WITH_SERVER(test_listings_that_stay_broken_are_a_network_failure),
        WITH_SERVER(test_hostile_listings_are_not_asked_for_again),
        WITH_SERVER(test_pages_that_never_end),
        WITH_SERVER(test_foreign_hrefs_in_a_listing_are_not_understood),
        WITH_SERVER(test_collections_in_a_listing_are_passed_over),
        WITH_SERVER(test_tombstones_may_be_410),
        WITH_SERVER(test_an_object_listed_with_a_failure_is_not_gone),
        WITH_SERVER(test_fetch),
        WITH_SERVER(test_fetch_from_an_unreachable_calendar_deletes_nothing),
    };
    return cmocka_run_group_tests(tests, test_scripted_start, test_scripted_stop);
}
