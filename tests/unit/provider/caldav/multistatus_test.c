#include "provider/caldav/multistatus.h"
#include "support/cmocka.h"
#include "util/buf.h"

#include <stdio.h>
#include <string.h>

#define OPEN                                                                                                           \
    "<d:multistatus xmlns:d='DAV:' xmlns:c='urn:ietf:params:xml:ns:caldav' xmlns:s='http://calendarserver.org/ns/'>"
#define CLOSE "</d:multistatus>"

/* Writes down each response in one line. */
typedef struct seen {
    fm_buf out;
    fm_status refuse;
} seen;

static const char *const text_names[FM_DAV_TEXTS] = {"etag",  "data",  "ctag",      "token",  "name",
                                                     "color", "order", "principal", "default"};

static fm_status on_response(void *data, const fm_dav_response *r, fm_error *err)
{
    seen *s = data;
    fm_buf_addf(&s->out, "%s", r->href);
    if (r->status)
        fm_buf_addf(&s->out, " status=%d", r->status);
    for (int i = 0; i < FM_DAV_TEXTS; i++)
        if (r->props.text[i])
            fm_buf_addf(&s->out, " %s=%s", text_names[i], r->props.text[i]);
    for (size_t i = 0; i < FM_DAV_HOMES_MAX && r->props.homes[i]; i++)
        fm_buf_addf(&s->out, " home=%s", r->props.homes[i]);
    if (r->props.kinds)
        fm_buf_addf(&s->out, " kinds=%x", r->props.kinds);
    if (r->props.has_privileges)
        fm_buf_addf(&s->out, " may=%x", r->props.privileges);
    if (r->props.has_components)
        fm_buf_addf(&s->out, " events=%d", r->props.events);
    if (r->props.has_reports)
        fm_buf_addf(&s->out, " reports=%x", r->props.reports);
    if (r->props.unauthenticated)
        fm_buf_adds(&s->out, " unauthenticated");
    if (r->conditions)
        fm_buf_addf(&s->out, " condition=%s", r->condition_name);
    fm_buf_addc(&s->out, '\n');
    return s->refuse ? fm_error_set(err, s->refuse, "test", "enough") : FM_OK;
}

static fm_multistatus *start(seen *s)
{
    fm_multistatus *m;
    fm_buf_init(&s->out, 1 << 20);
    assert_int_equal(fm_multistatus_new(&m, on_response, s, NULL), FM_OK);
    return m;
}

static void assert_reads(const char *body, const char *expected)
{
    static const size_t steps[] = {1, 100000};
    for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
        seen s = {0};
        fm_error err = {0};
        fm_multistatus *m = start(&s);
        size_t len = strlen(body);
        for (size_t at = 0; at < len; at += steps[k])
            assert_int_equal(fm_multistatus_feed(m, body + at, len - at < steps[k] ? len - at : steps[k], &err), FM_OK);
        if (fm_multistatus_finish(m, &err))
            fail_msg("%s", err.message);
        assert_string_equal(s.out.data, expected);
        fm_multistatus_free(m);
        fm_buf_free(&s.out);
    }
}

static void test_etags_and_data(void **state)
{
    (void)state;
    assert_reads(OPEN "<d:response><d:href> /c/a%40b.ics\n</d:href><d:propstat><d:prop><d:getetag>\"1\"</d:getetag>"
                      "<c:calendar-data>BEGIN:VCALENDAR\nEND</c:calendar-data></d:prop>"
                      "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>" CLOSE,
                 "/c/a%40b.ics etag=\"1\" data=BEGIN:VCALENDAR\nEND\n");
}

static void test_cdata_and_a_status_in_front(void **state)
{
    (void)state;
    assert_reads(OPEN "<d:response><d:href>/x</d:href><d:propstat><d:status>HTTP/1.1 200 OK</d:status><d:prop>"
                      "<d:displayname><![CDATA[A & B]]></d:displayname></d:prop></d:propstat></d:response>" CLOSE,
                 "/x name=A & B\n");
}

static void test_only_2xx_propstats_count(void **state)
{
    (void)state;
    assert_reads(OPEN "<d:response><d:href>/x</d:href><d:propstat><d:prop><d:getetag>\"1\"</d:getetag></d:prop>"
                      "<d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><s:getctag/>"
                      "<d:getetag/><d:supported-report-set/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status>"
                      "</d:propstat></d:response>" CLOSE,
                 "/x etag=\"1\"\n");
}

static void test_tombstones(void **state)
{
    (void)state;
    assert_reads(OPEN "<d:response><d:href>/x</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
                      "<d:response><d:href>/y</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>"
                      "<d:error><d:number-of-matches-within-limits/></d:error></d:response>" CLOSE,
                 "/x status=404\n/y status=507 condition=number-of-matches-within-limits\n");
}

