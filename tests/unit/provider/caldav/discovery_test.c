#include "provider/caldav/caldav.h"
#include "support/calendar.h"
#include "support/cmocka.h"

#include <cjson/cJSON.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the DNS says to this process: the target of _caldavs._tcp, port 8443. NULL: nothing. */
static const char *service_host;
static char asked_name[256];

static size_t put_name(unsigned char *at, const char *name)
{
    unsigned char *start = at;
    for (size_t size; *name; name += size + (name[size] == '.')) {
        size = strcspn(name, ".");
        *at++ = (unsigned char)size;
        memcpy(at, name, size);
        at += size;
    }
    *at++ = 0;
    return (size_t)(at - start);
}

/* Stands in for the C library's. */
int res_nquery(res_state state, const char *name, int class, int type, unsigned char *answer, int size)
{
    static const unsigned char head[] = {0, 1, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0};
    static const unsigned char record[] = {0, ns_t_srv, 0, 1, 0, 0, 0, 60}, service[] = {0, 0, 0, 0, 0x20, 0xFB};
    unsigned char *at = answer;
    (void)state;
    (void)class;
    if (!service_host || type != ns_t_srv || size < 512)
        return -1;
    snprintf(asked_name, sizeof asked_name, "%s", name);
    memcpy(at, head, sizeof head);
    at += sizeof head;
    at += put_name(at, name);
    memcpy(at, record, sizeof record);
    at += sizeof record;
    size_t len = put_name(at + 2 + sizeof service, service_host) + sizeof service;
    *at++ = (unsigned char)(len >> 8);
    *at++ = (unsigned char)len;
    memcpy(at, service, sizeof service);
    return (int)(at + len - answer);
}

typedef struct fixture {
    test_server server;
    test_calendar calendar;
} fixture;

static int group_setup(void **state)
{
    *state = calloc(1, sizeof(fixture));
    return 0;
}

static int group_teardown(void **state)
{
    free(*state);
    return 0;
}

/* A server of its own for each test: calendars are added. */
static int before_each(void **state)
{
    fixture *f = *state;
    service_host = NULL;
    test_server_start_scripted(&f->server, NULL);
    test_calendar_init(&f->calendar, &f->server);
    return 0;
}

static int after_each(void **state)
{
    fixture *f = *state;
    test_calendar_free(&f->calendar);
    test_server_stop(&f->server);
    return 0;
}

static void set(fixture *f, const char *name, const char *value)
{
    assert_int_equal(fm_options_set_string(f->calendar.options, name, value), FM_OK);
}

static void set_endpoint(fixture *f, const char *path)
{
    char url[512];
    snprintf(url, sizeof url, "%s%s", f->server.url, path + 1);
    set(f, "endpoint", url);
}

static void add_calendar(fixture *f, const char *json)
{
    free(test_server_control(&f->server, "POST", "/_calendar", json));
}

static const fm_binding *opened(fixture *f)
{
    test_calendar_open(&f->calendar);
    return fm_provider_binding(f->calendar.provider);
}

static void assert_fails(fixture *f, fm_status expected, const char *part)
{
    assert_int_equal(test_calendar_try_open(&f->calendar), expected);
    if (!strstr(f->calendar.error.message, part))
        fail_msg("\"%s\" is not in: %s", part, f->calendar.error.message);
    if (f->calendar.provider)
        assert_null(fm_provider_binding(f->calendar.provider));
}

static void test_from_the_server_url(void **state)
{
    fixture *f = *state;
    const fm_binding *b = opened(f);
    assert_string_equal(b->account, "/principals/alice/");
    assert_string_equal(b->calendar_id, "/cal/alice/kanban/");
    assert_string_equal(b->name, "Kanban");
    assert_true(b->writable);
    assert_int_equal(test_server_count(&f->server, NULL), 3);
}

static void test_by_way_of_well_known(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"principal_at_root\": false, \"well_known\": \"/principals/alice/\"}");
    assert_string_equal(opened(f)->calendar_id, "/cal/alice/kanban/");
}

static void test_from_a_bare_host(void **state)
{
    fixture *f = *state;
    char host[64];
    snprintf(host, sizeof host, "localhost%.6s", strrchr(f->server.url, ':'));
    host[strcspn(host, "/")] = '\0';
    set(f, "endpoint", host);
    assert_string_equal(opened(f)->calendar_id, "/cal/alice/kanban/");
}

