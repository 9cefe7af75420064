#include "provider/remote/apply.h"
#include "provider/remote/call.h"
#include "util/alloc.h"

#include <stdlib.h>

void fm_remote_apply_end(void *apply, const fm_error *error)
{
    fm_remote_apply *a = apply;
    if (error)
        fm_remote_op_fail(&a->op, error);
    else
        fm_remote_op_end(&a->op, FM_OK);
}

void fm_remote_apply_fail(fm_remote_apply *a, const fm_error *error)
{
    fm_batch_fail(&a->batch, error);
}

void fm_remote_apply_no_memory(fm_remote_apply *a)
{
    fm_error error = {0};
    fm_error_no_memory(&error, a->op.p->domain);
    fm_remote_apply_fail(a, &error);
}

static fm_status step(fm_op *op, int timeout_ms, fm_error *err)
{
    fm_batch_begin(&((fm_remote_apply *)op)->batch);
    return fm_remote_op_step(op, timeout_ms, err);
}

static void destroy(fm_op *op)
{
    fm_remote_apply *a = (fm_remote_apply *)op;
    fm_remote_cancel_all(&a->op);
    fm_batch_free(&a->batch);
    free(a);
}

fm_status fm_remote_apply_new(size_t size, const fm_batch_class *klass, fm_provider *p, fm_write *writes, size_t count,
                              fm_written_fn fn, void *data, fm_op **op, fm_error *err)
{
    static const fm_op_class op_class = {.step = step, .destroy = destroy};
    fm_remote_apply *a = fm_remote_op_new(size, &op_class, p, err);
    if (!a)
        return FM_ENOMEM;
    /* Enough that requests are queued for a full window. */
    size_t places = (size_t)a->op.p->config.max_in_flight * 2;
    if (fm_batch_init(&a->batch, klass, a, places, writes, count, fn, data)) {
        free(a);
        return fm_error_no_memory(err, ((const fm_remote *)p)->domain);
    }
    *op = &a->op.op;
    return FM_OK;
}
