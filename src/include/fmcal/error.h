/**
 * @file error.h
 * Status codes and the error record that every fallible function fills.
 *
 * A function returns an fm_status: 0 or positive for success, negative for failure. Where it takes an
 * `fm_error *` (always the last parameter, always optional) it describes the failure there. There is
 * no thread-local or global "last error". The record has a fixed size, so reporting that memory ran
 * out allocates nothing.
 */
#ifndef FMCAL_ERROR_H
#define FMCAL_ERROR_H

#include <stdint.h>

#if defined(__GNUC__)
#define FM_API                __attribute__((visibility("default")))
#define FM_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define FM_API
#define FM_PRINTF(fmt, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Outcome of a call. Negative values are failures; their names reach Lua as `err.code`. */
typedef enum fm_status {
    FM_OK = 0,             /**< done */
    FM_PENDING = 1,        /**< an operation wants more steps */
    FM_ENOMEM = -1,        /**< "nomem": memory ran out */
    FM_EINVAL = -2,        /**< "invalid": an argument or setting is not usable */
    FM_EPARSE = -3,        /**< "parse": input is malformed; `line` and `column` say where, if known */
    FM_ELIMIT = -4,        /**< "limit": input is larger or deeper than allowed; never retried */
    FM_ENOTFOUND = -5,     /**< "notfound": no such file, calendar, event or member */
    FM_EEXIST = -6,        /**< "exists": it exists already */
    FM_EPRECONDITION = -7, /**< "precondition": it is not in the state the caller expected (HTTP 412) */
    FM_EACCESS = -8,       /**< "access": permission denied, read-only calendar or file */
    FM_EAUTH = -9,         /**< "auth": sign-in refused */
    FM_ENETWORK = -10,     /**< "network": no connection, reset, name not found, TLS refused */
    FM_ETIMEOUT = -11,     /**< "timeout": no answer in time */
    FM_ETHROTTLED = -12,   /**< "throttled": the server asks to slow down; see `retry_after_ms` */
    FM_ESERVER = -13,      /**< "server": the server failed (5xx) */
    FM_EPROTOCOL = -14,    /**< "protocol": an answer that the protocol does not allow */
    FM_ELOCKED = -15,      /**< "locked": another process holds the lock */
    FM_EIO = -16,          /**< "io": a file could not be read or written (disk full, I/O error) */
    FM_EUIDCONFLICT = -17, /**< "uidconflict": the UID exists elsewhere in the account */
    FM_ETOKEN = -18,       /**< "token": the sync token is not accepted; list everything */
    FM_ECANCELED = -19,    /**< "canceled": interrupted or cancelled */
    FM_ECRYPTO = -20,      /**< "crypto": wrong key, or data that was tampered with */
    FM_EREADONLY = -21,    /**< "readonly": a write was attempted in a dry run */
    FM_EUNSUPPORTED = -22, /**< "unsupported": this provider or build cannot do it */
    FM_ESCRIPT = -23       /**< "script": a Lua script raised an error that is none of the above */
} fm_status;

/** Longest message, with its terminating zero. */
#define FM_ERROR_MESSAGE_MAX 512

/** What went wrong. Fill it with fm_error_set(); all zero bytes means "no error". */
typedef struct fm_error {
    fm_status status;       /**< the status that was returned */
    int http_status;        /**< HTTP status where a server answered, else 0 */
    int64_t retry_after_ms; /**< how long the server asks to wait, in milliseconds; 0 where it does not say */
    unsigned line;          /**< 1-based line of the input, 0 if unknown */
    unsigned column;        /**< 1-based column in bytes, 0 if unknown */
    char domain[16];        /**< the module that failed: "http", "json", "ical", "caldav", … */
    char message[FM_ERROR_MESSAGE_MAX]; /**< one line for a person; holds no secret */
} fm_error;

/**
 * Describes a failure. A NULL `err` is allowed and makes this return `status` alone.
 * A message that does not fit is cut at a UTF-8 boundary.
 * @param err     record to fill, may be NULL
 * @param status  a negative status
 * @param domain  module name, at most 15 bytes, copied
 * @param fmt     printf format of the one-line message
 * @return `status`, so that `return fm_error_set(…)` is the idiom
 */
FM_API fm_status fm_error_set(fm_error *err, fm_status status, const char *domain, const char *fmt, ...)
    FM_PRINTF(4, 5);

/** Puts "what: " in front of the message that is there. NULL is allowed. @return err's status, FM_OK for NULL */
FM_API fm_status fm_error_prefix(fm_error *err, const char *fmt, ...) FM_PRINTF(2, 3);

/** Makes the record say "no error". NULL is allowed. */
FM_API void fm_error_clear(fm_error *err);

/** The stable name of a status: "ok", "pending", "nomem", … ("unknown" for a number that is none). */
FM_API const char *fm_status_name(fm_status status);

/** The status of that name, FM_OK for one that there is not. */
FM_API fm_status fm_status_of_name(const char *name);

/** Whether waiting and trying again can help: network, timeout, throttled, server. */
FM_API int fm_status_is_transient(fm_status status);

#ifdef __cplusplus
}
#endif
#endif