/* The server that DNS names is the first that is asked, under the credentials of the domain. */
static void test_dns_names_the_server_of_a_domain(void **state)
{
    fixture *f = *state;
    service_host = "dav.example.invalid";
    set(f, "endpoint", "example.invalid");
    assert_fails(f, FM_ENETWORK, "https://dav.example.invalid:8443");
    assert_string_equal(asked_name, "_caldavs._tcp.example.invalid");
}

static void test_a_server_outside_the_domain_is_not_followed(void **state)
{
    fixture *f = *state;
    service_host = "dav.evil.invalid";
    set(f, "endpoint", "example.invalid");
    assert_fails(f, FM_EINVAL, "names dav.evil.invalid as its calendar server, in another domain");
}

static void test_dns_is_asked_about_domains_only(void **state)
{
    fixture *f = *state;
    service_host = "dav.example.invalid";
    asked_name[0] = '\0';
    opened(f);
    set(f, "endpoint", "https://example.invalid/");
    assert_fails(f, FM_ENETWORK, "https://example.invalid:443");
    assert_string_equal(asked_name, "");
}

static void test_a_calendar_s_own_url_is_enough(void **state)
{
    fixture *f = *state;
    set_endpoint(f, "/cal/alice/kanban/");
    assert_string_equal(opened(f)->account, "/principals/alice/");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_a_path_as_calendar_is_asked_first(void **state)
{
    fixture *f = *state;
    set(f, "calendar_id", "/cal/alice/kanban/");
    assert_string_equal(opened(f)->calendar_id, "/cal/alice/kanban/");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
    set(f, "calendar_id", "/cal/alice/nothing/");
    assert_fails(f, FM_ENOTFOUND, "\"Kanban\" (kanban)");
}

static void test_hrefs_on_another_host(void **state)
{
    fixture *f = *state;
    char options[256];
    snprintf(options, sizeof options, "{\"absolute_hrefs\": \"http://localhost%.*s\"}",
             (int)strcspn(strrchr(f->server.url, ':'), "/"), strrchr(f->server.url, ':'));
    test_server_options(&f->server, options);
    test_calendar_open(&f->calendar);
    assert_int_equal(test_calendar_changes(&f->calendar, NULL), FM_OK);
    char *log = test_server_control(&f->server, "GET", "/_log", NULL);
    assert_non_null(strstr(log, "\"Host\": \"localhost:"));
    free(log);
}

/* Requests so far for a host, and how many of them held credentials. */
static int count_for_host(fixture *f, const char *host, int *with_credentials)
{
    int count = 0;
    char *text = test_server_control(&f->server, "GET", "/_log", NULL);
    cJSON *log = cJSON_Parse(text), *row;
    *with_credentials = 0;
    cJSON_ArrayForEach(row, cJSON_GetObjectItem(log, "requests"))
    {
        cJSON *headers = cJSON_GetObjectItem(row, "headers");
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(headers, "Host")), host) != 0)
            continue;
        count++;
        *with_credentials += cJSON_GetObjectItem(headers, "Authorization") != NULL;
    }
    cJSON_Delete(log);
    free(text);
    return count;
}

/* As a proxy the server is every host there is. */
static void be_every_host(fixture *f)
{
    char proxy[256];
    snprintf(proxy, sizeof proxy, "%.*s", (int)strlen(f->server.url) - 1, f->server.url);
    set(f, "proxy", proxy);
    set(f, "endpoint", "http://cal.example.invalid/");
    fm_options_set_bool(f->calendar.options, "allow_http", true);
}

static void assert_no_credentials_for(fixture *f, const char *host)
{
    int with_credentials;
    assert_fails(f, FM_EAUTH, "leads to a server of another domain, which does not get the password");
    assert_true(count_for_host(f, "cal.example.invalid", &with_credentials) > 0);
    assert_true(count_for_host(f, host, &with_credentials) > 0);
    assert_int_equal(with_credentials, 0);
}

static void test_credentials_do_not_go_to_foreign_hrefs(void **state)
{
    fixture *f = *state;
    be_every_host(f);
    test_server_options(&f->server, "{\"absolute_hrefs\": \"http://cal.evil.invalid\"}");
    assert_no_credentials_for(f, "cal.evil.invalid");
    int with_credentials;
    count_for_host(f, "cal.example.invalid", &with_credentials);
    assert_true(with_credentials > 0);
}

