/**
 * @file op.h
 * Operations that wait for answers: what each of them begins with.
 */
#ifndef FM_PROVIDER_REMOTE_OP_H
#define FM_PROVIDER_REMOTE_OP_H

#include "provider/remote/remote.h"

struct fm_remote_call;

/** First member of every operation: whose it is, what it waits for, and how it ended. */
typedef struct fm_remote_op {
    fm_op op;
    fm_remote *p;
    struct fm_remote_call *calls; /**< requests under way, see call.h */
    bool done;
    fm_error error; /**< why it failed; status FM_OK after success */
} fm_remote_op;

/**
 * Makes an operation.
 * @param size  of the provider's own, which begins with an fm_remote_op; all else in it is zero bytes
 * @return owned by the caller, to be freed by the class's `destroy`; NULL with FM_ENOMEM in `err`
 */
void *fm_remote_op_new(size_t size, const fm_op_class *klass, fm_provider *p, fm_error *err);

/** `step` of every operation: lets requests that were held back go, and HTTP work. */
fm_status fm_remote_op_step(fm_op *op, int timeout_ms, fm_error *err);
/** Ends the operation: cancels its requests. `status` FM_OK, or a failure that is described in `op->error`. */
void fm_remote_op_end(fm_remote_op *op, fm_status status);
/** Ends the operation with a failure described by `error`. */
void fm_remote_op_fail(fm_remote_op *op, const fm_error *error);

#endif