static void test_a_calendar(void **state)
{
    (void)state;
    assert_reads(
        "<multistatus xmlns='DAV:'><response><href>/c/</href><propstat><prop>"
        "<resourcetype><collection/><C:calendar xmlns:C='urn:ietf:params:xml:ns:caldav'/></resourcetype>"
        "<current-user-privilege-set><privilege><read/></privilege><privilege><write-content/></privilege>"
        "<privilege><bind/></privilege></current-user-privilege-set>"
        "<C:supported-calendar-component-set xmlns:C='urn:ietf:params:xml:ns:caldav'><C:comp name='VTODO'/>"
        "<C:comp name='VEVENT'/></C:supported-calendar-component-set>"
        "<supported-report-set><supported-report><report><sync-collection/></report></supported-report>"
        "<supported-report><C:calendar-query xmlns:C='urn:ietf:params:xml:ns:caldav'/></supported-report>"
        "</supported-report-set><x:calendar-color xmlns:x='http://apple.com/ns/ical/'>#ff0000ff</x:calendar-color>"
        "<x:calendar-order xmlns:x='http://apple.com/ns/ical/'>3</x:calendar-order>"
        "<sync-token>in-prop</sync-token></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>",
        "/c/ token=in-prop color=#ff0000ff order=3 kinds=3 may=6 events=1 reports=5\n");
}

static void test_principals_and_homes(void **state)
{
    (void)state;
    assert_reads(OPEN "<d:response><d:href>/</d:href><d:propstat><d:prop>"
                      "<d:current-user-principal><d:href>/p/</d:href></d:current-user-principal>"
                      "<c:calendar-home-set><d:href>https://p1.example/1/</d:href><d:href>/2/</d:href>"
                      "</c:calendar-home-set></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
                      "<d:response><d:href>/n</d:href><d:propstat><d:prop><d:current-user-principal>"
                      "<d:unauthenticated/></d:current-user-principal></d:prop><d:status>HTTP/1.1 200 OK</d:status>"
                      "</d:propstat></d:response>" CLOSE,
                 "/ principal=/p/ home=https://p1.example/1/ home=/2/\n/n unauthenticated\n");
}

static const fm_dav_summary *summary_of(const char *body, fm_multistatus **m, seen *s)
{
    *m = start(s);
    assert_int_equal(fm_multistatus_feed(*m, body, strlen(body), NULL), FM_OK);
    assert_int_equal(fm_multistatus_finish(*m, NULL), FM_OK);
    return fm_multistatus_summary(*m);
}

static void test_sync_token_before_or_after(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        OPEN "<d:sync-token> t:1 </d:sync-token><d:response><d:href>/x</d:href></d:response>" CLOSE,
        OPEN "<d:response><d:href>/x</d:href></d:response><d:sync-token>t:1</d:sync-token>" CLOSE,
    };
    for (size_t i = 0; i < 2; i++) {
        seen s = {0};
        fm_multistatus *m;
        assert_string_equal(summary_of(bodies[i], &m, &s)->sync_token, "t:1");
        fm_multistatus_free(m);
        fm_buf_free(&s.out);
    }
}

static void test_error_bodies(void **state)
{
    (void)state;
    seen s = {0};
    fm_multistatus *m;
    const fm_dav_summary *summary =
        summary_of("<error xmlns='DAV:'><x:no-uid-conflict xmlns:x='urn:ietf:params:xml:ns:caldav'>"
                   "<href>/c/old.ics</href></x:no-uid-conflict></error>",
                   &m, &s);
    assert_int_equal(summary->conditions, FM_DAV_UID_CONFLICT);
    assert_string_equal(summary->condition_name, "no-uid-conflict");
    assert_string_equal(summary->condition_href, "/c/old.ics");
    assert_int_equal(summary->responses, 0);
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

static void test_uid_conflicts_have_two_names(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "<error xmlns='DAV:'><x:no-uid-conflict xmlns:x='urn:ietf:params:xml:ns:caldav'/></error>",
        "<error xmlns='DAV:'><x:unique-scheduling-object-resource xmlns:x='urn:ietf:params:xml:ns:caldav'/></error>",
    };
    for (size_t i = 0; i < 2; i++) {
        seen s = {0};
        fm_multistatus *m;
        assert_int_equal(summary_of(bodies[i], &m, &s)->conditions, FM_DAV_UID_CONFLICT);
        fm_multistatus_free(m);
        fm_buf_free(&s.out);
    }
}

