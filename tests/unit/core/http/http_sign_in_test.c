/* How the HTTP client signs in, against the scripted server, which judges by code of its own. */
#include "core/http/http.h"
#include "support/cmocka.h"
#include "support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELSEWHERE "http://calendar.example.com/"

typedef struct fixture {
    test_server server;
    fm_env env;
    fm_http *http;
    fm_http_config config;
    fm_secret *right, *wrong;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    test_server_start_scripted(&f->server, NULL);
    fm_env_default(&f->env);
    f->right = fm_secret_new("secret", 6);
    f->wrong = fm_secret_new("wrong", 5);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    fm_secret_unref(f->right);
    fm_secret_unref(f->wrong);
    test_server_stop(&f->server);
    free(f);
    return 0;
}

static int before_each(void **state)
{
    fixture *f = *state;
    test_server_clear(&f->server);
    test_server_options(&f->server, "{\"sign_in\": [\"Basic\"], \"nonce_uses\": 0}");
    fm_http_config_init(&f->config);
    f->config.username = "alice";
    f->config.password = f->right;
    return fm_http_new(&f->http, &f->env, NULL);
}

static int after_each(void **state)
{
    fm_http_free(((fixture *)*state)->http);
    return 0;
}

typedef struct outcome {
    int code;
    fm_error error;
} outcome;

static void on_done(void *data, const fm_http_reply *reply)
{
    outcome *out = data;
    out->code = reply->code;
    fm_http_reply_error(reply, "test", "asking", &out->error);
}

static outcome ask(fixture *f, const char *method, const char *url, const char *body)
{
    outcome out = {0};
    fm_http_request request = {.config = &f->config,
                               .method = method,
                               .url = url,
                               .body = body,
                               .body_len = body ? strlen(body) : 0,
                               .done = on_done,
                               .data = &out};
    assert_int_equal(fm_http_submit(f->http, &request, NULL, &out.error), FM_OK);
    while (fm_http_step(f->http, 1000, NULL) == FM_PENDING)
        ;
    return out;
}

/* Asks for the root, a path with a query and an object, so that the URI of each counts. */
static void assert_let_in(fixture *f, int requests)
{
    char url[512];
    snprintf(url, sizeof url, "%scal/alice/kanban/a%%20b.ics?x=%%22y", f->server.url);
    assert_int_equal(ask(f, "OPTIONS", f->server.url, NULL).code, 200);
    assert_int_equal(ask(f, "GET", url, NULL).code, 404);
    assert_int_equal(ask(f, "OPTIONS", url, NULL).code, 200);
    assert_int_equal(test_server_count(&f->server, NULL), requests);
}

static void test_basic_goes_first_to_this_machine(void **state)
{
    assert_let_in(*state, 3);
}

static void test_digest_where_the_server_offers_it(void **state)
{
    fixture *f = *state;
    static const char *const ways[] = {"Digest",         "Digest MD5",          "Digest MD5-sess",
                                       "Digest SHA-256", "Digest SHA-256-sess", "Digest SHA-512-256"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char options[128];
        after_each(state);
        before_each(state);
        snprintf(options, sizeof options, "{\"sign_in\": [\"Negotiate\", \"%s\"]}", ways[i]);
        test_server_options(&f->server, options);
        assert_let_in(f, 4);
    }
}

