/**
 * @file http.h
 * The HTTP client: many requests in flight on one loop, for every provider of a host.
 *
 * A request is submitted with a completion callback and carried out while fm_http_step() is called.
 * Waiting requests hold their URL, headers and body; connections are kept, and a window for each
 * server limits what is in flight: it grows while it helps and shrinks when the server pushes back (window.h).
 * Redirects are followed here, with method and body kept, so that credentials go where a URL of the calendar
 * may lie (fm_url_trusts()), and with a redirect only as far as fm_url_text_may_follow() allows. libcurl is initialised
 * at the first request.
 *
 * Over TLS and to this machine Basic is sent at once; elsewhere nothing before the server has said what it wants. A
 * server that offers Digest is answered so, and from then on with the first request (digest.h).
 *
 * One repetition is libcurl's own: when a kept connection closes before the first byte of an answer, it takes
 * the connection for stale and sends the request again, a PUT as well. Writes must bear that: give
 * them a condition (If-Match, If-None-Match) or an id of their own, and look at `maybe_done`.
 *
 * Not thread-safe: one client belongs to one thread at a time.
 */
#ifndef FM_CORE_HTTP_HTTP_H
#define FM_CORE_HTTP_HTTP_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include "util/buf.h"
#include "util/secret.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fm_http fm_http;
typedef struct fm_http_call fm_http_call;

/**
 * What all requests to one service share. Borrowed by each request until it is done; the strings and
 * secrets too. Start from fm_http_config_init().
 */
typedef struct fm_http_config {
    const char *home;           /**< URL that the credentials belong to; NULL: the URL of each request itself */
    const char *username;       /**< for Basic, or Digest where the server offers it; NULL for none */
    fm_secret *password;        /**< for both */
    fm_secret *bearer;          /**< bearer token; wins over them; NULL for none */
    const char *ca_file;        /**< PEM file of further certificate authorities; NULL: the system's */
    const char *proxy;          /**< proxy URL; NULL: none, whatever the process environment says */
    int64_t connect_timeout_ms; /**< for name, connection and TLS together; at most stall_timeout_ms */
    int64_t stall_timeout_ms;   /**< with less than 1 kB a second in either direction */
    int64_t total_timeout_ms;   /**< one attempt, from its start; 0 for none */
    unsigned max_attempts;   /**< tries of one request, the first one included; two that time out are enough; refusals
                                count by time alone, unless it is 1 */
    int64_t backoff_ms;      /**< longest first wait before a retry; doubles each time */
    int64_t max_wait_ms;     /**< longest wait before one retry */
    int64_t refused_wait_ms; /**< least first wait after 429, 503 or a rate limit; doubles each time */
    int64_t retry_for_ms;    /**< how long a refused request is repeated; a server that asks for more gets a failure */
    unsigned max_in_flight;  /**< most requests at a time to one server */
    size_t max_body_bytes;   /**< most decoded bytes of one answer's body, whatever it holds */
    bool http2;              /**< offer HTTP/2 over TLS; clear text is always HTTP/1.1 */
    bool allow_http;         /**< allow clear text to hosts that are not loopback */
} fm_http_config;

/** No credentials, 10 s to connect, 60 s of silence, 10 minutes in all, 5 attempts from 500 ms, refusals for 5 minutes
 * from 1 s, 16 in flight, 16 MiB, HTTP/2. */
void fm_http_config_init(fm_http_config *config);

/** One header line. A value that is NULL or empty removes the header that would be sent by itself. */
typedef struct fm_http_header {
    const char *name;
    const char *value;
} fm_http_header;

/** After which failures a request is sent again by itself. The caller knows what its method means. */
enum {
    FM_HTTP_RETRY_UNSENT = 1u << 0,    /**< no connection: the server saw nothing of it */
    FM_HTTP_RETRY_REFUSED = 1u << 1,   /**< 429 and 503: the server says it did not do it */
    FM_HTTP_RETRY_TRANSPORT = 1u << 2, /**< reset, timed out, answer cut short: it may have been done */
    FM_HTTP_RETRY_SERVER = 1u << 3,    /**< 500, 502, 504: it may have been done */
    FM_HTTP_RETRY_ALL = 15u            /**< for what may be repeated: GET, PROPFIND, REPORT */
};

/** What came of a request. Borrowed for the length of the completion callback. */
typedef struct fm_http_reply {
    fm_status status; /**< FM_OK: a whole answer came, whatever its code. Else FM_ENETWORK, FM_ETIMEOUT, FM_ELIMIT, … */
    int code;         /**< HTTP status of the answer, 0 where none came */
    const char *url;  /**< the URL that answered, after redirects */
    const char *body; /**< decoded, followed by a zero byte; empty where a sink took it */
    size_t body_len;
    unsigned attempts;     /**< how often it was tried */
    bool with_credentials; /**< the config's credentials may go to `url`; false after a redirect that leaves them behind
                            */
    bool maybe_done;       /**< an attempt before the last, or one without an answer, may have been carried out */
    int64_t retry_after_ms;                /**< what the server asked for; 0 where it did not */
    const struct fm_http_headers *headers; /**< read with fm_http_reply_header() */
    fm_error error;                        /**< where status is negative */
} fm_http_reply;

