/**
 * @file challenge.h
 * What a server asks for where it wants a sign-in: the challenges of WWW-Authenticate (RFC 9110 section 11.6.1).
 */
#ifndef FM_CORE_HTTP_CHALLENGE_H
#define FM_CORE_HTTP_CHALLENGE_H

#include "util/buf.h"
#include <stdbool.h>
#include <stddef.h>

/** One challenge. It lies in the header's value. */
typedef struct fm_http_challenge {
    const char *scheme; /**< "Basic", "Digest", … */
    size_t scheme_len;
    const char *params;
} fm_http_challenge;

/** The challenge at `*at`, which moves on behind it. False where there is none any more. */
bool fm_http_challenge_next(fm_http_challenge *out, const char **at);
/** Whether it is of that scheme (compared without case). */
bool fm_http_challenge_is(const fm_http_challenge *c, const char *scheme);
/** Appends the value of a parameter, without its quotes. False where it is not there; `out->status` as ever. */
bool fm_http_challenge_param(const fm_http_challenge *c, const char *name, fm_buf *out);

#endif
