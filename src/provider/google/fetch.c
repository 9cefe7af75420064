/* Reading events by id: one request each, many at a time. */
#include "provider/google/call.h"
#include "provider/google/deliver.h"
#include "provider/google/event_path.h"

#include <stdlib.h>

typedef struct fetch {
    fm_google_op op;
    fm_object_sink sink;
    const char *const *hrefs; /* borrowed */
    size_t count, next, in_flight;
    struct wanted *places; /* one for each request at a time, owned */
} fetch;

struct wanted {
    fetch *f;
    const char *href; /* NULL: free */
};

static void start_more(fetch *f);

static size_t places(const fetch *f)
{
    return (size_t)f->op.p->config.max_in_flight * 2;
}

static void on_event(void *data, const fm_google_result *result)
{
    struct wanted *w = data;
    fetch *f = w->f;
    fm_error err = {0};
    fm_status status = FM_OK;
    if (result->code == 404 || result->code == 410) {
        fm_object gone = {.kind = FM_OBJECT_DELETED, .href = w->href};
        status = f->sink.object(f->sink.data, &gone, &err);
    } else if (result->status) {
        status = result->status;
        err = result->error;
    } else {
        fm_object_sink sink = f->sink;
        sink.known_etag = NULL; /* whoever fetches wants the text */
        status = fm_google_deliver(&sink, &result->body, &err);
    }
    w->href = NULL;
    f->in_flight--;
    err.status = status;
    if (status)
        fm_google_op_fail(&f->op, &err);
    else
        start_more(f);
}

static void begin(fetch *f, struct wanted *w, const char *href)
{
    fm_buf path;
    fm_error err = {0};
    *w = (struct wanted){f, href};
    f->in_flight++;
    fm_google_event_path(&path, f->op.p, href, "prettyPrint=false");
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "reading an event",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .done = on_event,
                                 .data = w};
    if (path.status ? fm_google_no_memory(&err) : fm_google_submit(&f->op, &request, &err))
        fm_google_op_fail(&f->op, &err);
    fm_buf_free(&path);
}

static void start_more(fetch *f)
{
    for (size_t i = 0; i < places(f) && f->next < f->count && !f->op.done; i++)
        if (!f->places[i].href)
            begin(f, &f->places[i], f->hrefs[f->next++]);
    if (!f->in_flight)
        fm_google_op_end(&f->op, FM_OK);
}

static void destroy(fm_op *op)
{
    fetch *f = (fetch *)op;
    fm_google_cancel_all(&f->op);
    free(f->places);
    free(f);
}

fm_status fm_google_fetch(fm_provider *provider, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                          fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_google_op_step, .destroy = destroy};
    fetch *f = calloc(1, sizeof *f);
    if (!f)
        return fm_google_no_memory(err);
    f->op.op.klass = &klass;
    f->op.p = (fm_google *)provider;
    f->sink = *sink;
    f->hrefs = hrefs;
    f->count = count;
    f->places = calloc(places(f), sizeof *f->places);
    if (!f->places) {
        free(f);
        return fm_google_no_memory(err);
    }
    *op = &f->op.op;
    start_more(f);
    return FM_OK;
}
