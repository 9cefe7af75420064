/* The slots changes and fetch of the mock provider. */
#include "provider/mock/mock.h"
#include "provider/op.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fm_status deliver(fm_mock_server *s, const fm_object_sink *sink, const fm_mock_object *o, fm_error *err)
{
    fm_object object = {.kind = FM_OBJECT_CHANGED,
                        .href = o->href,
                        .uid = o->uid,
                        .etag = o->etag,
                        .text = o->text,
                        .text_len = o->text_len};
    s->bodies++;
    return sink->object(sink->data, &object, err);
}

/* What comes for the first object is none: reading it again may help. */
static fm_status deliver_damaged(const fm_object_sink *sink, const fm_mock_object *o, fm_error *err)
{
    fm_object object = {.kind = FM_OBJECT_UNREAD, .href = o->href, .why = "what came is no calendar object"};
    return sink->object(sink->data, &object, err);
}

static fm_status deliver_gone(const fm_object_sink *sink, const char *href, fm_error *err)
{
    fm_object object = {.kind = FM_OBJECT_DELETED, .href = href};
    return sink->object(sink->data, &object, err);
}

/* ------------------------------------------------------------------ tokens */

#define TOKEN_FORMAT "mock-token-%lld"

static void format_token(char out[48], int64_t change)
{
    snprintf(out, 48, TOKEN_FORMAT, (long long)change);
}

/* The change a token stands for, or -1 where the server does not accept it. */
static int64_t accept_token(const fm_mock_server *s, const fm_mock_calendar *c, const char *token)
{
    long long change;
    char again[48];
    if (!s->tokens || sscanf(token, TOKEN_FORMAT, &change) != 1)
        return -1;
    format_token(again, change);
    if (strcmp(again, token) != 0 || change < c->made || change > s->change)
        return -1;
    return s->max_token_age && s->change - change > s->max_token_age ? -1 : change;
}

/* ------------------------------------------------------------------ complete listing */

static fm_status list_object(fm_mock_server *s, const fm_object_sink *sink, const fm_mock_object *o, fm_error *err)
{
    const char *known = sink->known_etag ? sink->known_etag(sink->data, o->href) : NULL;
    if (!known || strcmp(known, o->etag) != 0)
        return deliver(s, sink, o, err);
    fm_object object = {.kind = FM_OBJECT_SEEN, .href = o->href, .uid = o->uid, .etag = o->etag};
    return sink->object(sink->data, &object, err);
}

static fm_status list_all(fm_mock_server *s, const fm_mock_calendar *c, const fm_object_sink *sink, bool truncated,
                          fm_error *err)
{
    char token[48];
    format_token(token, s->change);
    const char *said = s->tokens ? token : NULL;
    size_t end = truncated ? c->object_count / 2 : c->object_count;
    fm_status status = FM_OK;
    for (size_t i = 0; !status && i < end; i++) {
        status = list_object(s, sink, &c->objects[i], err);
        bool page_ends = s->page_size && (int64_t)((i + 1) % (size_t)s->page_size) == 0 && i + 1 < end;
        if (!status && page_ends)
            status = sink->page(sink->data, said, false, err);
    }
    if (!status && truncated)
        return fm_mock_fault_error(err, FM_MOCK_TRUNCATE, 0);
    return status ? status : sink->page(sink->data, said, true, err);
}

/* ------------------------------------------------------------------ what changed since */

typedef struct entry {
    int64_t change;
    const char *href;
    const fm_mock_object *object; /* NULL: a tombstone */
} entry;

static int by_change(const void *a, const void *b)
{
    int64_t x = ((const entry *)a)->change, y = ((const entry *)b)->change;
    return (x > y) - (x < y);
}

static entry *changes_since(const fm_mock_calendar *c, int64_t since, size_t *count)
{
    entry *entries = calloc(c->object_count + c->tombstone_count + 1, sizeof *entries);
    *count = 0;
    if (!entries)
        return NULL;
    for (size_t i = 0; i < c->object_count; i++) {
        const fm_mock_object *o = &c->objects[i];
        if (o->change > since)
            entries[(*count)++] = (entry){o->change, o->href, o};
    }
    for (size_t i = 0; i < c->tombstone_count; i++) {
        const fm_mock_tombstone *t = &c->tombstones[i];
        if (t->change > since)
            entries[(*count)++] = (entry){t->change, t->href, NULL};
    }
    qsort(entries, *count, sizeof *entries, by_change);
    return entries;
}

