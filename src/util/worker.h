/**
 * @file worker.h
 * A child process that answers questions, one at a time, over two pipes: what may take too long, eat all memory or be
 * hostile runs there. A question and an answer are frames: four bytes of length, then that many bytes.
 *
 * The process gets a few variables of the environment, no descriptor but the pipes, default signals and a process group
 * of its own, so that Ctrl-C in a terminal reaches this process alone. No shell is involved.
 */
#ifndef FM_UTIL_WORKER_H
#define FM_UTIL_WORKER_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The worker's ends of the pipes. */
#define FM_WORKER_QUESTIONS 0
#define FM_WORKER_ANSWERS   1

/** Most bytes of a frame. */
#define FM_WORKER_FRAME_MAX ((size_t)64 << 20)

typedef struct fm_worker fm_worker;

/** How long a question may take. */
typedef struct fm_worker_limits {
    int64_t cpu_ms;  /**< of the worker's processor time */
    int64_t wall_ms; /**< altogether */
} fm_worker_limits;

/**
 * Starts a worker.
 * @param worker  receives it, owned by the caller; NULL on failure
 * @param argv    the program, which is not looked up in PATH, and its arguments; ended by NULL; copied
 * @return FM_OK, FM_ENOMEM, FM_ENOTFOUND, FM_EACCESS, FM_EIO
 */
fm_status fm_worker_start(fm_worker **worker, char *const argv[], fm_error *err);

/** Kills it and waits for its end. NULL is allowed. */
void fm_worker_free(fm_worker *w);

/** Lets the clocks of a question begin. */
void fm_worker_begin(fm_worker *w, const fm_worker_limits *limits, const fm_env *env);

/**
 * Sends a frame and waits for the one that answers it, within what is left of the limits.
 * @param question  borrowed
 * @param answer    reset before; its maximum is the most that is taken
 * @param env       its `interrupted` flag ends the wait
 * @return FM_OK; FM_ETIMEOUT (a limit); FM_ECANCELED (interrupted); FM_EIO (it has ended); FM_ELIMIT (too large an
 *         answer); FM_ENOMEM. After a failure the worker is dead and answers FM_EIO to everything.
 */
fm_status fm_worker_ask(fm_worker *w, const fm_buf *question, fm_buf *answer, const fm_env *env, fm_error *err);

/** Puts the four bytes of a frame's length at the front of what was kept free for them. */
void fm_worker_seal(fm_buf *frame);
/** Bytes that a frame begins with; fm_worker_seal() fills them. */
#define FM_WORKER_HEADER "\0\0\0\0"
/** Length of it. */
#define FM_WORKER_HEADER_LEN 4

/**
 * The worker's side: waits for the next frame on a descriptor.
 * @return FM_OK; FM_ENOTFOUND at the end of the stream; FM_EIO; FM_ELIMIT; FM_ENOMEM
 */
fm_status fm_worker_receive(int fd, fm_buf *frame);
/** The worker's side: writes a sealed frame. FM_EIO. */
fm_status fm_worker_send(int fd, const fm_buf *frame);

#endif
