#include "support/cmocka.h"
#include "support/scripted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef test_scripted fixture;

#define DEFAULTS                                                                                                       \
    "{\"put_etag\": true, \"weak_etags\": false, \"uid_scope\": \"calendar\", \"uid_conflict\": 409, "                 \
    "\"uid_query\": true, \"max_bytes\": 0, \"reorder\": true, \"delay_ms\": 0}"

static int group_setup(void **state)
{
    if (test_scripted_start(state))
        return -1;
    free(test_server_control(&((fixture *)*state)->server, "POST", "/_calendar", "{\"name\": \"other\"}"));
    return 0;
}

static int before_each(void **state)
{
    fixture *f = test_scripted_begin(state, DEFAULTS);
    fm_options_set_string(f->calendar.options, "calendar_id", "kanban");
    test_calendar_open(&f->calendar);
    return 0;
}

/* An object put there by another program. */
static void put(fixture *f, const char *path, const char *uid, const char *title)
{
    char full[256], *text = test_event(uid, title);
    snprintf(full, sizeof full, "/_objects/%s", path);
    free(test_server_control(&f->server, "PUT", full, text));
    free(text);
}

static void apply(fixture *f, fm_write *write)
{
    if (test_calendar_apply(&f->calendar, write, 1))
        fail_msg("%s", f->calendar.error.message);
}

static void assert_outcome(const fm_write *write, fm_outcome expected)
{
    if (write->outcome != expected)
        fail_msg("outcome %d instead of %d: %s", write->outcome, expected, write->error.message);
}

/* Creates an event and expects an outcome. */
static fm_write create(fixture *f, const char *uid, const char *title, fm_outcome expected)
{
    char *text = test_event(uid, title);
    fm_write write = test_create(uid, text);
    apply(f, &write);
    assert_outcome(&write, expected);
    free(text);
    return write;
}

static fm_write update(fixture *f, const char *href, const char *etag, const char *uid, const char *title,
                       fm_outcome expected)
{
    char *text = test_event(uid, title);
    fm_write write = {
        .kind = FM_WRITE_UPDATE, .uid = uid, .href = href, .etag = etag, .text = text, .text_len = strlen(text)};
    apply(f, &write);
    assert_outcome(&write, expected);
    free(text);
    return write;
}

static fm_write delete (fixture *f, const char *href, const char *etag, const char *uid, fm_outcome expected)
{
    fm_write write = {.kind = FM_WRITE_DELETE, .uid = uid, .href = href, .etag = etag};
    apply(f, &write);
    assert_outcome(&write, expected);
    return write;
}

/* How many objects the calendars hold whose text has that part. */
static int holds(fixture *f, const char *part)
{
    int count = 0;
    char *objects = test_server_control(&f->server, "GET", "/_objects", NULL);
    for (const char *at = objects; (at = strstr(at, part)); at++)
        count++;
    free(objects);
    return count;
}

#define A_HREF "/cal/alice/kanban/a.ics"

static void test_a_new_event(void **state)
{
    fixture *f = *state;
    fm_write write = create(f, "XACA-1@fleetmonitor", "One", FM_OUTCOME_DONE);
    assert_string_equal(write.new_href, "/cal/alice/kanban/XACA--1-40fleetmonitor.ics");
    assert_string_equal(write.new_etag, "\"2\"");
    assert_int_equal(holds(f, "SUMMARY:One"), 1);
    fm_write_clear(&write);
}

static void test_without_an_etag_in_the_answer(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"put_etag\": false}");
    fm_write write = create(f, "u1", "One", FM_OUTCOME_DONE);
    assert_null(write.new_etag);
    fm_write_clear(&write);
}

static void test_update_and_delete(void **state)
{
    fixture *f = *state;
    put(f, "kanban/a.ics", "a", "Old");
    fm_write write = update(f, A_HREF, "\"2\"", "a", "New", FM_OUTCOME_DONE);
    assert_string_equal(write.new_etag, "\"3\"");
    assert_int_equal(holds(f, "SUMMARY:New"), 1);
    fm_write_clear(&write);
    write = delete (f, A_HREF, "\"3\"", "a", FM_OUTCOME_DONE);
    assert_int_equal(holds(f, "SUMMARY"), 0);
    fm_write_clear(&write);
}

static void test_whatever_is_there(void **state)
{
    fixture *f = *state;
    put(f, "kanban/a.ics", "a", "Old");
    fm_write write = update(f, A_HREF, NULL, "a", "New", FM_OUTCOME_DONE);
    fm_write_clear(&write);
    write = delete (f, A_HREF, NULL, "a", FM_OUTCOME_DONE);
    fm_write_clear(&write);
}

