/**
 * @file process.h
 * Child processes whose standard output is collected: a command that works on several boards at once runs
 * one for each, and passwords may come from a program. Standard input is empty, standard error is the
 * parent's, signals are as by default. No shell is involved.
 */
#ifndef FM_UTIL_PROCESS_PROCESS_H
#define FM_UTIL_PROCESS_PROCESS_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_process fm_process;

/** How a process differs from the default. All zero bytes: not at all. Everything is borrowed for the start. */
typedef struct fm_process_options {
    const char *const *hide; /**< names of environment variables that it does not get, ended by NULL */
    const char *const *add;  /**< "NAME=value" of variables that it gets besides the parent's, ended by NULL */
    bool secret_output;      /**< its output lies in memory reserved at the start, and is wiped when it is freed */
} fm_process_options;

/**
 * Starts a program.
 * @param process    receives the process, owned by the caller; NULL on failure
 * @param argv       its arguments, the program first (looked up in PATH), ended by NULL; copied
 * @param max_bytes  most output that is kept; a process that prints more is told to stop
 * @param options    NULL for the default
 * @return FM_OK, FM_ENOMEM, FM_ENOTFOUND, FM_EACCESS, FM_EIO; messages name the program, not its arguments
 */
fm_status fm_process_start(fm_process **process, char *const argv[], size_t max_bytes,
                           const fm_process_options *options, fm_error *err);

/**
 * Starts a program that goes on by itself, in a session of its own, when this process has ended: a browser, say. Its
 * standard streams lead nowhere. The arguments are as for fm_process_start(); `secret_output` means nothing here.
 */
fm_status fm_process_detach(char *const argv[], const fm_process_options *options, fm_error *err);

/** Stops it where it still runs (SIGTERM, and SIGKILL if that is not enough), and frees it. NULL is allowed. */
void fm_process_free(fm_process *p);

/**
 * Waits until one of some processes has ended.
 * @param processes   borrowed; those that ended earlier do not count
 * @param index       receives the place of the one that ended
 * @param timeout_ms  most milliseconds to wait, by env's clock; negative: as long as it takes
 * @param env         its `interrupted` flag ends the wait
 * @return FM_OK; FM_ENOTFOUND where none of them runs; FM_ETIMEOUT; FM_ECANCELED when interrupted; FM_EIO
 */
fm_status fm_process_wait_any(fm_process *const *processes, size_t count, size_t *index, int64_t timeout_ms,
                              const fm_env *env, fm_error *err);

/** Whether it has ended and fm_process_wait_any() has said so. */
bool fm_process_ended(const fm_process *p);
/** Its exit status, 128 + n for signal n; 0 while it runs. */
int fm_process_status(const fm_process *p);
/** What it has printed so far; borrowed until the next wait. */
const char *fm_process_output(const fm_process *p, size_t *len);
/** Whether it printed more than was allowed; then the output is not all of it. */
bool fm_process_overflowed(const fm_process *p);

#endif
