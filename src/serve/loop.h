/**
 * @file loop.h
 * Waiting for many descriptors at once. Who has several of its own brings one of epoll.
 */
#ifndef FM_SERVE_LOOP_H
#define FM_SERVE_LOOP_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include <stddef.h>
#include <stdint.h>

/** Most descriptors that one wait names; the others are named by the next. */
#define FM_LOOP_READY_MAX 64

typedef struct fm_loop fm_loop;

/** @return FM_OK, FM_ENOMEM, FM_EIO (too many files are open) */
fm_status fm_loop_new(fm_loop **loop, fm_error *err);
/** NULL is allowed. The descriptors stay open. */
void fm_loop_free(fm_loop *loop);

/** Watches a descriptor until it is removed or closed; one that is watched already stays so. FM_EINVAL, FM_EIO */
fm_status fm_loop_add(fm_loop *loop, int fd, fm_error *err);
/** Watches it no longer; one that is not watched is no error. */
void fm_loop_remove(fm_loop *loop, int fd);

/**
 * Waits until descriptors can be read, or have ended.
 * @param ready       receives them
 * @param count       receives how many they are; 0 when the time is over
 * @param timeout_ms  by env's clock; negative: as long as it takes
 * @param env         its `interrupted` flag ends the wait
 * @return FM_OK, FM_ECANCELED (interrupted), FM_EIO
 */
fm_status fm_loop_wait(fm_loop *loop, int ready[FM_LOOP_READY_MAX], size_t *count, int64_t timeout_ms,
                       const fm_env *env, fm_error *err);

#endif
