/**
 * @file env.h
 * The world as fmcal sees it: clock, random numbers, sleep, log and the permission to write, as one
 * table given when a host is made. A test replaces members to replay a run from a seed.
 */
#ifndef FMCAL_ENV_H
#define FMCAL_ENV_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fm_redact; /* util/redact.h */

typedef enum fm_log_level { FM_LOG_ERROR, FM_LOG_WARN, FM_LOG_INFO, FM_LOG_DEBUG, FM_LOG_TRACE } fm_log_level;

/**
 * The world. Copied when a host is made; `data` is borrowed and must outlive the host. A member that
 * is NULL gets the real thing from fm_env_default().
 */
typedef struct fm_env {
    void *data; /**< passed to every function below */
    /** Wall clock: microseconds since 1970-01-01T00:00:00Z. */
    int64_t (*now_us)(void *data);
    /** A clock that never goes back, in milliseconds. */
    int64_t (*monotonic_ms)(void *data);
    /** Fills `bytes` with random bytes fit for keys. 0 or FM_EIO. */
    fm_status (*random)(void *data, void *bytes, size_t len);
    /** Waits. Returns early when interrupted. */
    void (*sleep_ms)(void *data, int64_t ms);
    /** Receives one finished, redacted log line without its line end. */
    void (*log)(void *data, fm_log_level level, const char *domain, const char *line);
    /** Lines above this level are not built. */
    fm_log_level log_level;
    /** The live secrets that log lines must not show. Borrowed; NULL: a host makes its own. */
    struct fm_redact *redact;
    /** True in a dry run: file and network writes are refused with FM_EREADONLY below Lua. */
    bool read_only;
    /** Set by a signal handler or another thread: operations end with FM_ECANCELED. May be NULL. */
    volatile int *interrupted;
} fm_env;

/** The real clock, random source and sleep; logs nowhere; writes allowed. */
FM_API void fm_env_default(fm_env *env);

#ifdef __cplusplus
}
#endif
#endif
