#include "provider/op.h"
#include "util/alloc.h"

#include <stdlib.h>

/* Longest wait between two looks at the interrupt flag. */
#define STEP_MS 200

fm_status fm_op_step(fm_op *op, int timeout_ms, fm_error *err)
{
    return op->klass->step(op, timeout_ms, err);
}

fm_status fm_op_run(fm_op *op, const fm_env *env, fm_error *err)
{
    fm_status status;
    do {
        if (env && env->interrupted && *env->interrupted)
            return fm_error_set(err, FM_ECANCELED, "provider", "interrupted");
        status = fm_op_step(op, STEP_MS, err);
    } while (status == FM_PENDING);
    return status;
}

void fm_op_free(fm_op *op)
{
    if (op)
        op->klass->destroy(op);
}

typedef struct call_op {
    fm_op op;
    fm_op_call_fn run;
    void *data;
    void (*release)(void *data);
    bool done;
    fm_status status;
} call_op;

static fm_status call_step(fm_op *op, int timeout_ms, fm_error *err)
{
    call_op *call = (call_op *)op;
    (void)timeout_ms;
    if (call->done)
        return call->status;
    call->done = true;
    call->status = call->run ? call->run(call->data, err) : FM_OK;
    return call->status;
}

static void call_destroy(fm_op *op)
{
    call_op *call = (call_op *)op;
    if (call->release)
        call->release(call->data);
    free(call);
}

fm_status fm_op_call_new(fm_op **out, fm_op_call_fn run, void *data, void (*release)(void *data), fm_error *err)
{
    static const fm_op_class klass = {.step = call_step, .destroy = call_destroy};
    call_op *call = malloc(sizeof *call);
    if (!call) {
        if (release)
            release(data);
        return fm_error_no_memory(err, "provider");
    }
    *call = (call_op){.op.klass = &klass, .run = run, .data = data, .release = release};
    *out = &call->op;
    return FM_OK;
}