static fm_status report_since(fm_mock_server *s, const fm_mock_calendar *c, int64_t since, const fm_object_sink *sink,
                              bool truncated, fm_error *err)
{
    size_t count;
    char token[48];
    entry *entries = changes_since(c, since, &count);
    if (!entries)
        return fm_error_no_memory(err, "mock");
    size_t end = truncated ? count / 2 : count;
    fm_status status = FM_OK;
    for (size_t i = 0; !status && i < end; i++) {
        status =
            entries[i].object ? deliver(s, sink, entries[i].object, err) : deliver_gone(sink, entries[i].href, err);
        bool page_ends = s->page_size && (int64_t)((i + 1) % (size_t)s->page_size) == 0 && i + 1 < end;
        if (!status && page_ends) {
            format_token(token, entries[i].change);
            status = sink->page(sink->data, token, false, err);
        }
    }
    free(entries);
    if (!status && truncated)
        return fm_mock_fault_error(err, FM_MOCK_TRUNCATE, 0);
    format_token(token, s->change);
    return status ? status : sink->page(sink->data, token, false, err);
}

/* ------------------------------------------------------------------ operations */

typedef struct reading {
    fm_mock *mock;
    fm_object_sink sink;
    char *token;
    const char *const *hrefs;
    size_t count;
} reading;

static void free_reading(void *data)
{
    reading *r = data;
    free(r->token);
    free(r);
}

static fm_status run_changes(void *data, fm_error *err)
{
    reading *r = data;
    fm_mock_server *s = r->mock->server;
    fm_mock_calendar *c = NULL;
    fm_mock_fault_kind fault;
    fm_status status = fm_mock_begin(r->mock, FM_MOCK_CHANGES, NULL, &fault, err);
    if (!status)
        status = fm_mock_reload(s, err);
    if (!status)
        status = fm_mock_bound_calendar(r->mock, &c, err);
    if (status)
        return status;
    s->listed = s->change;
    int64_t since = r->token && fault != FM_MOCK_EXPIRED ? accept_token(s, c, r->token) : -1;
    if (since >= 0)
        return report_since(s, c, since, &r->sink, fault == FM_MOCK_TRUNCATE, err);
    if (r->token)
        status = r->sink.page(r->sink.data, NULL, false, err);
    return status ? status : list_all(s, c, &r->sink, fault == FM_MOCK_TRUNCATE, err);
}

static fm_status run_fetch(void *data, fm_error *err)
{
    reading *r = data;
    fm_mock_calendar *c = NULL;
    fm_mock_fault_kind fault;
    fm_status status = fm_mock_begin(r->mock, FM_MOCK_FETCH, NULL, &fault, err);
    if (!status)
        status = fm_mock_reload(r->mock->server, err);
    if (!status)
        status = fm_mock_bound_calendar(r->mock, &c, err);
    for (size_t i = 0; !status && i < r->count; i++) {
        const fm_mock_object *o = fault == FM_MOCK_MISSING ? NULL : fm_mock_find(c, r->hrefs[i]);
        if (o && fault == FM_MOCK_LAG && o->change > r->mock->server->listed)
            o = o->before;
        if (o && fault == FM_MOCK_DAMAGED)
            status = deliver_damaged(&r->sink, o, err);
        else
            status = o ? deliver(r->mock->server, &r->sink, o, err) : deliver_gone(&r->sink, r->hrefs[i], err);
        fault = fault == FM_MOCK_DAMAGED ? FM_MOCK_NO_FAULT : fault;
    }
    return status;
}

static fm_status start(fm_op **op, fm_op_call_fn run, fm_mock *m, const char *token, const fm_object_sink *sink,
                       reading **out, fm_error *err)
{
    reading *r = calloc(1, sizeof *r);
    if (r && token)
        r->token = strdup(token);
    if (!r || (token && !r->token)) {
        free(r);
        return fm_error_no_memory(err, "mock");
    }
    r->mock = m;
    r->sink = *sink;
    *out = r;
    return fm_op_call_new(op, run, r, free_reading, err);
}

fm_status fm_mock_changes(fm_provider *p, const char *token, const fm_object_sink *sink, fm_op **op, fm_error *err)
{
    reading *r;
    return start(op, run_changes, (fm_mock *)p, token, sink, &r, err);
}

fm_status fm_mock_fetch(fm_provider *p, const char *const *hrefs, size_t count, const fm_object_sink *sink, fm_op **op,
                        fm_error *err)
{
    reading *r = NULL;
    fm_status status = start(op, run_fetch, (fm_mock *)p, NULL, sink, &r, err);
    if (!status) {
        r->hrefs = hrefs;
        r->count = count;
    }
    return status;
}