/* Servers built on sabre, Nextcloud among them, name an exception where others name a condition. */
static void test_an_exception_is_no_condition(void **state)
{
    (void)state;
    seen s = {0};
    fm_multistatus *m;
    const fm_dav_summary *summary =
        summary_of("<d:error xmlns:d='DAV:' xmlns:s='http://sabredav.org/ns'><s:exception>Forbidden</s:exception>"
                   "<s:message> It is in the trash </s:message></d:error>",
                   &m, &s);
    assert_int_equal(summary->conditions, 0);
    assert_null(summary->condition_name);
    assert_string_equal(summary->explanation, "It is in the trash");
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

static void test_a_failed_put_in_a_207(void **state)
{
    (void)state;
    seen s = {0};
    fm_multistatus *m;
    const fm_dav_summary *summary =
        summary_of(OPEN "<d:response><d:href>/x</d:href><d:status>HTTP/1.1 412 Precondition "
                        "Failed</d:status><d:error><c:no-uid-conflict/></d:error>"
                        "</d:response>" CLOSE,
                   &m, &s);
    assert_int_equal(summary->first_status, 412);
    assert_int_equal(summary->conditions, FM_DAV_UID_CONFLICT);
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

static void assert_fails(const char *body, fm_status expected)
{
    seen s = {0};
    fm_error err = {0};
    fm_multistatus *m = start(&s);
    fm_status status = fm_multistatus_feed(m, body, strlen(body), &err);
    if (!status)
        status = fm_multistatus_finish(m, &err);
    assert_int_equal(status, expected);
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

static void test_what_is_no_answer(void **state)
{
    (void)state;
    assert_fails("", FM_EPARSE);
    assert_fails("<html><body>Sign in</body></html>", FM_EPARSE);
    assert_fails(OPEN "<d:response><d:href>/x</d:href>", FM_EPARSE);
    assert_fails("<multistatus/>", FM_EPARSE);
    assert_fails("<!DOCTYPE x><multistatus xmlns='DAV:'/>", FM_ELIMIT);
}

static void test_the_receiver_can_end_it(void **state)
{
    (void)state;
    seen s = {.refuse = FM_ECANCELED};
    fm_error err = {0};
    fm_multistatus *m = start(&s);
    const char *body =
        OPEN "<d:response><d:href>/x</d:href></d:response><d:response><d:href>/y</d:href></d:response>" CLOSE;
    assert_int_equal(fm_multistatus_feed(m, body, strlen(body), &err), FM_ECANCELED);
    assert_string_equal(s.out.data, "/x\n");
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

static void test_one_response_has_a_limit(void **state)
{
    (void)state;
    seen s = {0};
    static char block[65536];
    fm_multistatus *m = start(&s);
    const char *head = OPEN "<d:response><d:href>/x</d:href><d:propstat><d:prop><c:calendar-data>";
    memset(block, 'x', sizeof block);
    fm_status status = fm_multistatus_feed(m, head, strlen(head), NULL);
    for (int i = 0; i < 70 && !status; i++)
        status = fm_multistatus_feed(m, block, sizeof block, NULL);
    assert_int_equal(status, FM_ELIMIT);
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

static void test_what_is_in_no_response_has_a_limit(void **state)
{
    (void)state;
    seen s = {0};
    static char block[65536];
    fm_multistatus *m = start(&s);
    memset(block, 'x', sizeof block);
    memcpy(block, "<!--", 4); /* which is no text either */
    memcpy(block + sizeof block - 3, "-->", 3);
    fm_status status = fm_multistatus_feed(m, OPEN, strlen(OPEN), NULL);
    for (int i = 0; i < 300 && !status; i++)
        status = fm_multistatus_feed(m, block, sizeof block, NULL);
    assert_int_equal(status, FM_ELIMIT);
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

/* As many bytes as would be too many, but each response ends. */
static void test_many_responses_have_none(void **state)
{
    (void)state;
    seen s = {0};
    static char block[65536];
    fm_multistatus *m = start(&s);
    const char *end = "<d:response><d:href>/x</d:href></d:response>";
    memset(block, ' ', sizeof block);
    memcpy(block + sizeof block - strlen(end), end, strlen(end));
    assert_int_equal(fm_multistatus_feed(m, OPEN, strlen(OPEN), NULL), FM_OK);
    for (int i = 0; i < 300; i++)
        assert_int_equal(fm_multistatus_feed(m, block, sizeof block, NULL), FM_OK);
    fm_multistatus_free(m);
    fm_buf_free(&s.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_etags_and_data),
        cmocka_unit_test(test_cdata_and_a_status_in_front),
        cmocka_unit_test(test_only_2xx_propstats_count),
        cmocka_unit_test(test_tombstones),
        cmocka_unit_test(test_a_calendar),
        cmocka_unit_test(test_principals_and_homes),
        cmocka_unit_test(test_sync_token_before_or_after),
        cmocka_unit_test(test_error_bodies),
        cmocka_unit_test(test_uid_conflicts_have_two_names),
        cmocka_unit_test(test_an_exception_is_no_condition),
        cmocka_unit_test(test_a_failed_put_in_a_207),
        cmocka_unit_test(test_what_is_no_answer),
        cmocka_unit_test(test_the_receiver_can_end_it),
        cmocka_unit_test(test_one_response_has_a_limit),
        cmocka_unit_test(test_what_is_in_no_response_has_a_limit),
        cmocka_unit_test(test_many_responses_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