/* Whatever line ends an object has, on the wire they are CR LF (RFC 5545 section 3.1). */
static void test_lines_end_with_cr_lf(void **state)
{
    fixture *f = *state;
    const char *text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:u1\nDTSTAMP:20260101T000000Z\n"
                       "DTSTART;VALUE=DATE:20260215\nSUMMARY:One\nEND:VEVENT\nEND:VCALENDAR\n";
    fm_write write = test_create("u1", text);
    apply(f, &write);
    assert_outcome(&write, FM_OUTCOME_DONE);
    assert_int_equal(holds(f, "SUMMARY:One\\r\\nEND:VEVENT\\r\\n"), 1);
    fm_write_clear(&write);
}

static void test_changed_meanwhile(void **state)
{
    fixture *f = *state;
    put(f, "kanban/a.ics", "a", "Theirs");
    fm_write write = update(f, A_HREF, "\"1\"", "a", "Ours", FM_OUTCOME_CHANGED);
    assert_string_equal(write.new_href, A_HREF);
    assert_string_equal(write.new_etag, "\"2\"");
    assert_non_null(strstr(write.current_text, "SUMMARY:Theirs"));
    fm_write_clear(&write);
    write = delete (f, A_HREF, "\"1\"", "a", FM_OUTCOME_CHANGED);
    assert_non_null(strstr(write.current_text, "SUMMARY:Theirs"));
    assert_int_equal(holds(f, "SUMMARY:Theirs"), 1);
    fm_write_clear(&write);
}

static void test_gone_meanwhile(void **state)
{
    fixture *f = *state;
    fm_write write = update(f, A_HREF, "\"1\"", "a", "Ours", FM_OUTCOME_CHANGED);
    assert_true(write.current_gone);
    assert_null(write.current_text);
    fm_write_clear(&write);
    write = delete (f, A_HREF, "\"1\"", "a", FM_OUTCOME_DONE);
    fm_write_clear(&write);
}

/* Instead of 412 some servers say of an update that the object is not there. */
static void test_gone_in_other_words(void **state)
{
    fixture *f = *state;
    static const int codes[] = {404, 410};
    for (size_t i = 0; i < 2; i++) {
        char fault[128];
        snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"method\": \"PUT\", \"code\": %d}", codes[i]);
        test_server_fault(&f->server, fault);
        fm_write write = update(f, A_HREF, "\"1\"", "a", "Ours", FM_OUTCOME_CHANGED);
        assert_true(write.current_gone);
        fm_write_clear(&write);
        snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"method\": \"DELETE\", \"code\": %d}", codes[i]);
        test_server_fault(&f->server, fault);
        write = delete (f, A_HREF, "\"1\"", "a", FM_OUTCOME_DONE);
        fm_write_clear(&write);
    }
}

static void test_moved_meanwhile(void **state)
{
    fixture *f = *state;
    put(f, "kanban/b.ics", "a", "Moved");
    fm_write write = update(f, A_HREF, "\"1\"", "a", "Ours", FM_OUTCOME_CHANGED);
    assert_false(write.current_gone);
    assert_string_equal(write.new_href, "/cal/alice/kanban/b.ics");
    assert_non_null(strstr(write.current_text, "SUMMARY:Moved"));
    fm_write_clear(&write);
}

static void test_a_create_that_is_there_already(void **state)
{
    fixture *f = *state;
    put(f, "kanban/u1.ics", "u1", "Same");
    fm_write write = create(f, "u1", "Same", FM_OUTCOME_DONE);
    assert_string_equal(write.new_etag, "\"2\"");
    fm_write_clear(&write);
    write = create(f, "u1", "Other", FM_OUTCOME_CHANGED);
    assert_non_null(strstr(write.current_text, "SUMMARY:Same"));
    fm_write_clear(&write);
    put(f, "kanban/u2.ics", "foreign", "Foreign");
    write = create(f, "u2", "Ours", FM_OUTCOME_REFUSED);
    assert_int_equal(write.error.status, FM_EEXIST);
    fm_write_clear(&write);
    assert_int_equal(holds(f, "SUMMARY:Foreign"), 1);
}