static void test_a_write_is_signed_in_with_its_body(void **state)
{
    fixture *f = *state;
    char url[512];
    test_server_options(&f->server, "{\"sign_in\": [\"Digest SHA-256\"]}");
    snprintf(url, sizeof url, "%sa.ics", f->server.cal);
    assert_int_equal(
        ask(f, "PUT", url, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").code, 201);
    assert_int_equal(test_server_count(&f->server, "PUT"), 2);
}

static void test_a_stale_nonce_is_renewed(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"sign_in\": [\"Digest MD5\"], \"nonce_uses\": 1}");
    assert_let_in(f, 6);
}

static void test_a_wrong_password_is_tried_once(void **state)
{
    fixture *f = *state;
    f->config.password = f->wrong;
    test_server_options(&f->server, "{\"sign_in\": [\"Digest SHA-256\", \"Basic\"]}");
    outcome out = ask(f, "OPTIONS", f->server.url, NULL);
    assert_int_equal(out.error.status, FM_EAUTH);
    assert_non_null(strstr(out.error.message, "which offers Digest, Basic"));
    assert_int_equal(test_server_count(&f->server, NULL), 2);
    ask(f, "OPTIONS", f->server.url, NULL);
    assert_int_equal(test_server_count(&f->server, NULL), 4);
}

static void test_a_wrong_basic_password_is_sent_once(void **state)
{
    fixture *f = *state;
    f->config.password = f->wrong;
    outcome out = ask(f, "OPTIONS", f->server.url, NULL);
    assert_non_null(strstr(out.error.message, "which offers Basic)"));
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

static void test_schemes_that_nobody_knows_are_named(void **state)
{
    fixture *f = *state;
    test_server_options(&f->server, "{\"sign_in\": [\"Negotiate\", \"NTLM\"]}");
    outcome out = ask(f, "OPTIONS", f->server.url, NULL);
    assert_non_null(strstr(out.error.message, "which offers Negotiate, NTLM"));
    assert_int_equal(test_server_count(&f->server, NULL), 1);
}

/* Asked through a proxy, which is how another host can be asked in clear text without leaving this machine. */
static void go_elsewhere(fixture *f)
{
    f->config.proxy = f->server.url;
    f->config.allow_http = true;
}

/* What the server saw of sign-ins: a word for each request. */
static void assert_seen(const fixture *f, const char *const *words, size_t count)
{
    char *log = test_server_control(&f->server, "GET", "/_log", NULL);
    const char *at = log;
    assert_int_equal(test_server_count(&f->server, NULL), count);
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, "\"headers\": {");
        assert_non_null(at);
        const char *end = strchr(at, '}'), *header = strstr(at, "\"Authorization\": \"");
        bool has = header && header < end;
        assert_int_equal(has, words[i] != NULL);
        if (has)
            assert_memory_equal(header + strlen("\"Authorization\": \""), words[i], strlen(words[i]));
        at = end;
    }
    free(log);
}

static void test_nothing_goes_first_over_clear_text(void **state)
{
    fixture *f = *state;
    static const char *const digest[] = {NULL, "Digest", "Digest"}, *const basic[] = {NULL, "Basic", "Basic"};
    go_elsewhere(f);
    test_server_options(&f->server, "{\"sign_in\": [\"Basic\", \"Digest SHA-256\"]}");
    assert_int_equal(ask(f, "OPTIONS", ELSEWHERE, NULL).code, 200);
    assert_int_equal(ask(f, "OPTIONS", ELSEWHERE "x", NULL).code, 200);
    assert_seen(f, digest, 3);
    after_each(state);
    before_each(state);
    go_elsewhere(f);
    assert_int_equal(ask(f, "OPTIONS", ELSEWHERE, NULL).code, 200);
    assert_int_equal(ask(f, "OPTIONS", ELSEWHERE "x", NULL).code, 200);
    assert_seen(f, basic, 3);
}

static void test_a_colon_in_the_user_name_needs_digest(void **state)
{
    fixture *f = *state;
    f->config.username = "al:ice";
    outcome out = ask(f, "OPTIONS", f->server.url, NULL);
    assert_int_equal(out.error.status, FM_EINVAL);
    assert_non_null(strstr(out.error.message, "cannot carry the \":\""));
    assert_seen(f, (const char *const[]){NULL}, 1);
    test_server_options(&f->server, "{\"sign_in\": [\"Basic\", \"Digest MD5\"]}");
    out = ask(f, "OPTIONS", f->server.url, NULL);
    assert_int_equal(out.error.status, FM_EAUTH);
    assert_seen(f, (const char *const[]){NULL, NULL, "Digest username=\\\"al:ice"}, 3);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, before_each, after_each)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_basic_goes_first_to_this_machine),      WITH_SERVER(test_digest_where_the_server_offers_it),
        WITH_SERVER(test_a_write_is_signed_in_with_its_body),    WITH_SERVER(test_a_stale_nonce_is_renewed),
        WITH_SERVER(test_a_wrong_password_is_tried_once),        WITH_SERVER(test_a_wrong_basic_password_is_sent_once),
        WITH_SERVER(test_schemes_that_nobody_knows_are_named),   WITH_SERVER(test_nothing_goes_first_over_clear_text),
        WITH_SERVER(test_a_colon_in_the_user_name_needs_digest),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