static void test_credentials_do_not_follow_foreign_redirects(void **state)
{
    fixture *f = *state;
    be_every_host(f);
    test_server_fault(&f->server, "{\"kind\": \"status\", \"code\": 301, \"headers\": {\"Location\": "
                                  "\"http://cal.evil.invalid/\"}}");
    assert_no_credentials_for(f, "cal.evil.invalid");
}

/* iCloud: a Retry-After that is too short is answered with waits that double. */
static void test_apple_is_given_more_time_than_it_asks_for(void **state)
{
    fixture *f = *state;
    f->calendar.klass = &fm_provider_apple;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"code\": 503, \"times\": 4, \"headers\": {\"Retry-After\": "
                                  "\"1\"}}");
    opened(f);
    assert_in_range(f->calendar.waited_ms, 2000 + 4000 + 8000 + 16000, 60000);
}

static void test_every_home_is_looked_at(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"homes\": [\"/shared/\", \"/nothing/\"]}");
    test_server_fault(&f->server,
                      "{\"kind\": \"replace\", \"path\": \"/shared/\", \"code\": 207, \"times\": -1, \"body\": "
                      "\"<multistatus xmlns='DAV:'><response><href>/shared/team/</href><propstat><prop><displayname>"
                      "Team</displayname><resourcetype><C:calendar xmlns:C='urn:ietf:params:xml:ns:caldav'/>"
                      "</resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>\"}");
    set(f, "calendar_id", "Team");
    assert_string_equal(opened(f)->calendar_id, "/shared/team/");
    set(f, "calendar_id", "kanban");
    assert_string_equal(opened(f)->calendar_id, "/cal/alice/kanban/");
}

/* iCloud leaves the home set out where it slows a client down. */
static void test_an_account_without_a_home(void **state)
{
    fixture *f = *state;
    test_server_fault(
        &f->server,
        "{\"kind\": \"replace\", \"path\": \"/principals/\", \"code\": 207, \"times\": -1, \"body\": "
        "\"<multistatus xmlns='DAV:'><response><href>/principals/alice/</href></response></multistatus>\"}");
    assert_fails(f, FM_ENOTFOUND, "lets alice in but names no calendars");
}

static void test_by_id_name_and_primary(void **state)
{
    fixture *f = *state;
    add_calendar(f, "{\"name\": \"w1\", \"display_name\": \"Work\"}");
    add_calendar(f, "{\"name\": \"home\", \"display_name\": \"Zuhause\"}");
    static const char *const wanted[][2] = {
        {"w1", "/cal/alice/w1/"},         {"Work", "/cal/alice/w1/"},      {"work", "/cal/alice/w1/"},
        {"primary", "/cal/alice/home/"},  {"", "/cal/alice/home/"},        {"/cal/alice/w1", "/cal/alice/w1/"},
        {"kanban", "/cal/alice/kanban/"}, {"Zuhause", "/cal/alice/home/"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        set(f, "calendar_id", wanted[i][0]);
        assert_string_equal(opened(f)->calendar_id, wanted[i][1]);
    }
}

static void test_unknown_and_ambiguous_calendars(void **state)
{
    fixture *f = *state;
    add_calendar(f, "{\"name\": \"a\", \"display_name\": \"Work\"}");
    add_calendar(f, "{\"name\": \"b\", \"display_name\": \"Work\"}");
    set(f, "calendar_id", "nothing");
    assert_fails(f, FM_ENOTFOUND, "\"Kanban\" (kanban), \"Work\" (a), \"Work\" (b)");
    set(f, "calendar_id", "Work");
    assert_fails(f, FM_EINVAL, "/cal/alice/a/");
}

static void test_task_lists_are_refused(void **state)
{
    fixture *f = *state;
    add_calendar(f, "{\"name\": \"tasks\", \"components\": [\"VTODO\"]}");
    set(f, "calendar_id", "tasks");
    assert_fails(f, FM_EINVAL, "takes no events");
}

static void test_read_only_calendars_open_but_take_nothing(void **state)
{
    fixture *f = *state;
    char *text = test_event("u1", "T");
    fm_write write = test_create("u1", text);
    add_calendar(f, "{\"name\": \"shared\", \"writable\": false}");
    set(f, "calendar_id", "shared");
    assert_false(opened(f)->writable);
    assert_int_equal(test_calendar_changes(&f->calendar, NULL), FM_OK);
    assert_int_equal(test_calendar_apply(&f->calendar, &write, 1), FM_OK);
    assert_int_equal(write.outcome, FM_OUTCOME_REFUSED);
    assert_int_equal(write.error.status, FM_EACCESS);
    assert_non_null(strstr(write.error.message, "read-only"));
    assert_int_equal(test_server_count(&f->server, "PUT"), 0);
    free(text);
}

static void test_wrong_password(void **state)
{
    fixture *f = *state;
    set(f, "password", "wrong-password");
    assert_fails(f, FM_EAUTH, "alice");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
    assert_null(strstr(f->calendar.error.message, "wrong-password"));
}

static void test_a_principal_of_nobody(void **state)
{
    fixture *f = *state;
    test_server_fault(
        &f->server,
        "{\"kind\": \"replace\", \"code\": 207, \"body\": \"<multistatus xmlns='DAV:'><response><href>/</href>"
        "<propstat><prop><current-user-principal><unauthenticated/></current-user-principal></prop>"
        "<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>\"}");
    assert_fails(f, FM_EAUTH, "lets nobody in");
}

static void test_no_caldav_server(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server,
                      "{\"kind\": \"status\", \"times\": -1, \"code\": 200, \"body\": \"<html>Hi</html>\"}");
    assert_fails(f, FM_ENOTFOUND, "the address of a CalDAV server?");
}