/* Servers say in many ways that the UID exists elsewhere in the calendar. */
static void test_uid_conflicts_are_found(void **state)
{
    fixture *f = *state;
    static const char *const answers[] = {
        "{\"uid_conflict\": 403}",
        "{\"uid_conflict\": 409}",
        "{\"uid_conflict\": 412}",
        "{\"uid_conflict\": 207}",
        "{\"uid_conflict\": 409, \"uid_query\": false}",
        "{\"uid_conflict\": 412, \"uid_query\": false}",
        "{\"uid_conflict\": 400, \"uid_query\": true}",
    };
    put(f, "kanban/phone-made.ics", "u1", "Theirs");
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        test_server_options(&f->server, DEFAULTS);
        test_server_options(&f->server, answers[i]);
        fm_write write = create(f, "u1", "Ours", FM_OUTCOME_CHANGED);
        assert_string_equal(write.new_href, "/cal/alice/kanban/phone-made.ics");
        assert_string_equal(write.new_etag, "\"2\"");
        assert_non_null(strstr(write.current_text, "SUMMARY:Theirs"));
        fm_write_clear(&write);
        write = create(f, "u1", "Theirs", FM_OUTCOME_DONE);
        assert_string_equal(write.new_href, "/cal/alice/kanban/phone-made.ics");
        fm_write_clear(&write);
    }
    assert_int_equal(holds(f, "SUMMARY"), 1);
}

/* Nextcloud keeps what was deleted in a trash bin, and refuses its UID with words alone. */
static void test_a_uid_in_the_trash_is_told_in_the_servers_words(void **state)
{
    fixture *f = *state;
    test_server_fault(
        &f->server, "{\"kind\": \"status\", \"method\": \"PUT\", \"code\": 400, \"body\": \"<d:error xmlns:d='DAV:' "
                    "xmlns:s='http://sabredav.org/ns'><s:exception>BadRequest</s:exception><s:message>Deleted calendar "
                    "object with uid already exists in this calendar collection.</s:message></d:error>\"}");
    fm_write write = create(f, "u1", "Ours", FM_OUTCOME_REFUSED);
    assert_non_null(strstr(write.error.message, ": Deleted calendar object with uid already exists"));
    assert_int_equal(write.error.http_status, 400);
    fm_write_clear(&write);
}

/* Where the server says who has the UID nothing has to be searched. */
static void test_the_href_of_a_uid_conflict_is_enough(void **state)
{
    fixture *f = *state;
    put(f, "kanban/phone-made.ics", "u1", "Theirs");
    test_server_options(&f->server, "{\"uid_conflict\": 403}");
    free(test_server_control(&f->server, "DELETE", "/_log", NULL));
    fm_write write = create(f, "u1", "Ours", FM_OUTCOME_CHANGED);
    assert_string_equal(write.new_href, "/cal/alice/kanban/phone-made.ics");
    assert_int_equal(test_server_count(&f->server, "REPORT"), 0);
    fm_write_clear(&write);
}

static void test_a_uid_in_another_calendar_is_refused(void **state)
{
    fixture *f = *state;
    static const char *const answers[] = {"{\"uid_conflict\": 403}", "{\"uid_conflict\": 409}",
                                          "{\"uid_conflict\": 412}", "{\"uid_conflict\": 207}"};
    put(f, "other/x.ics", "u1", "Elsewhere");
    test_server_options(&f->server, "{\"uid_scope\": \"account\"}");
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        test_server_options(&f->server, answers[i]);
        fm_write write = create(f, "u1", "Ours", FM_OUTCOME_REFUSED);
        assert_int_equal(write.error.status, FM_EUIDCONFLICT);
        assert_non_null(strstr(write.error.message, "u1"));
        fm_write_clear(&write);
    }
}

static void test_many_conflicts_share_a_listing(void **state)
{
    enum { COUNT = 40 };
    fixture *f = *state;
    fm_write writes[COUNT];
    char uids[COUNT][16], *texts[COUNT];
    test_server_options(&f->server, "{\"uid_query\": false}");
    for (int i = 0; i < COUNT; i++) {
        char path[64];
        snprintf(uids[i], sizeof uids[i], "u%d", i);
        snprintf(path, sizeof path, "kanban/theirs-%d.ics", i);
        put(f, path, uids[i], "Theirs");
        texts[i] = test_event(uids[i], "Ours");
        writes[i] = test_create(uids[i], texts[i]);
    }
    free(test_server_control(&f->server, "DELETE", "/_log", NULL));
    assert_int_equal(test_calendar_apply(&f->calendar, writes, COUNT), FM_OK);
    for (int i = 0; i < COUNT; i++) {
        char href[64];
        snprintf(href, sizeof href, "/cal/alice/kanban/theirs-%d.ics", i);
        assert_outcome(&writes[i], FM_OUTCOME_CHANGED);
        assert_string_equal(writes[i].new_href, href);
        fm_write_clear(&writes[i]);
        free(texts[i]);
    }
    assert_true(test_server_count(&f->server, "REPORT") < 2 * COUNT);
}

