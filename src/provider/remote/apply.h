/**
 * @file apply.h
 * The operation that writes: a batch (provider/batch.h) whose writes are carried out by requests.
 */
#ifndef FM_PROVIDER_REMOTE_APPLY_H
#define FM_PROVIDER_REMOTE_APPLY_H

#include "provider/batch.h"
#include "provider/remote/op.h"

/** The operation; owner of its batch. */
typedef struct fm_remote_apply {
    fm_remote_op op;
    fm_batch batch;
} fm_remote_apply;

/**
 * Makes the operation of the slot `apply`.
 * @param size   of the provider's own, which begins with an fm_remote_apply; all else in it is zero bytes
 * @param klass  how a write is carried out; its `end` is fm_remote_apply_end
 * FM_ENOMEM.
 */
fm_status fm_remote_apply_new(size_t size, const fm_batch_class *klass, fm_provider *p, fm_write *writes, size_t count,
                              fm_written_fn fn, void *data, fm_op **op, fm_error *err);
/** Ends the operation as its batch ended. */
void fm_remote_apply_end(void *apply, const fm_error *error);
/** Ends it with a failure that every further write would share. */
void fm_remote_apply_fail(fm_remote_apply *apply, const fm_error *error);
/** The same where memory ran out. */
void fm_remote_apply_no_memory(fm_remote_apply *apply);

#endif
