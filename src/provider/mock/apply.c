/*
 * The slot apply of the mock provider: one write a step. Of a write whose answer is missing it finds out by
 * reading what the calendar holds now, as the contract of fmcal/provider.h asks.
 */
#include "provider/mock/mock.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

typedef struct apply_op {
    fm_op op;
    fm_mock *mock;
    fm_write *writes;
    size_t count, next;
    fm_written_fn fn;
    void *data;
    fm_status status; /* once it has failed */
} apply_op;

static fm_mock_request request_of(const fm_write *w)
{
    switch (w->kind) {
    case FM_WRITE_CREATE:
        return FM_MOCK_CREATE;
    case FM_WRITE_UPDATE:
        return FM_MOCK_UPDATE;
    case FM_WRITE_DELETE:
        break;
    }
    return FM_MOCK_DELETE;
}

/* ------------------------------------------------------------------ outcomes */

static fm_status say_done(fm_write *w, const fm_mock_server *s, const fm_mock_object *o, fm_error *err)
{
    w->outcome = FM_OUTCOME_DONE;
    if (!o)
        return FM_OK;
    if (w->kind == FM_WRITE_CREATE && !(w->new_href = strdup(o->href)))
        return fm_error_no_memory(err, "mock");
    if (s->etag_on_write && !(w->new_etag = strdup(o->etag)))
        return fm_error_no_memory(err, "mock");
    return FM_OK;
}

/* The calendar holds something else: `o`, or nothing. */
static fm_status say_changed(fm_write *w, fm_mock_server *s, const fm_mock_object *o, fm_error *err)
{
    w->outcome = FM_OUTCOME_CHANGED;
    if (!o) {
        w->current_gone = true;
        return FM_OK;
    }
    w->new_href = strdup(o->href);
    w->new_etag = strdup(o->etag);
    w->current_text = malloc(o->text_len + 1);
    if (!w->new_href || !w->new_etag || !w->current_text)
        return fm_error_no_memory(err, "mock");
    memcpy(w->current_text, o->text, o->text_len + 1);
    w->current_len = o->text_len;
    s->bodies++;
    return FM_OK;
}

static fm_status say_refused(fm_write *w, fm_status why, int http_status, const char *message)
{
    w->outcome = FM_OUTCOME_REFUSED;
    fm_error_set(&w->error, why, "mock", "%s", message);
    w->error.http_status = http_status;
    return FM_OK;
}

static fm_status say_fault(fm_write *w, fm_outcome outcome, fm_mock_fault_kind fault, int64_t retry_after_ms)
{
    w->outcome = outcome;
    fm_mock_fault_error(&w->error, fault, retry_after_ms);
    return FM_OK;
}

/* ------------------------------------------------------------------ what the server does */

/* Where the event lies: at its href, or at another one under its UID. */
static fm_mock_object *current_of(const fm_mock_calendar *c, const fm_write *w)
{
    fm_mock_object *o = w->href ? fm_mock_find(c, w->href) : NULL;
    return o ? o : fm_mock_find_uid(c, w->uid);
}

/* The server says that it is done, with an ETag that nothing has. */
static fm_status say_done_in_vain(fm_mock *m, fm_mock_calendar *c, fm_write *w, fm_error *err)
{
    char href[32], etag[] = "\"mock-0\"";
    fm_mock_next_href(m->server, href);
    if (w->kind == FM_WRITE_CREATE && fm_mock_find_uid(c, w->uid))
        return say_changed(w, m->server, fm_mock_find_uid(c, w->uid), err);
    const fm_mock_object said = {.href = w->href ? (char *)w->href : href, .etag = etag};
    return say_done(w, m->server, w->kind == FM_WRITE_DELETE ? NULL : &said, err);
}

static fm_status store(fm_mock *m, fm_mock_calendar *c, fm_write *w, const char *href, fm_error *err)
{
    size_t len;
    char *text = fm_mock_rewritten(&m->server->rewrite, w->text, w->text_len, &len);
    if (!text)
        return fm_error_no_memory(err, "mock");
    fm_mock_change change = {.href = href, .uid = w->uid, .text = text, .text_len = len};
    fm_status status = fm_mock_commit(m->server, c, &change, err);
    free(text);
    return status ? status : say_done(w, m->server, fm_mock_find(c, href), err);
}

static fm_status create(fm_mock *m, fm_mock_calendar *c, fm_write *w, fm_error *err)
{
    const fm_mock_object *there = fm_mock_find_uid(c, w->uid);
    if (there)
        return say_changed(w, m->server, there, err);
    char href[32];
    fm_mock_next_href(m->server, href);
    return store(m, c, w, href, err);
}

static fm_status update(fm_mock *m, fm_mock_calendar *c, fm_write *w, fm_error *err)
{
    const fm_mock_object *there = fm_mock_find(c, w->href);
    if (!there || (w->etag && strcmp(there->etag, w->etag) != 0))
        return say_changed(w, m->server, current_of(c, w), err);
    return store(m, c, w, w->href, err);
}

static fm_status erase(fm_mock *m, fm_mock_calendar *c, fm_write *w, fm_error *err)
{
    const fm_mock_object *there = fm_mock_find(c, w->href);
    if (!there)
        return say_done(w, m->server, NULL, err);
    if (w->etag && strcmp(there->etag, w->etag) != 0)
        return say_changed(w, m->server, there, err);
    fm_mock_change change = {.href = w->href};
    fm_status status = fm_mock_commit(m->server, c, &change, err);
    return status ? status : say_done(w, m->server, NULL, err);
}

