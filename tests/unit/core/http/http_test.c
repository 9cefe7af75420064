#include "core/http/http.h"
#include "support/cmocka.h"
#include "support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A world whose clock moves only when something sleeps. */
typedef struct world {
    fm_env env;
    fm_env real;
    int64_t slept_ms;
    volatile int interrupted;
} world;

static int64_t fake_monotonic(void *data)
{
    world *w = data;
    return w->real.monotonic_ms(w->real.data) + w->slept_ms;
}

static void fake_sleep(void *data, int64_t ms)
{
    world *w = data;
    w->slept_ms += ms;
}

static fm_status fake_random(void *data, void *bytes, size_t len)
{
    (void)data;
    memset(bytes, 0, len);
    return FM_OK;
}

typedef struct fixture {
    test_server server;
    world world;
    fm_http *http;
    fm_http_config config;
    fm_secret *password;
} fixture;

static void reset_world(fixture *f)
{
    f->world.slept_ms = 0;
    f->world.interrupted = 0;
    f->world.env.read_only = false;
    fm_http_config_init(&f->config);
    f->config.home = f->server.url;
}

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    test_server_start_scripted(&f->server, NULL);
    fm_env_default(&f->world.real);
    fm_env_default(&f->world.env);
    f->world.env.data = &f->world;
    f->world.env.monotonic_ms = fake_monotonic;
    f->world.env.sleep_ms = fake_sleep;
    f->world.env.random = fake_random;
    f->world.env.interrupted = &f->world.interrupted;
    f->password = fm_secret_new("secret", 6);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    fm_secret_unref(f->password);
    test_server_stop(&f->server);
    free(f);
    return 0;
}

static int before_each(void **state)
{
    fixture *f = *state;
    reset_world(f);
    test_server_clear(&f->server);
    return fm_http_new(&f->http, &f->world.env, NULL);
}

static int after_each(void **state)
{
    fixture *f = *state;
    int left = fm_http_step(f->http, 0, NULL);
    fm_http_free(f->http);
    return left;
}

/* What came of one request. */
typedef struct outcome {
    int calls;
    fm_status status;
    int code;
    char body[4096];
    char url[512];
    char message[FM_ERROR_MESSAGE_MAX];
    size_t body_len;
    unsigned attempts;
    bool with_credentials;
    bool maybe_done;
    int64_t retry_after_ms;
} outcome;

static void on_done(void *data, const fm_http_reply *reply)
{
    outcome *out = data;
    out->calls++;
    out->status = reply->status;
    out->code = reply->code;
    out->attempts = reply->attempts;
    out->with_credentials = reply->with_credentials;
    out->maybe_done = reply->maybe_done;
    out->body_len = reply->body_len;
    out->retry_after_ms = reply->retry_after_ms;
    snprintf(out->body, sizeof out->body, "%s", reply->body);
    snprintf(out->url, sizeof out->url, "%s", reply->url);
    snprintf(out->message, sizeof out->message, "%s", reply->error.message);
}

static void url_of(const fixture *f, const char *path, char *out, size_t size)
{
    snprintf(out, size, "%s%s", f->server.url, path + 1);
}

static void run_all(fixture *f)
{
    fm_error err = {0};
    fm_status status;
    while ((status = fm_http_step(f->http, 1000, &err)) == FM_PENDING)
        ;
    if (status)
        fail_msg("%s", err.message);
}

static outcome ask(fixture *f, fm_http_request request, const char *path)
{
    char url[512];
    outcome out = {0};
    fm_error err = {0};
    url_of(f, path, url, sizeof url);
    request.config = &f->config;
    request.url = request.url ? request.url : url;
    request.method = request.method ? request.method : "GET";
    request.done = on_done;
    request.data = &out;
    if (fm_http_submit(f->http, &request, NULL, &err))
        fail_msg("%s", err.message);
    run_all(f);
    assert_int_equal(out.calls, 1);
    return out;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in: %s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" is in: %s", part, text);
}

static void test_method_headers_and_body_arrive(void **state)
{
    fixture *f = *state;
    const fm_http_header headers[] = {{"X-One", "1"}, {"Content-Type", "text/calendar"}};
    outcome out = ask(
        f, (fm_http_request){.method = "PUT", .headers = headers, .header_count = 2, .body = "hello", .body_len = 5},
        "/echo/a");
    assert_int_equal(out.code, 200);
    assert_has(out.body, "\"method\": \"PUT\"");
    assert_has(out.body, "\"X-One\": \"1\"");
    assert_has(out.body, "\"Content-Type\": \"text/calendar\"");
    assert_has(out.body, "\"body\": \"hello\"");
    assert_has(out.body, "\"User-Agent\": \"fmcal/");
    assert_lacks(out.body, "Expect");
    assert_lacks(out.body, "Authorization");
}

