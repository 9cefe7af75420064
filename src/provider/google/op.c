#include "provider/google/call.h"

/* Lets HTTP work for at most `timeout_ms`, or until the quota allows more. */
static fm_status wait_for_news(fm_google_op *op, int timeout_ms, fm_error *err)
{
    const fm_context *context = &op->p->base.context;
    int64_t quota_ms = fm_google_send_paced(op);
    if (op->done)
        return FM_OK;
    if (quota_ms >= 0 && quota_ms < timeout_ms)
        timeout_ms = (int)quota_ms;
    fm_status status = fm_http_step(context->http, timeout_ms, err);
    if (status != FM_OK || op->done)
        return status;
    /* Nothing is under way. What was answered just now may have led to a request that the quota holds back. */
    if (!fm_google_is_paced(op))
        return fm_error_set(err, FM_EPROTOCOL, FM_GOOGLE_DOMAIN, "the operation waits for nothing");
    if (quota_ms > 0 && timeout_ms > 0)
        context->env->sleep_ms(context->env->data, timeout_ms);
    return FM_OK;
}

fm_status fm_google_op_step(fm_op *base, int timeout_ms, fm_error *err)
{
    fm_google_op *op = (fm_google_op *)base;
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

void fm_google_op_end(fm_google_op *op, fm_status status)
{
    if (op->done)
        return;
    op->done = true;
    if (status && !op->error.status)
        fm_error_set(&op->error, status, FM_GOOGLE_DOMAIN, "%s", fm_status_name(status));
    if (!status)
        fm_error_clear(&op->error);
    fm_google_cancel_all(op);
}

void fm_google_op_fail(fm_google_op *op, const fm_error *error)
{
    if (op->done)
        return;
    op->error = *error;
    fm_google_op_end(op, error->status);
}
