#include "provider/caldav/bodies.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

typedef struct fetch {
    fm_remote_op op;
    fm_caldav_bodies bodies;
} fetch;

static void destroy(fm_op *op)
{
    fetch *f = (fetch *)op;
    fm_remote_cancel_all(&f->op);
    fm_caldav_bodies_free(&f->bodies);
    free(f);
}

static void on_bodies(fm_remote_op *op, const fm_error *err)
{
    if (err)
        fm_remote_op_fail(op, err);
    else
        fm_remote_op_end(op, FM_OK);
}

static fm_status add_wanted(fetch *f, const char *const *hrefs, size_t count, fm_error *err)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < count && !status; i++) {
        char *key = strdup(hrefs[i]);
        status =
            key ? fm_caldav_rows_add(&f->bodies.wanted, key, NULL, err) : fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    }
    return status;
}

fm_status fm_caldav_fetch(fm_provider *provider, const char *const *hrefs, size_t count, const fm_object_sink *sink,
                          fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy};
    fetch *f = fm_remote_op_new(sizeof *f, &klass, provider, err);
    if (!f)
        return FM_ENOMEM;
    fm_caldav_bodies_init(&f->bodies, &f->op, sink, on_bodies);
    f->bodies.spread = true; /* a multiget belongs to the changes that are read before */
    fm_status status = add_wanted(f, hrefs, count, err);
    if (status) {
        destroy(&f->op.op);
        return status;
    }
    *op = &f->op.op;
    fm_caldav_bodies_start(&f->bodies);
    return FM_OK;
}
