/**
 * @file worker.h
 * A child process that answers questions over two pipes: what may take too long, eat all memory or be hostile runs
 * there. A question and an answer are frames: four bytes of length, then that many bytes.
 *
 * The process gets a few variables of the environment, no descriptor but the pipes, default signals and a process group
 * of its own, so that Ctrl-C in a terminal reaches this process alone. No shell is involved.
 */
#ifndef FM_UTIL_PROCESS_WORKER_H
#define FM_UTIL_PROCESS_WORKER_H

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

/** Lets the clocks of a question begin: when its answer has been waited for during a moment. */
void fm_worker_begin(fm_worker *w, const fm_worker_limits *limits);

/**
 * Sends a frame: as much of it as the pipe takes now, the rest while answers are waited for. So several questions may
 * be on their way, which are answered in turn.
 * @param frame  sealed, copied
 * @return FM_OK; FM_ELIMIT, FM_ENOMEM: nothing was sent. That the worker has ended is told by fm_worker_receive().
 */
fm_status fm_worker_send(fm_worker *w, const fm_buf *frame, fm_error *err);

/**
 * Waits for the next frame, within what is left of the limits.
 * @param bytes      receives what it holds; borrowed until the next call
 * @param max_bytes  more of them are an error
 * @param env        its `interrupted` flag ends the wait
 * @return FM_OK; FM_ETIMEOUT (a limit); FM_ECANCELED (interrupted); FM_EIO (it has ended); FM_ELIMIT (too large a
 *         frame); FM_ENOMEM. After a failure the worker is dead, and all that follows is FM_EIO.
 */
fm_status fm_worker_receive(fm_worker *w, const char **bytes, size_t *len, size_t max_bytes, const fm_env *env,
                            fm_error *err);

/* ---------------------------------------------------------------- frames, on both sides */

/** Empties a buffer and puts what a frame begins with into it. */
void fm_worker_begin_frame(fm_buf *frame);
/** Says how long a frame is, where it begins. */
void fm_worker_seal(fm_buf *frame);

/**
 * The worker's side: waits for the next frame.
 * @param frame  reset before
 * @return FM_OK; FM_ENOTFOUND at the end of the stream; FM_EIO; FM_ELIMIT; FM_ENOMEM
 */
fm_status fm_worker_read_frame(int fd, fm_buf *frame);
/** The worker's side: writes a sealed frame. FM_EIO. */
fm_status fm_worker_write_frame(int fd, const fm_buf *frame);

#endif
