/**
 * @file piped.h
 * A process between two pipes, one down to it and one up: what is said on them is the business of others
 * (util/process/worker.h, serve/child.h).
 *
 * It has a process group of its own, so that Ctrl-C in a terminal reaches this process alone, and no descriptor but
 * those that it is given.
 */
#ifndef FM_UTIL_PROCESS_PIPED_H
#define FM_UTIL_PROCESS_PIPED_H

#include "fmcal/error.h"
#include "util/buf.h"
#include "util/process/spawn.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct fm_piped {
    pid_t pid;   /**< 0 once it was waited for */
    int status;  /**< then: its exit status, 128 + n for signal n */
    int down_fd; /**< a socket, never blocks */
    int up_fd;
    fm_buf outbox; /**< what the pipe has not taken yet, from `sent` on */
    size_t sent;
    fm_buf inbox; /**< what was read, from `taken` on */
    size_t taken;
} fm_piped;

/** What a read has brought. */
typedef enum fm_piped_read_result {
    FM_PIPED_BYTES,
    FM_PIPED_NOTHING_YET,
    FM_PIPED_END,
    FM_PIPED_FULL
} fm_piped_read_result;

/** No process. @param max_bytes  most that wait on either way */
void fm_piped_init(fm_piped *p, size_t max_bytes);

/**
 * Starts a process.
 * @param argv         the program, which is not looked up in PATH, and its arguments; ended by NULL; copied
 * @param environment  "NAME=value", ended by NULL
 * @param descriptors  what it has; the end of the pipe down stands first, that of the pipe up second, and their `from`
 * is filled in. All behind the highest `to`, and standard error, are closed
 * @return 0 or an errno; `p` can be freed
 */
int fm_piped_start(fm_piped *p, char *const argv[], char *const environment[], fm_spawn_descriptor *descriptors,
                   size_t count);

/** Kills its group, waits for its end and closes the pipes. What was read stays. */
void fm_piped_end(fm_piped *p);
/** Ends it and frees what it holds. */
void fm_piped_free(fm_piped *p);

/**
 * Sends bytes: as much as the pipe takes now, the rest when fm_piped_flush() is called. A broken pipe is told by who
 * reads.
 * @return FM_OK; FM_ELIMIT, FM_ENOMEM: nothing was sent, and what was on its way is lost
 */
fm_status fm_piped_send(fm_piped *p, const char *bytes, size_t len);
/** Writes what the pipe takes. @return whether something is left */
bool fm_piped_flush(fm_piped *p);
/** Reads what is there into the inbox, once; waits where there is nothing yet and `up_fd` blocks. */
fm_piped_read_result fm_piped_read(fm_piped *p);

#endif