static fm_status perform(fm_mock *m, fm_mock_calendar *c, fm_write *w, fm_error *err)
{
    if (!c->writable)
        return say_refused(w, FM_EACCESS, 403, "the calendar is read-only");
    switch (w->kind) {
    case FM_WRITE_CREATE:
        return create(m, c, w, err);
    case FM_WRITE_UPDATE:
        return update(m, c, w, err);
    case FM_WRITE_DELETE:
        break;
    }
    return erase(m, c, w, err);
}

/* Somebody saves the object again, as it is. */
static fm_status touch(fm_mock *m, fm_mock_calendar *c, const fm_write *w, fm_error *err)
{
    const fm_mock_object *o = current_of(c, w);
    if (!o)
        return FM_OK;
    char *href = strdup(o->href), *uid = o->uid ? strdup(o->uid) : NULL, *text = malloc(o->text_len + 1);
    fm_status status = FM_OK;
    if (!href || !text || (o->uid && !uid)) {
        status = fm_error_no_memory(err, "mock");
    } else {
        memcpy(text, o->text, o->text_len + 1);
        fm_mock_change change = {.href = href, .uid = uid, .text = text, .text_len = o->text_len};
        status = fm_mock_commit(m->server, c, &change, err);
    }
    free(href);
    free(uid);
    free(text);
    return status;
}

/* ------------------------------------------------------------------ what the provider does */

static bool same_text(const fm_mock_object *o, const fm_write *w)
{
    return o->text_len == w->text_len && memcmp(o->text, w->text, w->text_len) == 0;
}

/* Nobody answered. What the calendar holds says whether the write was done. */
static fm_status find_out(fm_mock *m, fm_mock_calendar *c, fm_write *w, fm_mock_fault_kind fault,
                          int64_t retry_after_ms, fm_error *err)
{
    fm_status status = fm_mock_begin(m, FM_MOCK_READ, w->uid, NULL, err);
    if (status)
        return status;
    fm_write_clear(w);
    const fm_mock_object *there = current_of(c, w);
    bool untouched = there ? w->etag && strcmp(there->etag, w->etag) == 0 : w->kind == FM_WRITE_CREATE;
    if (untouched)
        return say_fault(w, FM_OUTCOME_FAILED, fault, retry_after_ms);
    if (!there && w->kind == FM_WRITE_DELETE)
        return say_done(w, m->server, NULL, err);
    if (there && w->kind != FM_WRITE_DELETE && same_text(there, w))
        return say_done(w, m->server, there, err);
    return say_changed(w, m->server, there, err);
}

static fm_status carry_out(fm_mock *m, fm_mock_calendar *c, fm_write *w, fm_error *err)
{
    fm_mock_fault_kind fault = FM_MOCK_NO_FAULT;
    int64_t retry_after_ms = 0;
    m->server->counts[request_of(w)]++;
    fault = fm_mock_take_fault(&m->server->faults, request_of(w), w->uid, &retry_after_ms);
    fm_status status = FM_OK;
    switch (fault) {
    case FM_MOCK_AUTH:
    case FM_MOCK_GONE:
        return fm_mock_fault_error(err, fault, 0);
    case FM_MOCK_REFUSE:
        return say_fault(w, FM_OUTCOME_REFUSED, fault, 0);
    case FM_MOCK_THROTTLE:
        return say_fault(w, FM_OUTCOME_FAILED, fault, retry_after_ms);
    case FM_MOCK_NETWORK:
    case FM_MOCK_TIMEOUT:
    case FM_MOCK_SERVER:
    case FM_MOCK_TRUNCATE:
        return find_out(m, c, w, fault, retry_after_ms, err);
    case FM_MOCK_LOST:
        status = perform(m, c, w, err);
        return status ? status : find_out(m, c, w, fault, retry_after_ms, err);
    case FM_MOCK_FORGET:
        return say_done_in_vain(m, c, w, err);
    case FM_MOCK_STALE:
        status = touch(m, c, w, err);
        return status ? status : perform(m, c, w, err);
    default:
        return perform(m, c, w, err);
    }
}

static fm_status write_next(apply_op *a, fm_error *err)
{
    fm_mock_calendar *c = NULL;
    fm_write *w = &a->writes[a->next];
    fm_status status = fm_mock_lock(a->mock->server, err);
    if (!status)
        status = fm_mock_bound_calendar(a->mock, &c, err);
    if (!status)
        status = carry_out(a->mock, c, w, err);
    fm_mock_unlock(a->mock->server);
    if (status) {
        fm_write_clear(w); /* not known, so the caller settles it with its next run */
        return status;
    }
    a->next++;
    return a->fn ? a->fn(a->data, w, err) : FM_OK;
}

static fm_status step(fm_op *op, int timeout_ms, fm_error *err)
{
    apply_op *a = (apply_op *)op;
    (void)timeout_ms;
    if (!a->status && a->next < a->count)
        a->status = write_next(a, err);
    if (a->status)
        return a->status;
    return a->next < a->count ? FM_PENDING : FM_OK;
}

static void destroy(fm_op *op)
{
    free(op);
}

fm_status fm_mock_apply(fm_provider *p, fm_write *writes, size_t count, fm_written_fn fn, void *data, fm_op **op,
                        fm_error *err)
{
    static const fm_op_class klass = {.step = step, .destroy = destroy};
    apply_op *a = calloc(1, sizeof *a);
    if (!a)
        return fm_error_no_memory(err, "mock");
    *a = (apply_op){.op.klass = &klass, .mock = (fm_mock *)p, .writes = writes, .count = count, .fn = fn, .data = data};
    *op = &a->op;
    return FM_OK;
}
