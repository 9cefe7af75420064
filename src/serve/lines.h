/**
 * @file lines.h
 * Lines in what comes over a pipe.
 */
#ifndef FM_SERVE_LINES_H
#define FM_SERVE_LINES_H

#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>

/** Numbers of a child's ends of the pipes. */
#define FM_CHILD_REQUESTS 3
#define FM_CHILD_ANSWERS  4

/**
 * The next whole line.
 * @param taken    where it begins in the inbox; moved behind its end
 * @param scanned  bytes from there on that are known to hold no line end; the caller adds nothing to it
 * @param line     receives it without its end; borrowed from the inbox
 */
bool fm_lines_next(const fm_buf *inbox, size_t *taken, size_t *scanned, const char **line, size_t *len);

#endif
