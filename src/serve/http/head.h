/**
 * @file head.h
 * What a request's head must be, beyond what libmicrohttpd looks at.
 */
#ifndef FM_SERVE_HTTP_HEAD_H
#define FM_SERVE_HTTP_HEAD_H

#include "serve/http/microhttpd.h"
#include <stdbool.h>
#include <stdint.h>

/** The first line, as libmicrohttpd keeps it: pointers into what it has read. */
typedef struct fm_request_line {
    const char *method;
    const char *target;  /**< where it begins; the bytes may have been changed since */
    const char *spelled; /**< a copy of it as it arrived */
    const char *version;
} fm_request_line;

/** What a head says about its body. */
typedef struct fm_head_body {
    bool chunked;
    uint64_t length; /**< 0 where it is chunked, or there is none */
} fm_head_body;

/**
 * Judges a head: a zero byte or a control character anywhere, a target that is not visible ASCII or has a "%00", names
 * that are none, lines that are continued, not exactly one Host, more than one Content-Length, a Transfer-Encoding
 * beside it or another one than "chunked", or too many bytes.
 * @return 0, or the status to refuse it with: 400, 431
 */
int fm_head_judge(struct MHD_Connection *connection, const fm_request_line *line, fm_head_body *body);

#endif
