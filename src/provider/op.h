/**
 * @file op.h
 * Operations of providers that wait for nothing: one call carried out at the first step.
 */
#ifndef FM_PROVIDER_OP_H
#define FM_PROVIDER_OP_H

#include "fmcal/provider.h"

/** The work of a call. Runs once, while the operation is stepped; its status is the operation's. */
typedef fm_status (*fm_op_call_fn)(void *data, fm_error *err);

/**
 * Makes an operation that calls `run(data)` at its first step.
 * @param out      the operation, owned by the caller
 * @param run      the work; NULL for an operation that is done at once
 * @param data     handed to both functions
 * @param release  frees `data` when the operation is freed, NULL for nothing to free. Also called when this fails.
 * @return FM_OK or FM_ENOMEM
 */
fm_status fm_op_call_new(fm_op **out, fm_op_call_fn run, void *data, void (*release)(void *data), fm_error *err);

#endif