static void test_a_put_without_body_says_so(void **state)
{
    outcome out = ask(*state, (fm_http_request){.method = "PUT"}, "/echo");
    assert_has(out.body, "\"Content-Length\": \"0\"");
    assert_lacks(out.body, "Content-Type");
}

static void test_large_bodies_do_not_wait_for_a_100(void **state)
{
    static char body[2 << 20];
    memset(body, 'x', sizeof body);
    outcome out = ask(*state, (fm_http_request){.method = "PUT", .body = body, .body_len = sizeof body}, "/echo");
    assert_int_equal(out.code, 200);
    assert_lacks(out.body, "\"Expect\"");
}

static void test_basic_credentials_go_with_the_first_request(void **state)
{
    fixture *f = *state;
    f->config.username = "alice";
    f->config.password = f->password;
    outcome out = ask(f, (fm_http_request){0}, "/echo");
    assert_has(out.body, "\"Authorization\": \"Basic YWxpY2U6c2VjcmV0\"");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_a_callers_own_authorization_wins(void **state)
{
    fixture *f = *state;
    const fm_http_header header = {"Authorization", "Own 1"};
    f->config.username = "alice";
    f->config.password = f->password;
    outcome out = ask(f, (fm_http_request){.headers = &header, .header_count = 1}, "/echo");
    assert_has(out.body, "Own 1");
    char *log = test_server_control(&f->server, "GET", "/_log", NULL);
    assert_lacks(log, "Basic");
    free(log);
}

static void test_a_bearer_token_wins(void **state)
{
    fixture *f = *state;
    f->config.username = "alice";
    f->config.password = f->password;
    f->config.bearer = f->password;
    outcome out = ask(f, (fm_http_request){0}, "/echo");
    assert_has(out.body, "\"Authorization\": \"Bearer secret\"");
}

static void test_401_is_an_answer_and_not_repeated(void **state)
{
    fixture *f = *state;
    outcome out = ask(f, (fm_http_request){.method = "PROPFIND", .retry = FM_HTTP_RETRY_ALL}, "/");
    assert_int_equal(out.code, 401);
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_redirects_keep_method_and_body(void **state)
{
    fixture *f = *state;
    static const int codes[] = {301, 302, 303, 307, 308};
    f->config.username = "alice";
    f->config.password = f->password;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char fault[256];
        snprintf(fault, sizeof fault,
                 "{\"kind\": \"status\", \"path\": \"/from\", \"code\": %d, \"headers\": {\"Location\": \"/echo/to\"}}",
                 codes[i]);
        test_server_fault(&f->server, fault);
        outcome out = ask(f, (fm_http_request){.method = "PROPFIND", .body = "<x/>", .body_len = 4}, "/from");
        assert_int_equal(out.code, 200);
        assert_has(out.body, "\"method\": \"PROPFIND\"");
        assert_has(out.body, "\"body\": \"<x/>\"");
        assert_has(out.body, "Authorization");
        assert_has(out.url, "/echo/to");
    }
}

static void test_redirected_writes_stay_writes(void **state)
{
    fixture *f = *state;
    static const int codes[] = {301, 302, 307, 308};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char fault[256];
        snprintf(fault, sizeof fault,
                 "{\"kind\": \"status\", \"path\": \"/from\", \"code\": %d, \"headers\": {\"Location\": \"/echo/to\"}}",
                 codes[i]);
        test_server_fault(&f->server, fault);
        outcome out = ask(f, (fm_http_request){.method = "PUT", .body = "x", .body_len = 1}, "/from");
        assert_has(out.body, "\"method\": \"PUT\"");
        assert_has(out.body, "\"body\": \"x\"");
    }
}

static void test_303_after_a_post_reads(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"path\": \"/from\", \"code\": 303, "
                                  "\"headers\": {\"Location\": \"/echo\"}}");
    outcome out = ask(f, (fm_http_request){.method = "POST", .body = "a=b", .body_len = 3}, "/from");
    assert_has(out.body, "\"method\": \"GET\"");
    assert_has(out.body, "\"body\": \"\"");
}

static void test_redirects_end(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"path\": \"/loop\", \"times\": -1, \"code\": 302, "
                                  "\"headers\": {\"Location\": \"/loop\"}}");
    outcome out = ask(f, (fm_http_request){0}, "/loop");
    assert_int_equal(out.status, FM_EPROTOCOL);
    assert_int_equal(test_server_count(&f->server, NULL), 6);
}

static void test_redirects_can_be_left_to_the_caller(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"path\": \"/from\", \"code\": 302, "
                                  "\"headers\": {\"Location\": \"/echo\"}}");
    outcome out = ask(f, (fm_http_request){.keep_redirects = true}, "/from");
    assert_int_equal(out.code, 302);
}

