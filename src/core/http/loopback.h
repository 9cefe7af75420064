/**
 * @file loopback.h
 * A listener for one answer from a browser on the same machine (RFC 8252 section 7.3): plain HTTP on 127.0.0.1, GET
 * requests without a body, one after the other, each answered with a small page. It is no web server: what is not such
 * a request is refused here with 400, and connections that say nothing hold nobody up.
 *
 * Not thread-safe; belongs to one host.
 */
#ifndef FM_CORE_HTTP_LOOPBACK_H
#define FM_CORE_HTTP_LOOPBACK_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The largest request line with its headers, in bytes. */
#define FM_LOOPBACK_HEAD_MAX 16384

typedef struct fm_loopback fm_loopback;

/** What a wait ended with. */
typedef struct fm_loopback_event {
    bool input;        /**< the other descriptor can be read; the rest is empty then */
    const char *path;  /**< as spelled, starts with "/"; borrowed until the next call */
    const char *query; /**< what stands behind the "?", as spelled; "" where there is none; borrowed like `path` */
} fm_loopback_event;

/**
 * Starts to listen.
 * @param out   receives the listener, owned by the caller; NULL on failure
 * @param port  0: any that is free
 * @return FM_OK, FM_ENOMEM; FM_EIO where the port is taken or sockets cannot be had
 */
fm_status fm_loopback_open(fm_loopback **out, uint16_t port, fm_error *err);
/** The port it listens on. */
uint16_t fm_loopback_port(const fm_loopback *l);
/**
 * Waits for a request, which has to be answered with fm_loopback_reply() before the next wait.
 * @param input_fd    another descriptor to look at meanwhile, such as a terminal's; -1: none
 * @param timeout_ms  most milliseconds, by env's clock
 * @param env         its `interrupted` flag ends the wait
 * @return FM_OK, FM_ETIMEOUT, FM_ECANCELED, FM_EIO
 */
fm_status fm_loopback_wait(fm_loopback *l, fm_loopback_event *event, int input_fd, int64_t timeout_ms,
                           const fm_env *env, fm_error *err);
/**
 * Answers the request that the last wait gave and closes its connection. A browser that has gone meanwhile is no
 * failure.
 * @param code  HTTP status
 * @param html  the page; copied
 * @return FM_OK, FM_ENOMEM; FM_EINVAL where no request waits for an answer
 */
fm_status fm_loopback_reply(fm_loopback *l, int code, const char *html, size_t len, fm_error *err);
/** Closes everything. NULL is allowed. */
void fm_loopback_free(fm_loopback *l);

#endif
