/**
 * @file headers.h
 * The header lines of one answer, in order, in one buffer.
 */
#ifndef FM_CORE_HTTP_HEADERS_H
#define FM_CORE_HTTP_HEADERS_H

#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>

/** Most bytes of names and values in one answer. */
#define FM_HTTP_HEADERS_MAX 65536

typedef struct fm_http_headers {
    fm_buf text; /**< name, zero byte, value, zero byte, and so on */
} fm_http_headers;

/** Makes an empty list; allocates nothing. */
void fm_http_headers_init(fm_http_headers *h);
/** Frees the lines. */
void fm_http_headers_free(fm_http_headers *h);
/** Empties the list, keeping its memory. */
void fm_http_headers_reset(fm_http_headers *h);
/** Adds a line as received, with or without its line end; what is no header is left out. FM_ENOMEM, FM_ELIMIT. */
fm_status fm_http_headers_add(fm_http_headers *h, const char *line, size_t len);
/** The last value of that name (compared without case), NULL if there is none. Borrowed until the list changes. */
const char *fm_http_headers_find(const fm_http_headers *h, const char *name);
/** The n-th line (from 0). @return false past the last one */
bool fm_http_headers_at(const fm_http_headers *h, size_t n, const char **name, const char **value);

#endif
