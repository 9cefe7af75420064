#include "provider/remote/op.h"
#include "provider/remote/call.h"
#include "util/alloc.h"

#include <stdlib.h>

void *fm_remote_op_new(size_t size, const fm_op_class *klass, fm_provider *p, fm_error *err)
{
    fm_remote_op *op = calloc(1, size);
    if (!op) {
        fm_error_no_memory(err, ((fm_remote *)p)->domain);
        return NULL;
    }
    op->op.klass = klass;
    op->p = (fm_remote *)p;
    return op;
}

/* Lets HTTP work for at most `timeout_ms`, or until the quota allows more. */
static fm_status wait_for_news(fm_remote_op *op, int timeout_ms, fm_error *err)
{
    const fm_context *context = &op->p->base.context;
    int64_t quota_ms = fm_remote_send_held(op);
    if (op->done)
        return FM_OK;
    if (quota_ms >= 0 && quota_ms < timeout_ms)
        timeout_ms = (int)quota_ms;
    fm_status status = fm_http_step(context->http, timeout_ms, err);
    if (status != FM_OK || op->done)
        return status;
    /* Nothing is under way. What was answered just now may have led to a request that the quota holds back. */
    if (!fm_remote_is_held(op))
        return fm_error_set(err, FM_EPROTOCOL, op->p->domain, "the operation waits for nothing");
    if (quota_ms > 0 && timeout_ms > 0)
        context->env->sleep_ms(context->env->data, timeout_ms);
    return FM_OK;
}

fm_status fm_remote_op_step(fm_op *base, int timeout_ms, fm_error *err)
{
    fm_remote_op *op = (fm_remote_op *)base;
    if (!op->done) {
        fm_status status = wait_for_news(op, timeout_ms, err);
        if (status < 0)
            return status;
    }
    if (!op->done)
        return FM_PENDING;
    if (err && op->error.status)
        *err = op->error;
    return op->error.status;
}

void fm_remote_op_end(fm_remote_op *op, fm_status status)
{
    if (op->done)
        return;
    op->done = true;
    if (status && !op->error.status)
        fm_error_set(&op->error, status, op->p->domain, "%s", fm_status_name(status));
    if (!status)
        fm_error_clear(&op->error);
    fm_remote_cancel_all(op);
}

void fm_remote_op_fail(fm_remote_op *op, const fm_error *error)
{
    if (op->done)
        return;
    op->error = *error;
    fm_remote_op_end(op, error->status);
}
