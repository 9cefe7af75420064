/**
 * @file child.h
 * A child process that is asked and answers in lines, beside whatever else its parent waits for: nothing here waits.
 *
 * It reads requests from descriptor 3 and writes answers to descriptor 4 (serve/parent.h is its side). It has nothing
 * to read, and what it prints goes to standard error. It is the first of a process group of its own.
 */
#ifndef FM_SERVE_CHILD_H
#define FM_SERVE_CHILD_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_child fm_child;

/** All zero bytes: no limit of memory, our environment. Everything is borrowed for the start. */
typedef struct fm_child_options {
    const char *const *hide; /**< names of environment variables that it does not get, ended by NULL */
    const char *const *add;  /**< "NAME=value" of variables that it gets besides ours, ended by NULL */
    uint64_t memory_bytes;   /**< most address space; sanitizers have none of that */
    size_t max_line_bytes;   /**< a longer line ends it; 0: 64 MiB */
} fm_child_options;

/**
 * Starts a child.
 * @param child  receives it, owned by the caller; NULL on failure
 * @param argv   the program, which is not looked up in PATH, and its arguments; ended by NULL; copied
 * @return FM_OK, FM_ENOMEM, FM_ENOTFOUND, FM_EACCESS, FM_EIO
 */
fm_status fm_child_start(fm_child **child, char *const argv[], const fm_child_options *options, fm_error *err);
/** Kills it with its group and waits for its end. NULL is allowed. */
void fm_child_free(fm_child *c);

/** A descriptor that can be read when fm_child_step() has something to do. */
int fm_child_descriptor(const fm_child *c);

/** Sends a line, which is given without its end. FM_ELIMIT (too much waits to be read), FM_ENOMEM, FM_EINVAL (it has an
 * end) */
fm_status fm_child_send(fm_child *c, const char *line, size_t len, fm_error *err);

/** Writes and reads what can be written and read now, at most about a MiB. */
void fm_child_step(fm_child *c);
/** The next line that has arrived; borrowed until the next step. */
bool fm_child_next_line(fm_child *c, const char **line, size_t *len);

/** Whether a step has found its end. Lines that came before it can still be taken. */
bool fm_child_ended(const fm_child *c);
/** Its exit status, 128 + n for signal n; 0 while it runs. */
int fm_child_status(const fm_child *c);
/** Its number; 0 once it has ended. */
int fm_child_pid(const fm_child *c);

/** Sends a signal to its group. */
void fm_child_signal(const fm_child *c, int signal_number);

#endif