/** Called exactly once for a request that is not cancelled, from fm_http_step(). May submit and cancel requests. */
typedef void (*fm_http_done_fn)(void *data, const fm_http_reply *reply);

/** Takes a body as it arrives instead of having it collected. Its functions neither submit nor cancel requests. */
typedef struct fm_http_sink {
    /**
     * Before the first byte of each attempt's answer, also where the body turns out empty. Forget what came
     * before. `url`: that answers, after redirects; borrowed until the request is done.
     */
    fm_status (*begin)(void *data, int code, const char *url, fm_error *err);
    /** Decoded bytes. A negative status ends the request with it. */
    fm_status (*write)(void *data, const char *bytes, size_t len, fm_error *err);
} fm_http_sink;

/** One request. Everything but `config`, `body` and `data` is copied by fm_http_submit(). */
typedef struct fm_http_request {
    const fm_http_config *config; /**< borrowed until done */
    const char *method;           /**< "GET", "PROPFIND", … */
    const char *url;
    const fm_http_header *headers;
    size_t header_count;
    const void *body; /**< borrowed until done or cancelled; NULL for none */
    size_t body_len;
    unsigned retry; /**< FM_HTTP_RETRY_*; 0: never */
    /**
     * 0: the config's. Where a sink takes a body of many objects piece by piece, this bounds the whole, and the sink
     * each object: one that is too large need not end the others.
     */
    size_t max_body_bytes;
    bool allow_in_dry_run;    /**< its method writes, but it changes no calendar (refreshing a token) */
    bool secret_body;         /**< the body holds credentials: a redirect takes it no further than the config's */
    bool keep_redirects;      /**< hand a redirect to the caller instead of following it */
    const fm_http_sink *sink; /**< copied; its functions get `data`. NULL: collect the body */
    /**
     * Asked about each 4xx answer, with its body: whether it means what 429 means, although its code does not say so.
     * NULL: the code says it all. Not asked where a sink takes the body.
     */
    bool (*is_throttled)(void *data, int code, const char *body, size_t len);
    fm_http_done_fn done;
    void *data;
} fm_http_request;

/** Makes a client; touches no network. `env` is borrowed and outlives it. FM_ENOMEM. */
fm_status fm_http_new(fm_http **out, const fm_env *env, fm_error *err);
/** Cancels what is under way, without callbacks, and frees the client. NULL is allowed. */
void fm_http_free(fm_http *http);
/**
 * Closes all connections and forgets what servers have said about signing in, so that nothing is left of whoever signed
 * in until now. Nothing happens while requests are under way.
 */
void fm_http_forget(fm_http *http);

/**
 * Queues a request. Nothing is sent before fm_http_step().
 * @param out  where to keep the request for fm_http_cancel(), valid until `done` is called; may be NULL
 * @return FM_OK; FM_EINVAL (URL, method or header not usable, clear text not allowed); FM_EREADONLY (a writing
 *         method in a dry run); FM_ENETWORK (libcurl cannot be started); FM_ENOMEM. After a failure `done` is not
 * called.
 */
fm_status fm_http_submit(fm_http *http, const fm_http_request *request, fm_http_call **out, fm_error *err);
/** Ends a request; `done` is not called. NULL is allowed. */
void fm_http_cancel(fm_http_call *call);

/**
 * Sends, receives and calls completions; returns as soon as something was completed.
 * @param timeout_ms  longest time to wait for something to happen; 0 never waits
 * @return FM_OK when no request is left, FM_PENDING when some are, FM_ECANCELED when interrupted, FM_ENOMEM
 */
fm_status fm_http_step(fm_http *http, int timeout_ms, fm_error *err);

/** The last header of that name (compared without case) in the answer, NULL if there is none. Borrowed like the reply.
 */
const char *fm_http_reply_header(const fm_http_reply *reply, const char *name);
/** The n-th header (from 0) of the answer. @return false past the last one */
bool fm_http_reply_header_at(const fm_http_reply *reply, size_t n, const char **name, const char **value);

/** Whether text may be a user name, password or token: it holds no control character. */
bool fm_http_is_credential(const char *text, size_t len);

/** The fm_status that an HTTP status means: 401 FM_EAUTH, 403 FM_EACCESS, 404 and 410 FM_ENOTFOUND, …; FM_OK for 2xx.
 */
fm_status fm_http_code_status(int code);
/** Appends the names of the sign-ins that a 401 offers ("Digest, Basic"); nothing where it names none. FM_ENOMEM. */
fm_status fm_http_reply_schemes(fm_buf *out, const fm_http_reply *reply);
/** Whether a 401 leaves it to the password: false where it names only sign-ins that we do not know. */
bool fm_http_reply_has_known_scheme(const fm_http_reply *reply);
/**
 * Describes a reply as a failure: what went wrong below HTTP, or what its code means.
 * @param domain  who asks, for `err->domain`
 * @param what    what was tried, starts the sentence ("listing the calendar")
 * @return the status; FM_OK, with `err` untouched, for a 2xx answer
 */
fm_status fm_http_reply_error(const fm_http_reply *reply, const char *domain, const char *what, fm_error *err);

#endif
