#include "provider/caldav/dav.h"

#include <stdlib.h>

fm_status fm_caldav_op_step(fm_op *base, int timeout_ms, fm_error *err)
{
    fm_caldav_op *op = (fm_caldav_op *)base;
    if (!op->done) {
        fm_status status = fm_http_step(op->p->base.context.http, timeout_ms, err);
        if (status < 0)
            return status;
        if (!op->done && status == FM_OK)
            return fm_error_set(err, FM_EPROTOCOL, FM_CALDAV_DOMAIN, "the operation waits for nothing");
    }
    if (!op->done)
        return FM_PENDING;
    if (err && op->error.status)
        *err = op->error;
    return op->error.status;
}

void fm_caldav_op_end(fm_caldav_op *op, fm_status status)
{
    if (op->done)
        return;
    op->done = true;
    if (status && !op->error.status)
        fm_error_set(&op->error, status, FM_CALDAV_DOMAIN, "%s", fm_status_name(status));
    if (!status)
        fm_error_clear(&op->error);
    fm_dav_cancel_all(op);
}

void fm_caldav_op_fail(fm_caldav_op *op, const fm_error *error)
{
    if (op->done)
        return;
    op->error = *error;
    fm_caldav_op_end(op, error->status);
}
