/**
 * @file input.h
 * Lines from a descriptor as they come, without waiting and none longer than allowed: what another program says, which
 * may say nothing for hours or never end its line.
 */
#ifndef FM_SERVE_INPUT_H
#define FM_SERVE_INPUT_H

#include "fmcal/error.h"
#include <stddef.h>

typedef struct fm_input fm_input;

/** What fm_input_take() found. */
typedef enum fm_input_found {
    FM_INPUT_LINE,     /**< a line */
    FM_INPUT_TOO_LONG, /**< one that was longer than allowed, told once; the rest of it is passed over */
    FM_INPUT_NONE,     /**< none that is complete: wait for more */
    FM_INPUT_END       /**< no more will come */
} fm_input_found;

/**
 * @param input      receives the reader, owned by the caller; NULL on failure
 * @param fd         borrowed until fm_input_free()
 * @param max_bytes  most bytes of a line
 */
fm_status fm_input_new(fm_input **input, int fd, size_t max_bytes, fm_error *err);

/** Frees it; the descriptor stays open. NULL is allowed. */
void fm_input_free(fm_input *in);

/** The descriptor. */
int fm_input_descriptor(const fm_input *in);

/**
 * Takes the next line. What stands behind the last line end is a line too.
 * @param line  receives the line without its end, borrowed until the next call
 * @return FM_OK; FM_EIO, FM_ENOMEM
 */
fm_status fm_input_take(fm_input *in, fm_input_found *found, const char **line, size_t *len, fm_error *err);

#endif
