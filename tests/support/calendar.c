#include "support/calendar.h"
#include "provider/caldav/caldav.h"
#include "provider/google/google.h"
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t fake_monotonic(void *data)
{
    test_calendar *c = data;
    return c->real.monotonic_ms(c->real.data) + c->waited_ms;
}

static void fake_sleep(void *data, int64_t ms)
{
    ((test_calendar *)data)->waited_ms += ms;
}

static void init(test_calendar *c, test_server *server, const fm_provider_class *klass)
{
    *c = (test_calendar){.server = server, .klass = klass};
    fm_env_default(&c->real);
    fm_env_default(&c->env);
    c->env.data = c;
    c->env.monotonic_ms = fake_monotonic;
    c->env.sleep_ms = fake_sleep;
    c->options = fm_options_new();
    fm_buf_init(&c->log, 1 << 24);
    fm_strmap_init(&c->known, 1);
    if (fm_http_new(&c->http, &c->env, NULL))
        fail_msg("no client");
}

void test_calendar_init(test_calendar *c, test_server *server)
{
    init(c, server, &fm_provider_caldav);
    fm_options_set_string(c->options, "endpoint", server->url);
    fm_options_set_string(c->options, "username", server->user);
    fm_options_set_string(c->options, "password", server->password);
}

void test_calendar_init_google(test_calendar *c, test_server *server)
{
    static const char *const names[][2] = {
        {"api", "endpoint.api"},    {"token", "endpoint.token"},        {"revoke", "endpoint.revoke"},
        {"client_id", "client_id"}, {"client_secret", "client_secret"}, {"refresh_token", "refresh_token"}};
    char value[256];
    init(c, server, &fm_provider_google);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        test_server_word(server, names[i][0], value, sizeof value);
        fm_options_set_string(c->options, names[i][1], value);
    }
}

void test_calendar_free(test_calendar *c)
{
    fm_provider_free(c->provider);
    assert_int_equal(fm_http_step(c->http, 0, NULL), FM_OK);
    fm_http_free(c->http);
    fm_options_free(c->options);
    fm_buf_free(&c->log);
    fm_strmap_free(&c->known);
    free(c->token);
}

fm_status test_calendar_new(test_calendar *c)
{
    fm_context context = {.env = &c->env, .http = c->http};
    fm_provider_free(c->provider);
    fm_error_clear(&c->error);
    return fm_provider_new(&c->provider, c->klass, &context, c->options, &c->error);
}

/* Runs an operation that was started with `status`. */
static fm_status run(test_calendar *c, fm_op *op, fm_status status)
{
    if (!status)
        status = fm_op_run(op, &c->env, &c->error);
    fm_op_free(op);
    return status;
}

fm_status test_calendar_try_open(test_calendar *c)
{
    fm_op *op = NULL;
    fm_status status = test_calendar_new(c);
    if (!status)
        status = fm_provider_open(c->provider, &op, &c->error);
    return run(c, op, status);
}

void test_calendar_open(test_calendar *c)
{
    if (test_calendar_try_open(c))
        fail_msg("%s", c->error.message);
}

static const char *name_of(const char *href)
{
    const char *slash = strrchr(href, '/');
    return slash ? slash + 1 : href;
}

static const char *known_etag(void *data, const char *href)
{
    const fm_strmap_entry *entry = fm_strmap_find(&((test_calendar *)data)->known, href);
    return entry ? entry->text : NULL;
}

static fm_status on_object(void *data, const fm_object *object, fm_error *err)
{
    test_calendar *c = data;
    (void)err;
    if (object->kind == FM_OBJECT_CHANGED) {
        assert_true(object->text_len > 0);
        c->changed++;
        fm_buf_addf(&c->log, "changed %s %s\n", name_of(object->href), object->etag);
        fm_strmap_set(&c->known, object->href, 0, object->etag);
    } else if (object->kind == FM_OBJECT_SEEN) {
        c->seen++;
        fm_buf_addf(&c->log, "seen %s\n", name_of(object->href));
    } else if (object->kind == FM_OBJECT_UNREAD) {
        fm_buf_addf(&c->log, "unread %s: %s\n", name_of(object->href), object->why);
    } else {
        c->deleted++;
        fm_buf_addf(&c->log, "deleted %s\n", name_of(object->href));
    }
    return FM_OK;
}

static fm_status on_page(void *data, const char *token, bool complete, fm_error *err)
{
    test_calendar *c = data;
    (void)err;
    c->pages++;
    c->complete += complete;
    fm_buf_addf(&c->log, "page%s\n", complete ? " complete" : "");
    free(c->token);
    c->token = token ? strdup(token) : NULL;
    return FM_OK;
}

static fm_object_sink begin(test_calendar *c)
{
    fm_buf_reset(&c->log);
    fm_error_clear(&c->error);
    c->changed = c->seen = c->deleted = c->pages = c->complete = 0;
    return (fm_object_sink){.data = c, .known_etag = known_etag, .object = on_object, .page = on_page};
}

fm_status test_calendar_changes(test_calendar *c, const char *token)
{
    fm_op *op = NULL;
    char *copy = token ? strdup(token) : NULL;
    fm_object_sink sink = begin(c);
    fm_status status = fm_provider_changes(c->provider, copy, &sink, &op, &c->error);
    free(copy);
    return run(c, op, status);
}

fm_status test_calendar_fetch(test_calendar *c, const char *const *hrefs, size_t count)
{
    fm_op *op = NULL;
    fm_object_sink sink = begin(c);
    fm_status status = fm_provider_fetch(c->provider, hrefs, count, &sink, &op, &c->error);
    return run(c, op, status);
}

fm_status test_calendar_apply(test_calendar *c, fm_write *writes, size_t count)
{
    fm_op *op = NULL;
    fm_error_clear(&c->error);
    fm_status status = fm_provider_apply(c->provider, writes, count, NULL, NULL, &op, &c->error);
    return run(c, op, status);
}

char *test_event(const char *uid, const char *title)
{
    fm_buf text;
    fm_buf_init(&text, 1 << 20);
    fm_buf_addf(&text,
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//fmcal//test//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\n"
                "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260215\r\nDTEND;VALUE=DATE:20260216\r\n"
                "SUMMARY:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                uid, title);
    return fm_buf_take(&text, NULL);
}

fm_write test_create(const char *uid, const char *text)
{
    return (fm_write){.kind = FM_WRITE_CREATE, .uid = uid, .text = text, .text_len = strlen(text)};
}