/* The codes alone would speak of a resource or of the request. */
static void test_refusals_at_the_door_are_explained(void **state)
{
    fixture *f = *state;
    static const struct {
        int code;
        fm_status status;
        const char *part;
    } cases[] = {
        {403, FM_EACCESS, "alice may not sign in"},
        {423, FM_EACCESS, "is the account locked"},
        {404, FM_ENOTFOUND, "the address of a CalDAV server?"},
        {405, FM_ENOTFOUND, "the address of a CalDAV server?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char fault[128];
        snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"times\": -1, \"code\": %d}", cases[i].code);
        test_server_fault(&f->server, fault);
        assert_fails(f, cases[i].status, cases[i].part);
        free(test_server_control(&f->server, "DELETE", "/_fault", NULL));
    }
}

static void test_huge_answers_are_not_asked_for_again(void **state)
{
    fixture *f = *state;
    static const char *const faults[] = {
        "{\"kind\": \"bomb\", \"times\": -1, \"megabytes\": 64}",
        "{\"kind\": \"bomb\", \"times\": -1, \"megabytes\": 64, \"code\": 403}",
        "{\"kind\": \"bomb\", \"times\": -1, \"megabytes\": 64, \"code\": 200}",
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        free(test_server_control(&f->server, "DELETE", "/_log", NULL));
        test_server_fault(&f->server, faults[i]);
        assert_fails(f, FM_ELIMIT, "signing in: the answer is larger than");
        assert_int_equal(test_server_count(&f->server, NULL), 1);
        free(test_server_control(&f->server, "DELETE", "/_fault", NULL));
    }
}

static void test_nobody_listens(void **state)
{
    fixture *f = *state;
    set(f, "endpoint", "http://127.0.0.1:9/");
    assert_fails(f, FM_ENETWORK, "127.0.0.1");
}

static void test_settings_are_checked(void **state)
{
    fixture *f = *state;
    static const char *const endpoints[] = {"", "ftp://example.com/", "https://u:p@example.com/", "http://a b/"};
    for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
        set(f, "endpoint", endpoints[i]);
        assert_fails(f, FM_EINVAL, "endpoint");
    }
    set(f, "endpoint", "http://example.com/");
    assert_fails(f, FM_EINVAL, "allow_http");
    set(f, "endpoint", f->server.url);
    fm_options_set_int(f->calendar.options, "timeout_ms", 0);
    assert_fails(f, FM_EINVAL, "timeout_ms");
}

static void test_a_bookmark_saves_every_request(void **state)
{
    fixture *f = *state;
    set(f, "discovery", opened(f)->discovery);
    free(test_server_control(&f->server, "DELETE", "/_log", NULL));
    const fm_binding *b = opened(f);
    assert_string_equal(b->calendar_id, "/cal/alice/kanban/");
    assert_string_equal(b->account, "/principals/alice/");
    assert_string_equal(b->name, "Kanban");
    assert_true(b->writable);
    assert_int_equal(test_server_count(&f->server, NULL), 0);
}