static void test_weak_etags(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"weak_etags\": true}");
    put(f, "kanban/a.ics", "a", "Old");
    fm_write write = update(f, A_HREF, "W/\"2\"", "a", "New", FM_OUTCOME_DONE);
    fm_write_clear(&write);
    write = update(f, A_HREF, "W/\"2\"", "a", "Newer", FM_OUTCOME_CHANGED);
    fm_write_clear(&write);
    write = delete (f, A_HREF, "W/\"3\"", "a", FM_OUTCOME_DONE);
    fm_write_clear(&write);
}

/* The reply is lost after the server did it, or before; where it is lost twice, libcurl's own repetition is, too. */
static void test_lost_replies(void **state)
{
    fixture *f = *state;
    static const char *const kinds[] = {"lose", "drop"};
    for (int i = 0; i < 4; i++) {
        const char *kind = kinds[i / 2];
        int times = 1 + i % 2;
        char fault[128], name[32];
        snprintf(fault, sizeof fault, "{\"kind\": \"%s\", \"method\": \"PUT\", \"times\": %d}", kind, times);
        snprintf(name, sizeof name, "u-%s-%d", kind, times);
        test_server_fault(&f->server, fault);
        fm_write write = create(f, name, "One", FM_OUTCOME_DONE);
        char *href = strdup(write.new_href), *etag = strdup(write.new_etag);
        fm_write_clear(&write);
        test_server_fault(&f->server, fault);
        write = update(f, href, etag, name, "Two", FM_OUTCOME_DONE);
        assert_non_null(write.new_etag);
        free(etag);
        etag = strdup(write.new_etag);
        fm_write_clear(&write);
        snprintf(fault, sizeof fault, "{\"kind\": \"%s\", \"method\": \"DELETE\", \"times\": %d}", kind, times);
        test_server_fault(&f->server, fault);
        write = delete (f, href, etag, name, FM_OUTCOME_DONE);
        fm_write_clear(&write);
        free(href);
        free(etag);
    }
    assert_int_equal(holds(f, "SUMMARY"), 0);
}

static void test_server_errors(void **state)
{
    fixture *f = *state;
    static const int codes[] = {500, 502, 503, 504, 429};
    put(f, "kanban/a.ics", "a", "Old");
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char fault[128], uid[16];
        snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"method\": \"PUT\", \"code\": %d}", codes[i]);
        snprintf(uid, sizeof uid, "u%d", codes[i]);
        test_server_fault(&f->server, fault);
        fm_write write = create(f, uid, "One", FM_OUTCOME_DONE);
        fm_write_clear(&write);
    }
    test_server_fault(&f->server, "{\"kind\": \"status\", \"method\": \"PUT\", \"code\": 500, \"times\": -1}");
    fm_write write = update(f, A_HREF, "\"2\"", "a", "New", FM_OUTCOME_FAILED);
    assert_int_equal(write.error.status, FM_ESERVER);
    assert_int_equal(holds(f, "SUMMARY:Old"), 1);
    fm_write_clear(&write);
}

static void test_a_server_error_after_which_another_wrote(void **state)
{
    fixture *f = *state;
    put(f, "kanban/a.ics", "a", "Old");
    put(f, "kanban/a.ics", "a", "Theirs");
    test_server_fault(&f->server, "{\"kind\": \"status\", \"method\": \"PUT\", \"code\": 500}");
    fm_write write = update(f, A_HREF, "\"2\"", "a", "Ours", FM_OUTCOME_CHANGED);
    assert_non_null(strstr(write.current_text, "SUMMARY:Theirs"));
    fm_write_clear(&write);
}

