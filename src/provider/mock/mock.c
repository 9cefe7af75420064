/* The mock provider: a calendar in memory, with real calendar objects, for tests and for trying rules. */
#include "provider/mock/mock.h"
#include "provider/ics/codec.h"
#include "provider/op.h"
#include "provider/settings.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ instance */

static fm_status mock_init(fm_provider *p, const struct fm_options *options, fm_error *err)
{
    fm_mock *m = (fm_mock *)p;
    fm_settings s = {.options = options, .domain = "mock", .redact = p->context.env->redact, .err = err};
    m->server = fm_mock_server_new();
    if (!m->server)
        return fm_error_no_memory(err, "mock");
    fm_settings_text(&s, &m->calendar_id, "calendar_id", NULL);
    fm_settings_text(&s, &m->file, "file", fm_options_string(options, "endpoint", NULL));
    fm_settings_secret(&s, &m->password, "password");
    return s.status;
}

static void mock_fini(fm_provider *p)
{
    fm_mock *m = (fm_mock *)p;
    fm_mock_server_unref(m->server);
    free(m->calendar_id);
    free(m->file);
    fm_secret_unref(m->password);
    free(m->bound_id);
    free(m->bound_name);
    free(m->account);
}

fm_status fm_mock_attach(fm_provider *p, fm_mock_server *server, fm_error *err)
{
    if (p->klass != &fm_provider_mock)
        return fm_error_set(err, FM_EINVAL, "mock", "provider \"%s\" takes no mock server", p->klass->name);
    fm_mock *m = (fm_mock *)p;
    fm_mock_server_unref(m->server);
    m->server = fm_mock_server_ref(server);
    free(m->file); /* a shared server looks after its own */
    m->file = NULL;
    return FM_OK;
}

/* ------------------------------------------------------------------ open */

static fm_status bind(fm_mock *m, const fm_mock_calendar *c, fm_error *err)
{
    char *id = strdup(c->id), *name = strdup(c->name), *account = strdup(m->server->account);
    if (!id || !name || !account) {
        free(id);
        free(name);
        free(account);
        return fm_error_no_memory(err, "mock");
    }
    free(m->bound_id);
    free(m->bound_name);
    free(m->account);
    m->bound_id = id;
    m->bound_name = name;
    m->account = account;
    m->binding = (fm_binding){.account = account, .calendar_id = id, .name = name, .writable = c->writable};
    m->opened = true;
    return FM_OK;
}

static fm_status run_open(void *data, fm_error *err)
{
    fm_mock *m = data;
    fm_mock_server *s = m->server;
    fm_status status = fm_mock_begin(m, FM_MOCK_OPEN, NULL, NULL, err);
    if (!status && s->password && (!m->password || strcmp(s->password, fm_secret_bytes(m->password, NULL)) != 0))
        status = fm_mock_fault_error(err, FM_MOCK_AUTH, 0);
    if (!status && m->file && !s->file)
        status = fm_mock_use_file(s, m->file, err);
    if (status)
        return status;
    const fm_mock_calendar *c = fm_mock_find_calendar(s, m->calendar_id);
    if (!c)
        return fm_error_set(err, FM_ENOTFOUND, "mock", "there is no calendar \"%s\" in the account",
                            m->calendar_id ? m->calendar_id : "primary");
    return bind(m, c, err);
}

static fm_status mock_open(fm_provider *p, fm_op **op, fm_error *err)
{
    return fm_op_call_new(op, run_open, p, NULL, err);
}

static const fm_binding *mock_binding(const fm_provider *p)
{
    const fm_mock *m = (const fm_mock *)p;
    return m->opened ? &m->binding : NULL;
}

/* ------------------------------------------------------------------ list */

typedef struct listing {
    fm_mock *mock;
    fm_calendar_fn fn;
    void *data;
} listing;

static fm_status run_list(void *data, fm_error *err)
{
    listing *l = data;
    fm_mock_server *s = l->mock->server;
    fm_status status = fm_mock_begin(l->mock, FM_MOCK_LIST, NULL, NULL, err);
    for (size_t i = 0; !status && i < s->calendar_count; i++) {
        const fm_mock_calendar *c = s->calendars[i];
        fm_calendar calendar = {.id = c->id,
                                .name = c->name,
                                .color = c->color,
                                .writable = c->writable,
                                .events = c->events,
                                .primary = c->primary};
        status = l->fn(l->data, &calendar, err);
    }
    return status;
}

static fm_status mock_list(fm_provider *p, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err)
{
    listing *l = malloc(sizeof *l);
    if (!l)
        return fm_error_no_memory(err, "mock");
    *l = (listing){(fm_mock *)p, fn, data};
    return fm_op_call_new(op, run_list, l, free, err);
}

/* ------------------------------------------------------------------ codec */

static fm_status mock_encode(const fm_provider *p, const fm_event *event, const char *old, size_t old_len,
                             struct fm_buf *out, fm_error *err)
{
    return fm_ics_encode(event, old, old_len, p->context.env, p->zones, out, err);
}

static fm_status mock_decode(const fm_provider *p, const char *text, size_t len, fm_event *event, fm_error *err)
{
    return fm_ics_decode(text, len, p->zones, event, err);
}

static const fm_credential credentials[] = {
    {"password", FM_CREDENTIAL_SECRET | FM_CREDENTIAL_MAIN},
    {"username", FM_CREDENTIAL_PUBLIC},
    {0},
};

const fm_provider_class fm_provider_mock = {
    .abi_version = FM_PROVIDER_ABI,
    .name = "mock",
    .capabilities = FM_CAP_TOKEN | FM_CAP_MOCK_SERVER,
    .endpoint = FM_ENDPOINT_PATH,
    .credentials = credentials,
    .instance_size = sizeof(fm_mock),
    .init = mock_init,
    .fini = mock_fini,
    .open = mock_open,
    .binding = mock_binding,
    .list = mock_list,
    .changes = fm_mock_changes,
    .fetch = fm_mock_fetch,
    .apply = fm_mock_apply,
    .encode = mock_encode,
    .decode = mock_decode,
};
