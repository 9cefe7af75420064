/* Reading events by id: one request each, many at a time. */
#include "provider/google/call.h"
#include "provider/google/deliver.h"
#include "provider/google/event_path.h"
#include "provider/google/presence.h"
#include "util/alloc.h"

#include <stdlib.h>

/* One event under way. */
typedef struct wanted {
    struct fetch *f;
    const char *href; /* NULL: free */
    bool missing;     /* waits for word that the calendar is there */
} wanted;

typedef struct fetch {
    fm_remote_op op;
    fm_object_sink sink;
    const char *const *hrefs; /* borrowed */
    size_t count, next, in_flight;
    wanted *places; /* one for each request at a time, owned */
    enum { PRESENCE_UNKNOWN, PRESENCE_ASKED, PRESENT } presence;
} fetch;

static void start_more(fetch *f);

static size_t places(const fetch *f)
{
    return (size_t)f->op.p->config.max_in_flight * 2;
}

/* The event's place is free again. `status`: the sink's answer, or why there is none. */
static void conclude(wanted *w, fm_status status, fm_error *err)
{
    fetch *f = w->f;
    *w = (wanted){0};
    f->in_flight--;
    err->status = status;
    if (status)
        fm_remote_op_fail(&f->op, err);
}

static void deliver_missing(wanted *w)
{
    fm_error err = {0};
    fm_object gone = {.kind = FM_OBJECT_DELETED, .href = w->href};
    conclude(w, w->f->sink.object(w->f->sink.data, &gone, &err), &err);
}

static void on_presence(void *data, const fm_google_result *result)
{
    fetch *f = data;
    if (result->status) {
        fm_remote_op_fail(&f->op, &result->error);
        return;
    }
    f->presence = PRESENT;
    for (size_t i = 0; i < places(f) && !f->op.done; i++)
        if (f->places[i].missing)
            deliver_missing(&f->places[i]);
    start_more(f);
}

/* An event counts as gone only in a calendar that is there. */
static void on_missing(wanted *w)
{
    fetch *f = w->f;
    fm_error err = {0};
    w->missing = true;
    if (f->presence == PRESENT) {
        deliver_missing(w);
        start_more(f);
    } else if (f->presence == PRESENCE_UNKNOWN) {
        f->presence = PRESENCE_ASKED;
        if (fm_google_ask_presence(&f->op, on_presence, f, &err))
            fm_remote_op_fail(&f->op, &err);
    }
}

static void on_event(void *data, const fm_google_result *result)
{
    wanted *w = data;
    fetch *f = w->f;
    fm_error err = {0};
    if (result->code == 404 || result->code == 410) {
        on_missing(w);
        return;
    }
    fm_status status = result->status;
    if (status) {
        err = result->error;
    } else {
        fm_object_sink sink = f->sink;
        sink.known_etag = NULL; /* whoever fetches wants the text */
        status = fm_google_deliver(&sink, &result->body, &err);
    }
    conclude(w, status, &err);
    start_more(f);
}

static bool is_wanted(const void *data, const fm_json_span *body)
{
    return fm_google_is(body, "id", ((const wanted *)data)->href);
}

static void begin(fetch *f, wanted *w, const char *href)
{
    fm_buf path;
    fm_error err = {0};
    *w = (wanted){.f = f, .href = href};
    f->in_flight++;
    fm_google_event_path(&path, fm_google_of(&f->op), href, "prettyPrint=false");
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "reading an event",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .is_answer = is_wanted,
                                 .done = on_event,
                                 .data = w};
    if (path.status ? fm_error_no_memory(&err, FM_GOOGLE_DOMAIN) : fm_google_submit(&f->op, &request, &err))
        fm_remote_op_fail(&f->op, &err);
    fm_buf_free(&path);
}

static void start_more(fetch *f)
{
    for (size_t i = 0; i < places(f) && f->next < f->count && !f->op.done; i++)
        if (!f->places[i].href)
            begin(f, &f->places[i], f->hrefs[f->next++]);
    if (!f->in_flight && !f->op.done)
        fm_remote_op_end(&f->op, FM_OK);
}

static void destroy(fm_op *op)
{
    fetch *f = (fetch *)op;
    fm_remote_cancel_all(&f->op);
    free(f->places);
    free(f);
}

fm_status fm_google_fetch(fm_provider *provider, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                          fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy};
    fetch *f = fm_remote_op_new(sizeof *f, &klass, provider, err);
    if (!f)
        return FM_ENOMEM;
    f->sink = *sink;
    f->hrefs = hrefs;
    f->count = count;
    f->places = calloc(places(f), sizeof *f->places);
    if (!f->places) {
        free(f);
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    }
    *op = &f->op.op;
    start_more(f);
    return FM_OK;
}