static void test_a_bookmark_is_for_one_set_of_settings(void **state)
{
    fixture *f = *state;
    char *bookmark = strdup(opened(f)->discovery);
    add_calendar(f, "{\"name\": \"other\"}");
    set(f, "discovery", bookmark);
    set(f, "calendar_id", "other");
    assert_string_equal(opened(f)->calendar_id, "/cal/alice/other/");
    set(f, "calendar_id", "primary");
    for (size_t len = 0; len < strlen(bookmark); len += 7) {
        char *part = strndup(bookmark, len);
        set(f, "discovery", part);
        assert_string_equal(opened(f)->calendar_id, "/cal/alice/kanban/");
        free(part);
    }
    free(bookmark);
}

static fm_status collect(void *data, const fm_calendar *c, fm_error *err)
{
    (void)err;
    return fm_buf_addf(data, "%s|%s|%s|%s%s%s\n", c->id, c->name, c->color ? c->color : "", c->writable ? "w" : "",
                       c->events ? "e" : "", c->primary ? "p" : "");
}

static void test_list(void **state)
{
    fixture *f = *state;
    fm_op *op;
    fm_buf out;
    add_calendar(f, "{\"name\": \"tasks\", \"components\": [\"VTODO\"], \"color\": \"red\"}");
    add_calendar(f, "{\"name\": \"a b\", \"display_name\": \"Sh\\u00e4red\", \"writable\": false}");
    fm_buf_init(&out, 10000);
    assert_int_equal(test_calendar_new(&f->calendar), FM_OK);
    assert_int_equal(fm_provider_list(f->calendar.provider, collect, &out, &op, NULL), FM_OK);
    assert_int_equal(fm_op_run(op, &f->calendar.env, NULL), FM_OK);
    fm_op_free(op);
    assert_string_equal(out.data, "/cal/alice/kanban/|Kanban|#ff8800|wep\n"
                                  "/cal/alice/tasks/|tasks||w\n"
                                  "/cal/alice/a%20b/|Sh\xc3\xa4red|#ff8800|e\n");
    fm_buf_free(&out);
}

static void test_cancelling_in_mid_discovery(void **state)
{
    fixture *f = *state;
    fm_op *op;
    assert_int_equal(test_calendar_new(&f->calendar), FM_OK);
    assert_int_equal(fm_provider_open(f->calendar.provider, &op, NULL), FM_OK);
    assert_int_equal(fm_op_step(op, 0, NULL), FM_PENDING);
    fm_op_free(op);
    assert_null(fm_provider_binding(f->calendar.provider));
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, before_each, after_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_from_the_server_url),
        WITH_SERVER(test_by_way_of_well_known),
        WITH_SERVER(test_from_a_bare_host),
        WITH_SERVER(test_dns_names_the_server_of_a_domain),
        WITH_SERVER(test_a_server_outside_the_domain_is_not_followed),
        WITH_SERVER(test_dns_is_asked_about_domains_only),
        WITH_SERVER(test_a_calendar_s_own_url_is_enough),
        WITH_SERVER(test_a_path_as_calendar_is_asked_first),
        WITH_SERVER(test_hrefs_on_another_host),
        WITH_SERVER(test_credentials_do_not_go_to_foreign_hrefs),
        WITH_SERVER(test_credentials_do_not_follow_foreign_redirects),
        WITH_SERVER(test_apple_is_given_more_time_than_it_asks_for),
        WITH_SERVER(test_every_home_is_looked_at),
        WITH_SERVER(test_an_account_without_a_home),
        WITH_SERVER(test_by_id_name_and_primary),
        WITH_SERVER(test_unknown_and_ambiguous_calendars),
        WITH_SERVER(test_task_lists_are_refused),
        WITH_SERVER(test_read_only_calendars_open_but_take_nothing),
        WITH_SERVER(test_wrong_password),
        WITH_SERVER(test_a_principal_of_nobody),
        WITH_SERVER(test_no_caldav_server),
        WITH_SERVER(test_refusals_at_the_door_are_explained),
        WITH_SERVER(test_huge_answers_are_not_asked_for_again),
        WITH_SERVER(test_nobody_listens),
        WITH_SERVER(test_settings_are_checked),
        WITH_SERVER(test_a_bookmark_saves_every_request),
        WITH_SERVER(test_a_bookmark_is_for_one_set_of_settings),
        WITH_SERVER(test_list),
        WITH_SERVER(test_cancelling_in_mid_discovery),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
