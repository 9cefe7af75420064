/* Requests, tokens and the quota against a clock that moves only when something waits. */
#include "support/calendar.h"
#include "support/cmocka.h"
#include "support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FETCHED 40

static test_server server;

static int start_server(void **state)
{
    (void)state;
    test_server_start_google(&server);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    test_server_stop(&server);
    return 0;
}

static int setup(void **state)
{
    test_calendar *c = calloc(1, sizeof *c);
    test_server_clear(&server);
    test_server_options(&server, "{\"access_ttl_s\": 3600, \"tell_life\": true, \"empty_pages\": false}");
    test_calendar_init_google(c, &server);
    *state = c;
    return 0;
}

static int teardown(void **state)
{
    test_calendar *c = *state;
    test_calendar_free(c);
    free(c);
    return 0;
}

/* How often a text stands in the log of requests. */
static unsigned logged(const char *text)
{
    unsigned count = 0;
    char *log = test_server_control(&server, "GET", "/_log", NULL);
    for (const char *at = log; (at = strstr(at, text)); at++)
        count++;
    free(log);
    return count;
}

static unsigned tokens_asked_for(void)
{
    return logged("\"path\": \"/token\"");
}

static void pass(test_calendar *c, int64_t seconds)
{
    c->waited_ms += seconds * 1000;
}

static void look(test_calendar *c)
{
    if (test_calendar_changes(c, c->token))
        fail_msg("%s", c->error.message);
}

/* After `kept_s` seconds the token is still used, `more_s` seconds later a new one has been asked for. */
static void assert_renewed_after(test_calendar *c, int64_t kept_s, int64_t more_s)
{
    test_calendar_open(c);
    pass(c, kept_s);
    look(c);
    assert_int_equal(tokens_asked_for(), 1);
    pass(c, more_s);
    look(c);
    assert_int_equal(tokens_asked_for(), 2);
    assert_int_equal(logged("\"status\": 401"), 0);
}

static void test_a_token_is_renewed_a_minute_before_its_end(void **state)
{
    assert_renewed_after(*state, 3500, 80);
}

static void test_a_short_one_after_three_quarters_of_its_life(void **state)
{
    test_server_options(&server, "{\"access_ttl_s\": 60}");
    assert_renewed_after(*state, 10, 40);
}

static void test_a_life_that_is_not_told_is_five_minutes(void **state)
{
    test_server_options(&server, "{\"tell_life\": false}");
    assert_renewed_after(*state, 200, 80);
}

static void fetch(test_calendar *c)
{
    char names[FETCHED][16];
    const char *hrefs[FETCHED];
    for (size_t i = 0; i < FETCHED; i++) {
        snprintf(names[i], sizeof names[i], "id%05zu", i);
        hrefs[i] = names[i];
    }
    if (test_calendar_fetch(c, hrefs, FETCHED))
        fail_msg("%s", c->error.message);
    assert_int_equal(c->deleted, FETCHED);
}

static void test_one_refresh_for_all_that_wait(void **state)
{
    test_calendar *c = *state;
    test_calendar_open(c);
    pass(c, 3600);
    fetch(c);
    assert_int_equal(tokens_asked_for(), 2);
    assert_int_equal(logged("/events/id"), FETCHED);
    /* That the calendar itself is there is asked once. */
    assert_int_equal(logged("\"fields\": \"kind\""), 1);
}

/* All that wait are told, and no later request asks again. */
static void test_a_refresh_that_is_refused_fails_all_that_wait(void **state)
{
    test_calendar *c = *state;
    static const char *const hrefs[] = {"id1", "id2", "id3"};
    test_calendar_open(c);
    pass(c, 3600);
    test_server_fault(&server, "{\"kind\": \"status\", \"code\": 400, \"path\": \"^/token\", \"times\": 9,"
                               " \"body\": \"{\\\"error\\\": \\\"invalid_grant\\\"}\"}");
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(test_calendar_fetch(c, hrefs, 3), FM_EAUTH);
        assert_non_null(strstr(c->error.message, "invalid_grant"));
    }
    assert_int_equal(tokens_asked_for(), 2);
    assert_int_equal(logged("/events/id"), 0);
}

/* A minute's worth at once, the others at the pace of the quota. */
static void test_the_quota_is_kept(void **state)
{
    test_calendar *c = *state;
    fm_options_set_int(c->options, "requests_per_minute", 30);
    int64_t start_ms = c->env.monotonic_ms(c->env.data);
    test_calendar_open(c);
    fetch(c);
    int64_t took_ms = c->env.monotonic_ms(c->env.data) - start_ms;
    unsigned sent = logged("\"path\": \"/calendar/v3/");
    assert_true(sent > FETCHED);
    assert_true(took_ms >= (int64_t)(sent - 30) * 2000);
    assert_true(c->waited_ms <= (int64_t)(sent - 30) * 2000 + 1000);
}

/* Nothing else is under way when the quota holds back the request for the next page. */
static void test_the_next_page_waits_for_the_quota(void **state)
{
    test_calendar *c = *state;
    fm_options_set_int(c->options, "requests_per_minute", 2);
    test_calendar_open(c);
    test_server_options(&server, "{\"empty_pages\": true}");
    look(c);
    assert_int_equal(c->complete, 1);
    assert_true(c->waited_ms > 0);
}

static const char an_event[] = "{\"id\": \"abcdef\", \"summary\": \"One\", \"start\": {\"date\": \"2026-02-15\"},"
                               " \"end\": {\"date\": \"2026-02-16\"}}";

/* Cuts the ETags off the log. */
static const char *told(test_calendar *c)
{
    for (char *at = c->log.data; (at = strstr(at, " \"")); at++)
        memmove(at, at + strcspn(at, "\n"), strlen(at + strcspn(at, "\n")) + 1);
    return c->log.data;
}

/* What was listed so far is told to be incomplete before the listing begins anew; fmcal/provider.h. */
static void test_a_listing_that_replaces_a_token_says_so(void **state)
{
    test_calendar *c = *state;
    test_calendar_open(c);
    free(test_server_control(&server, "POST", "/_events/primary", an_event));
    look(c);
    assert_string_equal(told(c), "changed abcdef\npage complete\n");
    free(test_server_control(&server, "POST", "/_expire", "{}"));
    look(c);
    assert_string_equal(told(c), "page\nseen abcdef\npage complete\n");
    look(c);
    assert_string_equal(told(c), "page\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_token_is_renewed_a_minute_before_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_short_one_after_three_quarters_of_its_life, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_life_that_is_not_told_is_five_minutes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_refresh_for_all_that_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_refresh_that_is_refused_fails_all_that_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_quota_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_next_page_waits_for_the_quota, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_listing_that_replaces_a_token_says_so, setup, teardown),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