static void test_refusals(void **state)
{
    fixture *f = *state;
    static const struct {
        int code;
        const char *body;
        fm_status status;
    } cases[] = {
        {403, "", FM_EACCESS},
        {403, "<error xmlns='DAV:'><need-privileges/></error>", FM_EACCESS},
        {403, "<error xmlns='DAV:'><C:valid-calendar-data xmlns:C='urn:ietf:params:xml:ns:caldav'/></error>",
         FM_EACCESS},
        {413, "", FM_ELIMIT},
        {415, "", FM_EINVAL},
        {422, "<html>not XML", FM_EINVAL},
        {507, "", FM_EACCESS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char fault[512];
        snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"method\": \"PUT\", \"code\": %d, \"body\": \"%s\"}",
                 cases[i].code, cases[i].body);
        test_server_fault(&f->server, fault);
        fm_write write = create(f, "u1", "One", FM_OUTCOME_REFUSED);
        if (strstr(cases[i].body, "need-privileges"))
            assert_non_null(strstr(write.error.message, "[need-privileges]"));
        assert_int_equal(write.error.status, cases[i].status);
        assert_int_equal(write.error.http_status, cases[i].code);
        fm_write_clear(&write);
    }
    assert_int_equal(test_server_count(&f->server, "PUT"), sizeof cases / sizeof cases[0]);
}

/* What the server says of a repetition is no word about the write before it, whose answer was lost. */
static void test_a_repetition_that_is_refused(void **state)
{
    fixture *f = *state;
    put(f, "kanban/a.ics", "a", "Old");
    static const char *const methods[] = {"PUT", "PUT", "DELETE"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        char fault[128];
        for (int refused = 0; refused < 2; refused++) {
            snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"method\": \"%s\", \"code\": %d}", methods[i],
                     refused ? 403 : 502);
            test_server_fault(&f->server, fault);
        }
        fm_write write = i == 0   ? create(f, "u1", "One", FM_OUTCOME_FAILED)
                         : i == 1 ? update(f, A_HREF, "\"2\"", "a", "New", FM_OUTCOME_FAILED)
                                  : delete (f, A_HREF, "\"2\"", "a", FM_OUTCOME_FAILED);
        assert_int_equal(write.error.http_status, 403);
        fm_write_clear(&write);
    }
}

static void test_a_refused_password_stops_everything(void **state)
{
    enum { COUNT = 100 };
    fixture *f = *state;
    fm_write writes[COUNT];
    char uids[COUNT][16], *text = test_event("u", "One");
    for (int i = 0; i < COUNT; i++) {
        snprintf(uids[i], sizeof uids[i], "u%d", i);
        writes[i] = test_create(uids[i], text);
    }
    test_server_fault(&f->server, "{\"kind\": \"status\", \"method\": \"PUT\", \"code\": 401, \"times\": -1}");
    assert_int_equal(test_calendar_apply(&f->calendar, writes, COUNT), FM_EAUTH);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(writes[i].outcome, FM_OUTCOME_NONE);
    assert_true(test_server_count(&f->server, "PUT") <= 4);
    free(text);
}

static void test_an_unreachable_server_stops_everything(void **state)
{
    enum { COUNT = 100 };
    fixture *f = *state;
    fm_write writes[COUNT];
    char uids[COUNT][16], *text = test_event("u", "One");
    int failed = 0, none = 0;
    for (int i = 0; i < COUNT; i++) {
        snprintf(uids[i], sizeof uids[i], "u%d", i);
        writes[i] = test_create(uids[i], text);
    }
    test_server_fault(&f->server, "{\"kind\": \"status\", \"code\": 503, \"times\": -1}");
    assert_int_equal(test_calendar_apply(&f->calendar, writes, COUNT), FM_ETHROTTLED);
    for (int i = 0; i < COUNT; i++) {
        failed += writes[i].outcome == FM_OUTCOME_FAILED;
        none += writes[i].outcome == FM_OUTCOME_NONE;
        fm_write_clear(&writes[i]);
    }
    assert_int_equal(failed, 3);
    assert_int_equal(failed + none, COUNT);
    free(text);
}

static void test_a_calendar_that_is_gone(void **state)
{
    fixture *f = *state;
    char *text = test_event("u1", "One");
    fm_write write = test_create("u1", text);
    free(test_server_control(&f->server, "POST", "/_calendar", "{\"name\": \"short\"}"));
    fm_options_set_string(f->calendar.options, "calendar_id", "short");
    test_calendar_open(&f->calendar);
    free(test_server_control(&f->server, "DELETE", "/_calendar/short", NULL));
    assert_int_equal(test_calendar_apply(&f->calendar, &write, 1), FM_ENOTFOUND);
    assert_int_equal(write.outcome, FM_OUTCOME_NONE);
    free(text);
}