/* The home of the credentials is elsewhere, so the redirect leads to a foreign origin. */
static void test_credentials_do_not_follow_to_a_foreign_origin(void **state)
{
    fixture *f = *state;
    const fm_http_header headers[] = {{"Authorization", "Secret 1"}, {"Cookie", "c=1"}, {"X-Kept", "1"}};
    f->config.username = "alice";
    f->config.password = f->password;
    f->config.home = "https://calendar.example.com/";
    test_server_fault(&f->server, "{\"kind\": \"status\", \"path\": \"/from\", \"code\": 302, "
                                  "\"headers\": {\"Location\": \"/echo\"}}");
    outcome out = ask(f, (fm_http_request){.headers = headers, .header_count = 3}, "/from");
    assert_lacks(out.body, "Authorization");
    assert_lacks(out.body, "Cookie");
    assert_has(out.body, "X-Kept");
}

/* A URL of the test server by another name of this machine. */
static const char *by_name(const fixture *f, const char *host, const char *path)
{
    static char url[512];
    snprintf(url, sizeof url, "http://%s%s%s", host, strrchr(f->server.url, ':'), path + 1);
    return url;
}

static void redirect(const fixture *f, const char *path, int code, const char *target)
{
    char fault[1024];
    snprintf(fault, sizeof fault,
             "{\"kind\": \"status\", \"path\": \"%s$\", \"code\": %d, \"headers\": {\"Location\": \"%s\"}}", path, code,
             target);
    test_server_fault(&f->server, fault);
}

static void test_loopback_credentials_go_to_urls_of_any_loopback_name(void **state)
{
    fixture *f = *state;
    f->config.username = "alice";
    f->config.password = f->password;
    outcome out = ask(f, (fm_http_request){.url = by_name(f, "localhost", "/echo")}, "/");
    assert_has(out.body, "Authorization");
    assert_true(out.with_credentials);
    redirect(f, "/from", 307, "/echo");
    out = ask(f, (fm_http_request){.url = by_name(f, "localhost", "/from")}, "/");
    assert_has(out.url, "http://localhost:");
    assert_has(out.body, "Authorization");
}

static void test_a_redirect_takes_no_credentials_to_another_loopback_name(void **state)
{
    fixture *f = *state;
    const fm_http_header own = {"Authorization", "Secret 1"};
    f->config.username = "alice";
    f->config.password = f->password;
    redirect(f, "/from", 307, by_name(f, "localhost", "/echo"));
    outcome out = ask(f, (fm_http_request){.headers = &own, .header_count = 1}, "/from");
    assert_has(out.url, "http://localhost:");
    assert_lacks(out.body, "Authorization");
    assert_false(out.with_credentials);
}

static void test_credentials_that_stayed_behind_do_not_come_back(void **state)
{
    fixture *f = *state;
    char back[512];
    f->config.username = "alice";
    f->config.password = f->password;
    url_of(f, "/echo", back, sizeof back);
    redirect(f, "/from", 307, by_name(f, "localhost", "/over"));
    redirect(f, "/over", 307, back);
    outcome out = ask(f, (fm_http_request){0}, "/from");
    assert_string_equal(out.url, back);
    assert_lacks(out.body, "Authorization");
}

static void test_a_body_with_credentials_does_not_follow_to_a_foreign_origin(void **state)
{
    fixture *f = *state;
    fm_http_request request = {.method = "POST", .body = "token=t", .body_len = 7, .secret_body = true};
    redirect(f, "/from", 307, by_name(f, "localhost", "/echo"));
    outcome out = ask(f, request, "/from");
    assert_int_equal(out.status, FM_EPROTOCOL);
    assert_has(out.message, "does not get the credentials");
    assert_int_equal(test_server_count(&f->server, NULL), 1);
    redirect(f, "/from", 303, by_name(f, "localhost", "/echo"));
    out = ask(f, request, "/from");
    assert_has(out.body, "\"body\": \"\"");
    redirect(f, "/from", 307, "/echo");
    out = ask(f, request, "/from");
    assert_has(out.body, "token=t");
}

static void test_a_redirect_to_no_url_is_the_servers_fault(void **state)
{
    fixture *f = *state;
    static const char *const targets[] = {"http://user:word@127.0.0.1/", "http://", "https://[x/",
                                          "http://example.com/"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        redirect(f, "/from", 302, targets[i]);
        outcome out = ask(f, (fm_http_request){0}, "/from");
        assert_int_equal(out.status, FM_EPROTOCOL);
    }
}

static void test_an_answer_that_is_not_http_is_no_fault_of_ours(void **state)
{
    fixture *f = *state;
    static const char *const answers[] = {
        "SSH-2.0-OpenSSH_9.2\\r\\n",   "220 mail ESMTP\\r\\n",     "<html></html>",
        "HTTP/9.9 200 OK\\r\\n\\r\\n", "HTTP/1.1 abc\\r\\n\\r\\n", "\\u0015\\u0003\\u0001"};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        char fault[256];
        snprintf(fault, sizeof fault, "{\"kind\": \"raw\", \"close\": true, \"text\": \"%s\"}", answers[i]);
        test_server_fault(&f->server, fault);
        outcome out = ask(f, (fm_http_request){0}, "/echo");
        assert_int_equal(out.status, FM_ENETWORK);
        assert_has(out.message, "is not HTTP");
        assert_true(out.maybe_done);
    }
}

