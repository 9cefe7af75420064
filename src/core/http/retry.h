/**
 * @file retry.h
 * When a failed request is worth sending again, and how long to wait before it: exponential backoff with
 * jitter, never less than what Retry-After asks for (RFC 9110 section 10.2.3).
 */
#ifndef FM_CORE_HTTP_RETRY_H
#define FM_CORE_HTTP_RETRY_H

#include "fmcal/env.h"
#include <stdbool.h>
#include <stdint.h>

/** What kind of failure an attempt ended with. */
typedef enum fm_http_failure {
    FM_HTTP_FAILURE_NONE,      /**< an answer that is not worth a retry */
    FM_HTTP_FAILURE_UNSENT,    /**< the server saw nothing of it */
    FM_HTTP_FAILURE_REFUSED,   /**< 429, 503 */
    FM_HTTP_FAILURE_TRANSPORT, /**< sent, and no whole answer */
    FM_HTTP_FAILURE_SERVER,    /**< 500, 502, 504 */
    FM_HTTP_FAILURE_FINAL      /**< will fail the same way again: certificate, size limit, … */
} fm_http_failure;

/** The failure that an HTTP status is. */
fm_http_failure fm_http_failure_of_code(int code);
/** Whether a request with these FM_HTTP_RETRY_* bits is sent again after that failure. */
bool fm_http_may_retry(unsigned retry, fm_http_failure failure);

/** Longest wait after a refusal, unless the server asks for more. */
#define FM_HTTP_REFUSED_WAIT_MAX_MS 64000

/**
 * The value of a Retry-After header in milliseconds from now: seconds, or an HTTP-date.
 * @return 0 for a time that has passed and for a value that is neither
 */
int64_t fm_http_retry_after_ms(const char *value, int64_t now_us);

/**
 * How long to wait before the next attempt: a random time up to `backoff_ms` times 2 to the power of
 * (attempts - 1), at most `max_wait_ms`.
 * @param attempts  made so far, from 1
 */
int64_t fm_http_wait_ms(const fm_env *env, unsigned attempts, int64_t backoff_ms, int64_t max_wait_ms);

/**
 * How long to wait after a refusal (429, 503, a rate limit). A server that counts requests is only helped by fewer of
 * them, so there is a least wait: `first_ms`, doubling up to FM_HTTP_REFUSED_WAIT_MAX_MS, what the server asked for if
 * that is more, and up to half of it again so that many do not come back at once.
 * @param refusals  of this request so far, from 1
 */
int64_t fm_http_refused_wait_ms(const fm_env *env, unsigned refusals, int64_t first_ms, int64_t retry_after_ms);

#endif