static void test_a_dry_run_writes_nothing(void **state)
{
    fixture *f = *state;
    char *text = test_event("u1", "One");
    fm_write write = test_create("u1", text);
    f->calendar.env.read_only = true;
    assert_int_equal(test_calendar_apply(&f->calendar, &write, 1), FM_EREADONLY);
    assert_int_equal(test_server_count(&f->server, "PUT"), 0);
    free(text);
}

static fm_status count_written(void *data, fm_write *write, fm_error *err)
{
    int *left = data;
    assert_int_equal(write->outcome, FM_OUTCOME_DONE);
    return --*left ? FM_OK : fm_error_set(err, FM_EIO, "test", "enough");
}

static void test_the_caller_hears_of_each_and_can_end_it(void **state)
{
    enum { COUNT = 50 };
    fixture *f = *state;
    fm_write writes[COUNT];
    char uids[COUNT][16], *texts[COUNT];
    int left = 5, done = 0;
    fm_op *op;
    fm_error err = {0};
    for (int i = 0; i < COUNT; i++) {
        snprintf(uids[i], sizeof uids[i], "u%d", i);
        texts[i] = test_event(uids[i], "One");
        writes[i] = test_create(uids[i], texts[i]);
    }
    assert_int_equal(fm_provider_apply(f->calendar.provider, writes, COUNT, count_written, &left, &op, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, &f->calendar.env, &err), FM_EIO);
    assert_string_equal(err.message, "enough");
    fm_op_free(op);
    for (int i = 0; i < COUNT; i++) {
        done += writes[i].outcome == FM_OUTCOME_DONE;
        fm_write_clear(&writes[i]);
        free(texts[i]);
    }
    assert_int_equal(done, 5);
}

static void test_a_thousand_writes_take_a_thousand_requests(void **state)
{
    enum { COUNT = 1000 };
    fixture *f = *state;
    fm_write *writes = calloc(COUNT, sizeof *writes);
    char(*uids)[16] = calloc(COUNT, sizeof *uids), **texts = calloc(COUNT, sizeof *texts);
    for (int i = 0; i < COUNT; i++) {
        snprintf(uids[i], sizeof uids[i], "u%d", i);
        texts[i] = test_event(uids[i], "One");
        writes[i] = test_create(uids[i], texts[i]);
    }
    free(test_server_control(&f->server, "DELETE", "/_log", NULL));
    assert_int_equal(test_calendar_apply(&f->calendar, writes, COUNT), FM_OK);
    for (int i = 0; i < COUNT; i++) {
        assert_outcome(&writes[i], FM_OUTCOME_DONE);
        fm_write_clear(&writes[i]);
        free(texts[i]);
    }
    assert_int_equal(test_server_count(&f->server, NULL), COUNT);
    assert_int_equal(holds(f, "SUMMARY:One"), COUNT);
    free(writes);
    free(uids);
    free(texts);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, before_each, test_scripted_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_a_new_event),
        WITH_SERVER(test_without_an_etag_in_the_answer),
        WITH_SERVER(test_update_and_delete),
        WITH_SERVER(test_whatever_is_there),
        WITH_SERVER(test_lines_end_with_cr_lf),
        WITH_SERVER(test_changed_meanwhile),
        WITH_SERVER(test_gone_meanwhile),
        WITH_SERVER(test_gone_in_other_words),
        WITH_SERVER(test_moved_meanwhile),
        WITH_SERVER(test_a_create_that_is_there_already),
        WITH_SERVER(test_uid_conflicts_are_found),
        WITH_SERVER(test_a_uid_in_the_trash_is_told_in_the_servers_words),
        WITH_SERVER(test_the_href_of_a_uid_conflict_is_enough),
        WITH_SERVER(test_a_uid_in_another_calendar_is_refused),
        WITH_SERVER(test_many_conflicts_share_a_listing),
        WITH_SERVER(test_weak_etags),
        WITH_SERVER(test_lost_replies),
        WITH_SERVER(test_server_errors),
        WITH_SERVER(test_a_server_error_after_which_another_wrote),
        WITH_SERVER(test_refusals),
        WITH_SERVER(test_a_repetition_that_is_refused),
        WITH_SERVER(test_a_refused_password_stops_everything),
        WITH_SERVER(test_an_unreachable_server_stops_everything),
        WITH_SERVER(test_a_calendar_that_is_gone),
        WITH_SERVER(test_a_dry_run_writes_nothing),
        WITH_SERVER(test_the_caller_hears_of_each_and_can_end_it),
        WITH_SERVER(test_a_thousand_writes_take_a_thousand_requests),
    };
    return cmocka_run_group_tests(tests, group_setup, test_scripted_stop);
}