static void test_retry_after_is_honoured(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"times\": 2, \"code\": 503, "
                                  "\"headers\": {\"Retry-After\": \"7\"}}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_REFUSED}, "/echo");
    assert_int_equal(out.code, 200);
    assert_int_equal(out.attempts, 3);
    assert_in_range(f->world.slept_ms, 14000 - 500, 14000 + 500);
}

typedef struct moment {
    fixture *f;
    int64_t slept_ms;
} moment;

static void note_moment(void *data, const fm_http_reply *reply)
{
    moment *m = data;
    assert_int_equal(reply->code, 200);
    m->slept_ms = m->f->world.slept_ms;
}

/* A server that asks to be left alone is: by the requests behind, too. */
static void test_retry_after_holds_for_the_requests_behind(void **state)
{
    fixture *f = *state;
    moment moments[2] = {{.f = f}, {.f = f}};
    char url[512];
    url_of(f, "/echo", url, sizeof url);
    f->config.max_in_flight = 1;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"code\": 503, \"headers\": {\"Retry-After\": \"7\"}}");
    for (int i = 0; i < 2; i++) {
        fm_http_request request = {.config = &f->config,
                                   .method = "GET",
                                   .url = url,
                                   .retry = FM_HTTP_RETRY_ALL,
                                   .done = note_moment,
                                   .data = &moments[i]};
        assert_int_equal(fm_http_submit(f->http, &request, NULL, NULL), FM_OK);
    }
    run_all(f);
    for (int i = 0; i < 2; i++)
        assert_in_range(moments[i].slept_ms, 7000 - 200, 8000);
}

static void test_a_server_that_asks_for_too_long_gets_a_failure(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"times\": -1, \"code\": 429, "
                                  "\"headers\": {\"Retry-After\": \"3600\"}}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_ALL}, "/echo");
    assert_int_equal(out.code, 429);
    assert_int_equal(out.retry_after_ms, 3600000);
    assert_int_equal(out.attempts, 1);
}

static void test_attempts_are_bounded(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"status\", \"times\": -1, \"code\": 502}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_ALL}, "/echo");
    assert_int_equal(out.code, 502);
    assert_int_equal(out.attempts, 5);
    assert_int_equal(test_server_count(&f->server, NULL), 5);
}

/* A new client has no kept connection: on one, libcurl takes the loss for an idle close. */
static void test_a_write_is_not_repeated_by_itself(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"lose\"}");
    unsigned retry = FM_HTTP_RETRY_UNSENT | FM_HTTP_RETRY_REFUSED;
    outcome out = ask(f, (fm_http_request){.method = "PUT", .body = "x", .body_len = 1, .retry = retry}, "/echo");
    assert_int_equal(out.status, FM_ENETWORK);
    assert_true(out.maybe_done);
    assert_int_equal(out.attempts, 1);
}

static void test_what_must_not_be_repeated_is_sent_once_on_kept_connections_too(void **state)
{
    fixture *f = *state;
    assert_int_equal(ask(f, (fm_http_request){.method = "GET"}, "/echo").code, 200);
    test_server_fault(&f->server, "{\"kind\": \"lose\"}");
    outcome out = ask(f, (fm_http_request){.method = "PUT", .body = "x", .body_len = 1}, "/echo");
    assert_int_equal(out.status, FM_ENETWORK);
    assert_true(out.maybe_done);
    assert_int_equal(test_server_count(&f->server, "PUT"), 1);
}

static void test_reads_survive_lost_answers(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"drop\"}");
    test_server_fault(&f->server, "{\"kind\": \"cut\", \"bytes\": 10}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_ALL}, "/echo");
    assert_int_equal(out.code, 200);
    assert_has(out.body, "\"method\": \"GET\"");
}

static void test_a_body_cut_short_is_no_answer(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"cut\", \"bytes\": 10}");
    outcome out = ask(f, (fm_http_request){0}, "/echo");
    assert_int_equal(out.status, FM_ENETWORK);
    assert_true(fm_status_is_transient(out.status));
}

static void test_nobody_listens(void **state)
{
    fixture *f = *state;
    outcome out = ask(f, (fm_http_request){.url = "http://127.0.0.1:9/", .retry = FM_HTTP_RETRY_UNSENT}, "/");
    assert_int_equal(out.status, FM_ENETWORK);
    assert_int_equal(out.attempts, 5);
    assert_false(out.maybe_done);
    assert_has(out.message, "127.0.0.1");
}

