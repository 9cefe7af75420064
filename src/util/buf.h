/**
 * @file buf.h
 * A growing byte buffer with a maximum declared at init, so that no input can make it eat all memory.
 *
 * The content is always followed by a zero byte that `len` does not count. After a failed call the
 * buffer is freed and empty, and every further append fails the same way, so a run of appends needs
 * one check at its end. Not thread-safe; owned by whoever initialised it.
 */
#ifndef FM_UTIL_BUF_H
#define FM_UTIL_BUF_H

#include "fmcal/error.h"
#include <stdarg.h>
#include <stddef.h>

typedef struct fm_buf {
    char *data;       /**< content, never NULL after fm_buf_init (an empty string before the first append) */
    size_t len;       /**< bytes of content */
    size_t cap;       /**< bytes allocated, 0 while `data` is the shared empty string */
    size_t max_bytes; /**< most bytes of content */
    fm_status status; /**< FM_OK, or why it failed: FM_ENOMEM, FM_ELIMIT */
} fm_buf;

/** Makes an empty buffer; allocates nothing. */
void fm_buf_init(fm_buf *b, size_t max_bytes);
/** Frees the content and makes the buffer empty and usable again. */
void fm_buf_free(fm_buf *b);
/** Empties the buffer but keeps its memory; clears a failure. */
void fm_buf_reset(fm_buf *b);
/** Makes room for `extra` more bytes. FM_ENOMEM, FM_ELIMIT. */
fm_status fm_buf_reserve(fm_buf *b, size_t extra);
/** Appends bytes (copied). FM_ENOMEM, FM_ELIMIT. */
fm_status fm_buf_add(fm_buf *b, const void *bytes, size_t len);
/** Appends a zero-terminated string (copied). */
fm_status fm_buf_adds(fm_buf *b, const char *s);
/** Appends one byte. */
fm_status fm_buf_addc(fm_buf *b, char c);
/** Appends formatted text. */
fm_status fm_buf_addf(fm_buf *b, const char *fmt, ...) FM_PRINTF(2, 3);
fm_status fm_buf_addv(fm_buf *b, const char *fmt, va_list args);
/** Replaces `old_len` bytes at `at` by `len` bytes (copied; they must not lie in the buffer). FM_EINVAL if out of
 * range. */
fm_status fm_buf_splice(fm_buf *b, size_t at, size_t old_len, const void *bytes, size_t len);
/** Cuts the content to `len` bytes; does nothing if it is shorter. */
void fm_buf_truncate(fm_buf *b, size_t len);
/**
 * Hands the content over: the caller owns the returned zero-terminated string and frees it with free().
 * The buffer is empty afterwards. NULL when the buffer has failed or memory runs out.
 */
char *fm_buf_take(fm_buf *b, size_t *len);

#endif