static void test_a_silent_server_times_out(void **state)
{
    fixture *f = *state;
    f->config.total_timeout_ms = 200;
    test_server_fault(&f->server, "{\"kind\": \"hang\"}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_UNSENT}, "/echo");
    assert_int_equal(out.status, FM_ETIMEOUT);
    assert_true(out.maybe_done);
}

static void test_silence_ends_a_request(void **state)
{
    fixture *f = *state;
    f->config.stall_timeout_ms = 400;
    test_server_fault(&f->server, "{\"kind\": \"hang\"}");
    outcome out = ask(f, (fm_http_request){0}, "/echo");
    assert_int_equal(out.status, FM_ETIMEOUT);
    assert_has(out.message, "silent for 1 s");
}

static void test_a_server_that_only_drips_times_out(void **state)
{
    fixture *f = *state;
    static char body[20000];
    memset(body, 'x', sizeof body);
    f->config.stall_timeout_ms = 1000;
    test_server_fault(&f->server, "{\"kind\": \"drip\", \"bytes\": 40}");
    outcome out = ask(f, (fm_http_request){.method = "PUT", .body = body, .body_len = sizeof body}, "/echo");
    assert_int_equal(out.status, FM_ETIMEOUT);
}

static void test_no_attempt_lasts_for_ever(void **state)
{
    (void)state;
    fm_http_config config;
    fm_http_config_init(&config);
    assert_in_range(config.total_timeout_ms, 1, 3600000);
}

static void test_a_server_that_stays_silent_is_asked_twice(void **state)
{
    fixture *f = *state;
    f->config.total_timeout_ms = 100;
    test_server_fault(&f->server, "{\"kind\": \"hang\", \"times\": -1}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_ALL}, "/echo");
    assert_int_equal(out.status, FM_ETIMEOUT);
    assert_int_equal(out.attempts, 2);
}

static void test_the_body_of_a_redirect_has_a_limit(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"bomb\", \"code\": 302, \"megabytes\": 64, \"headers\": "
                                  "{\"Location\": \"/echo\"}}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_ALL}, "/from");
    assert_int_equal(out.status, FM_ELIMIT);
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_bodies_have_a_limit(void **state)
{
    fixture *f = *state;
    outcome out = ask(f, (fm_http_request){.max_body_bytes = 10, .retry = FM_HTTP_RETRY_ALL}, "/echo");
    assert_int_equal(out.status, FM_ELIMIT);
    assert_int_equal(out.attempts, 1);
}

static void test_a_compressed_bomb_does_not_go_off(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"bomb\", \"megabytes\": 64}");
    outcome out = ask(f, (fm_http_request){.retry = FM_HTTP_RETRY_ALL}, "/echo");
    assert_int_equal(out.status, FM_ELIMIT);
    assert_int_equal(out.attempts, 1);
}

static void test_headers_have_a_limit(void **state)
{
    fixture *f = *state;
    static char fault[70000];
    size_t at = (size_t)snprintf(fault, sizeof fault, "{\"kind\": \"status\", \"code\": 200, \"headers\": {");
    for (int i = 0; i < 33; i++) {
        at += (size_t)snprintf(fault + at, sizeof fault - at, "%s\"X-%d\": \"", i ? ", " : "", i);
        memset(fault + at, 'v', 2000);
        at += 2000;
        at += (size_t)snprintf(fault + at, sizeof fault - at, "\"");
    }
    snprintf(fault + at, sizeof fault - at, "}}");
    test_server_fault(&f->server, fault);
    outcome out = ask(f, (fm_http_request){0}, "/echo");
    assert_int_equal(out.status, FM_ELIMIT);
}

/* libcurl 7.88 takes such a line for more of the last header of the answer before, which is freed. */
static void test_an_answer_that_begins_with_a_folded_line_is_refused(void **state)
{
    fixture *f = *state;
    static const char *const folded[] = {"HTTP/1.1 200 OK\\r\\n folded: 1\\r\\nContent-Length: 0\\r\\n\\r\\n",
                                         "HTTP/1.1 200 OK\\r\\n\\tfolded: 1\\r\\n\\r\\n"};
    for (int i = 0; i < 8; i++) {
        char fault[256];
        assert_int_equal(ask(f, (fm_http_request){0}, "/echo").code, 200);
        snprintf(fault, sizeof fault, "{\"kind\": \"raw\", \"text\": \"%s\"}", folded[i % 2]);
        test_server_fault(&f->server, fault);
        outcome out = ask(f, (fm_http_request){0}, "/echo");
        assert_int_equal(out.status, FM_ENETWORK);
    }
}

typedef struct sunk {
    outcome out;
    int begins;
    int code;
    size_t bytes;
    fm_status refuse;
} sunk;

static fm_status sink_begin(void *data, int code, const char *url, fm_error *err)
{
    sunk *s = data;
    assert_non_null(strstr(url, "/echo"));
    (void)err;
    s->begins++;
    s->code = code;
    s->bytes = 0;
    return FM_OK;
}

static fm_status sink_write(void *data, const char *bytes, size_t len, fm_error *err)
{
    sunk *s = data;
    (void)bytes;
    s->bytes += len;
    return s->refuse ? fm_error_set(err, s->refuse, "test", "not this") : FM_OK;
}

static void sunk_done(void *data, const fm_http_reply *reply)
{
    on_done(&((sunk *)data)->out, reply);
}

static sunk ask_sink(fixture *f, fm_status refuse)
{
    static const fm_http_sink sink = {.begin = sink_begin, .write = sink_write};
    char url[512];
    sunk s = {.refuse = refuse};
    url_of(f, "/echo", url, sizeof url);
    fm_http_request request = {.config = &f->config,
                               .method = "GET",
                               .url = url,
                               .retry = FM_HTTP_RETRY_ALL,
                               .sink = &sink,
                               .done = sunk_done,
                               .data = &s};
    assert_int_equal(fm_http_submit(f->http, &request, NULL, NULL), FM_OK);
    run_all(f);
    return s;
}

static void test_a_sink_begins_again_with_each_attempt(void **state)
{
    fixture *f = *state;
    test_server_fault(&f->server, "{\"kind\": \"cut\", \"bytes\": 10}");
    sunk s = ask_sink(f, FM_OK);
    assert_int_equal(s.begins, 2);
    assert_int_equal(s.code, 200);
    assert_true(s.bytes > 10);
    assert_int_equal(s.out.body_len, 0);
}

static void test_a_sink_can_end_the_request(void **state)
{
    sunk s = ask_sink(*state, FM_EPARSE);
    assert_int_equal(s.out.status, FM_EPARSE);
    assert_string_equal(s.out.message, "not this");
    assert_int_equal(s.out.attempts, 1);
}

static void test_what_is_refused_before_it_is_sent(void **state)
{
    fixture *f = *state;
    const fm_http_header split = {"X", "a\r\nEvil: 1"}, bad_name = {"X Y", "1"};
    const struct {
        fm_http_request request;
        fm_status expected;
    } cases[] = {
        {{.method = "GET", .url = "http://example.com/"}, FM_EPROTOCOL}, /* no URL of the configured server */
        {{.method = "GET", .url = "ftp://127.0.0.1/"}, FM_EINVAL},
        {{.method = "GET", .url = "http://127.0.0.1/a\r\nX: y"}, FM_EINVAL},
        {{.method = "GET\r\nX", .url = f->server.url}, FM_EINVAL},
        {{.method = "", .url = f->server.url}, FM_EINVAL},
        {{.method = "GET", .url = f->server.url, .headers = &split, .header_count = 1}, FM_EINVAL},
        {{.method = "GET", .url = f->server.url, .headers = &bad_name, .header_count = 1}, FM_EINVAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fm_http_request request = cases[i].request;
        fm_error err = {0};
        request.config = &f->config;
        request.done = on_done;
        assert_int_equal(fm_http_submit(f->http, &request, NULL, &err), cases[i].expected);
        assert_true(strlen(err.message) > 0);
    }
    assert_int_equal(fm_http_step(f->http, 0, NULL), FM_OK);
}

/* Refused before anything is sent, whichever scheme would carry it. */
static void test_credentials_with_control_characters_are_refused(void **state)
{
    fixture *f = *state;
    static const char *const wrong[] = {"\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\tb", "a\x7F"};
    static const size_t lengths[] = {11, 3, 3, 3, 3, 2};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fm_secret *secret = fm_secret_new(wrong[i], lengths[i]);
        const fm_http_config configs[] = {{.bearer = secret},
                                          {.username = "alice", .password = secret},
                                          {.username = i == 3 ? "a\x01" : wrong[i], .password = f->password}};
        for (size_t k = 0; k < 3; k++) {
            fm_error err = {0};
            fm_http_request request = {.config = &configs[k], .method = "GET", .url = f->server.url, .done = on_done};
            assert_int_equal(fm_http_submit(f->http, &request, NULL, &err), FM_EINVAL);
            assert_has(err.message, "holds a control character");
        }
        fm_secret_unref(secret);
    }
    assert_int_equal(test_server_count(&f->server, NULL), 0);
}

static void test_a_dry_run_only_reads(void **state)
{
    fixture *f = *state;
    static const char *const writing[] = {"PUT", "POST", "DELETE", "PATCH", "MKCALENDAR", "PROPPATCH", "MOVE", "put"};
    f->world.env.read_only = true;
    for (size_t i = 0; i < sizeof writing / sizeof writing[0]; i++) {
        fm_http_request request = {.config = &f->config, .method = writing[i], .url = f->server.url, .done = on_done};
        assert_int_equal(fm_http_submit(f->http, &request, NULL, NULL), FM_EREADONLY);
    }
    static const char *const reading[] = {"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"};
    for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++)
        ask(f, (fm_http_request){.method = reading[i]}, "/echo");
    outcome out = ask(f, (fm_http_request){.method = "POST", .allow_in_dry_run = true}, "/echo");
    assert_int_equal(out.code, 200);
}

static void test_interrupts_end_a_step(void **state)
{
    fixture *f = *state;
    char url[512];
    outcome out = {0};
    fm_http_call *call;
    url_of(f, "/echo", url, sizeof url);
    fm_http_request request = {.config = &f->config, .method = "GET", .url = url, .done = on_done, .data = &out};
    assert_int_equal(fm_http_submit(f->http, &request, &call, NULL), FM_OK);
    f->world.interrupted = 1;
    assert_int_equal(fm_http_step(f->http, 1000, NULL), FM_ECANCELED);
    fm_http_cancel(call);
    assert_int_equal(out.calls, 0);
    f->world.interrupted = 0;
    assert_int_equal(fm_http_step(f->http, 0, NULL), FM_OK);
}

static void count_done(void *data, const fm_http_reply *reply)
{
    int *count = data;
    *count += reply->code == 200;
}

static void submit_many(fixture *f, int n, int *count)
{
    char url[512];
    url_of(f, "/echo", url, sizeof url);
    for (int i = 0; i < n; i++) {
        fm_http_request request = {.config = &f->config,
                                   .method = "GET",
                                   .url = url,
                                   .retry = FM_HTTP_RETRY_ALL,
                                   .done = count_done,
                                   .data = count};
        assert_int_equal(fm_http_submit(f->http, &request, NULL, NULL), FM_OK);
    }
}

static long log_number(fixture *f, const char *name)
{
    char *log = test_server_control(&f->server, "GET", "/_log", NULL);
    const char *at = strstr(log, name);
    assert_non_null(at);
    long number = strtol(at + strlen(name), NULL, 10);
    free(log);
    return number;
}

static void test_many_requests_share_few_connections(void **state)
{
    fixture *f = *state;
    int count = 0;
    submit_many(f, 200, &count);
    run_all(f);
    assert_int_equal(count, 200);
    assert_in_range(log_number(f, "\"connections\": "), 1, 17);
}

static void test_requests_are_parallel_where_each_connection_is_closed(void **state)
{
    fixture *f = *state;
    int count = 0;
    test_server_options(&f->server, "{\"delay_ms\": 50, \"http10\": true}");
    submit_many(f, 20, &count);
    run_all(f);
    test_server_options(&f->server, "{\"delay_ms\": 0, \"http10\": false}");
    assert_int_equal(count, 20);
    assert_in_range(log_number(f, "\"busiest\": "), 2, 16);
}

/* Radicale's own server is one: small. */
static void test_a_server_without_keep_alive_gets_few_at_a_time(void **state)
{
    fixture *f = *state;
    int count = 0;
    test_server_options(&f->server, "{\"delay_ms\": 5, \"http10\": true}");
    submit_many(f, 10, &count);
    run_all(f);
    free(test_server_control(&f->server, "DELETE", "/_log", NULL));
    submit_many(f, 60, &count);
    run_all(f);
    test_server_options(&f->server, "{\"delay_ms\": 0, \"http10\": false}");
    assert_int_equal(count, 70);
    assert_in_range(log_number(f, "\"busiest\": "), 1, 4);
}

static void test_a_server_that_resets_connections_gets_fewer(void **state)
{
    fixture *f = *state;
    int count = 0;
    test_server_options(&f->server, "{\"max_clients\": 6, \"delay_ms\": 5, \"http10\": true}");
    submit_many(f, 150, &count);
    run_all(f);
    test_server_options(&f->server, "{\"max_clients\": 0, \"delay_ms\": 0, \"http10\": false}");
    assert_int_equal(count, 150);
}

static void test_cancelled_requests_are_silent(void **state)
{
    fixture *f = *state;
    char url[512];
    outcome out[3] = {{0}};
    fm_http_call *calls[3];
    url_of(f, "/echo", url, sizeof url);
    test_server_fault(&f->server, "{\"kind\": \"hang\"}");
    f->config.max_in_flight = 1;
    for (int i = 0; i < 3; i++) {
        fm_http_request request = {.config = &f->config, .method = "GET", .url = url, .done = on_done, .data = &out[i]};
        assert_int_equal(fm_http_submit(f->http, &request, &calls[i], NULL), FM_OK);
    }
    while (test_server_count(&f->server, NULL) == 0)
        fm_http_step(f->http, 10, NULL);
    fm_http_cancel(calls[1]);
    fm_http_cancel(calls[0]);
    run_all(f);
    assert_int_equal(out[0].calls + out[1].calls, 0);
    assert_int_equal(out[2].calls, 1);
}

static void test_freeing_a_busy_client_is_silent(void **state)
{
    fixture *f = *state;
    fm_http *http;
    outcome out = {0};
    assert_int_equal(fm_http_new(&http, &f->world.env, NULL), FM_OK);
    for (int i = 0; i < 10; i++) {
        fm_http_request request = {
            .config = &f->config, .method = "GET", .url = f->server.url, .done = on_done, .data = &out};
        assert_int_equal(fm_http_submit(http, &request, NULL, NULL), FM_OK);
    }
    fm_http_step(http, 0, NULL);
    fm_http_free(http);
    assert_int_equal(out.calls, 0);
}

static void test_codes_become_statuses(void **state)
{
    (void)state;
    static const struct {
        int code;
        fm_status status;
    } cases[] = {
        {200, FM_OK},         {207, FM_OK},        {401, FM_EAUTH},         {403, FM_EACCESS},
        {404, FM_ENOTFOUND},  {410, FM_ENOTFOUND}, {412, FM_EPRECONDITION}, {418, FM_EINVAL},
        {429, FM_ETHROTTLED}, {500, FM_ESERVER},   {503, FM_ETHROTTLED},    {300, FM_EPROTOCOL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(fm_http_code_status(cases[i].code), cases[i].status);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, before_each, after_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_method_headers_and_body_arrive),
        WITH_SERVER(test_a_put_without_body_says_so),
        WITH_SERVER(test_large_bodies_do_not_wait_for_a_100),
        WITH_SERVER(test_basic_credentials_go_with_the_first_request),
        WITH_SERVER(test_a_callers_own_authorization_wins),
        WITH_SERVER(test_a_bearer_token_wins),
        WITH_SERVER(test_401_is_an_answer_and_not_repeated),
        WITH_SERVER(test_redirects_keep_method_and_body),
        WITH_SERVER(test_redirected_writes_stay_writes),
        WITH_SERVER(test_303_after_a_post_reads),
        WITH_SERVER(test_redirects_end),
        WITH_SERVER(test_redirects_can_be_left_to_the_caller),
        WITH_SERVER(test_credentials_do_not_follow_to_a_foreign_origin),
        WITH_SERVER(test_loopback_credentials_go_to_urls_of_any_loopback_name),
        WITH_SERVER(test_a_redirect_takes_no_credentials_to_another_loopback_name),
        WITH_SERVER(test_credentials_that_stayed_behind_do_not_come_back),
        WITH_SERVER(test_a_body_with_credentials_does_not_follow_to_a_foreign_origin),
        WITH_SERVER(test_a_redirect_to_no_url_is_the_servers_fault),
        WITH_SERVER(test_an_answer_that_is_not_http_is_no_fault_of_ours),
        WITH_SERVER(test_credentials_with_control_characters_are_refused),
        WITH_SERVER(test_retry_after_is_honoured),
        WITH_SERVER(test_retry_after_holds_for_the_requests_behind),
        WITH_SERVER(test_a_server_that_asks_for_too_long_gets_a_failure),
        WITH_SERVER(test_attempts_are_bounded),
        WITH_SERVER(test_a_write_is_not_repeated_by_itself),
        WITH_SERVER(test_what_must_not_be_repeated_is_sent_once_on_kept_connections_too),
        WITH_SERVER(test_reads_survive_lost_answers),
        WITH_SERVER(test_a_body_cut_short_is_no_answer),
        WITH_SERVER(test_nobody_listens),
        WITH_SERVER(test_a_silent_server_times_out),
        WITH_SERVER(test_silence_ends_a_request),
        WITH_SERVER(test_a_server_that_only_drips_times_out),
        WITH_SERVER(test_no_attempt_lasts_for_ever),
        WITH_SERVER(test_a_server_that_stays_silent_is_asked_twice),
        WITH_SERVER(test_the_body_of_a_redirect_has_a_limit),
        WITH_SERVER(test_bodies_have_a_limit),
        WITH_SERVER(test_a_compressed_bomb_does_not_go_off),
        WITH_SERVER(test_headers_have_a_limit),
        WITH_SERVER(test_an_answer_that_begins_with_a_folded_line_is_refused),
        WITH_SERVER(test_a_sink_begins_again_with_each_attempt),
        WITH_SERVER(test_a_sink_can_end_the_request),
        WITH_SERVER(test_what_is_refused_before_it_is_sent),
        WITH_SERVER(test_a_dry_run_only_reads),
        WITH_SERVER(test_interrupts_end_a_step),
        WITH_SERVER(test_many_requests_share_few_connections),
        WITH_SERVER(test_requests_are_parallel_where_each_connection_is_closed),
        WITH_SERVER(test_a_server_that_resets_connections_gets_fewer),
        WITH_SERVER(test_a_server_without_keep_alive_gets_few_at_a_time),
        WITH_SERVER(test_cancelled_requests_are_silent),
        WITH_SERVER(test_freeing_a_busy_client_is_silent),
        cmocka_unit_test(test_codes_become_statuses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
