/**
 * @file http_impl.h
 * What the files of the HTTP client share. Only core/http*.c include it.
 *
 * http.c queues, steps and completes; http_call.c checks and copies requests; http_transfer.c turns a call into a
 * libcurl transfer and back; http_redirect.c decides where a redirect may lead; http_authorization.c decides how to
 * sign in and writes the header that holds the credentials, with http_challenge.c and http_digest.c.
 */
#ifndef FM_CORE_HTTP_HTTP_IMPL_H
#define FM_CORE_HTTP_HTTP_IMPL_H

#include "core/http/digest.h"
#include "core/http/headers.h"
#include "core/http/http.h"
#include "core/http/retry.h"
#include "core/http/sockets.h"
#include "core/http/window.h"
#include "util/buf.h"
#include <curl/curl.h>

/** Most redirects followed for one request. */
#define FM_HTTP_REDIRECTS_MAX 5

/** A list of calls, in order of arrival. */
typedef struct fm_http_list {
    fm_http_call *first, *last;
} fm_http_list;

/** One server: scheme, host and port, with the requests that wait for it. */
typedef struct fm_http_host {
    struct fm_http_host *next;
    char *origin; /**< "https://host:443", owned */
    fm_http_window window;
    fm_http_list waiting;
    unsigned in_flight;
    fm_http_digest digest; /**< how it wants to be signed in to, as it last said; no nonce: it did not */
    bool wants_basic;      /**< it said so */
    int64_t not_before_ms; /**< it asked to be left alone until then */
} fm_http_host;

struct fm_http {
    const fm_env *env;
    CURLM *multi; /**< NULL before the first request */
    fm_http_host *hosts;
    fm_http_list active;  /**< being transferred */
    fm_http_list delayed; /**< wait for their retry */
    fm_http_sockets sockets;
    size_t pending; /**< calls of all lists */
};

/** How an attempt signs in. */
typedef enum fm_http_scheme {
    FM_HTTP_ANONYMOUS,
    FM_HTTP_OWN,
    FM_HTTP_BEARER,
    FM_HTTP_BASIC,
    FM_HTTP_DIGEST
} fm_http_scheme;

/** One request, from submission to completion. */
struct fm_http_call {
    fm_http_call *prev, *next;
    fm_http_list *list; /**< the one it is in; NULL while it is being completed */
    fm_http *http;
    fm_http_host *host;
    const fm_http_config *config;

    char *method, *url; /**< owned; `url` changes with redirects */
    const void *body;   /**< borrowed; NULL: none, or a redirect takes none along */
    char *home;         /**< what the credentials belong to, owned */
    size_t body_len;
    struct curl_slist *headers; /**< owned */
    fm_secret *authorization;   /**< the attempt's line with the credentials, owned; NULL for none */
    struct curl_slist first;    /**< that line, before `headers` */
    unsigned retry;
    bool keep_redirects;
    bool secret_body;
    bool credentials; /**< the config's credentials may go to `url` */
    bool is_private;  /**< nobody between us and `url` may listen */
    bool has_sink;
    fm_http_sink sink;
    size_t max_body_bytes;
    bool (*is_throttled)(void *data, int code, const char *body, size_t len);
    fm_http_done_fn done;
    void *data;

    unsigned attempts, redirects;
    unsigned challenges; /**< that this call has answered */
    unsigned timeouts;   /**< attempts that ended so */
    unsigned refusals;   /**< attempts that ended so */
    int64_t refused_ms;  /**< when the first one was refused */
    bool maybe_done;
    int64_t due_ms; /**< in the delayed list: when to go on */

    /* of the attempt under way */
    CURL *easy;
    fm_http_scheme scheme; /**< of the line with the credentials */
    bool challenged;       /**< the answer wants a sign-in, and will get it */
    unsigned epoch;        /**< of the window when it was started */
    unsigned sends;        /**< how often libcurl sent the request in this attempt */
    int code;              /**< of the answer whose headers are arriving or have arrived */
    bool skip_body;        /**< a redirect that will be followed */
    size_t received;       /**< decoded bytes of the body */
    fm_http_headers answer_headers;
    fm_buf answer; /**< the body; with a sink, what the trace shows of it */
    int64_t started_ms;
    int64_t active_ms; /**< when something last moved */
    curl_off_t moved;  /**< bytes of bodies, both ways */
    bool silent;       /**< ended because nothing moved */
    fm_error abort;    /**< why a callback of ours ended the transfer */
    char curl_message[CURL_ERROR_SIZE];
};

/** Checks a request and copies it. FM_EINVAL, FM_EREADONLY, FM_ENOMEM. */
fm_status fm_http_call_new(fm_http_call **out, fm_http *http, const fm_http_request *request, fm_error *err);
/** Frees a call that is in no list. NULL is allowed. */
void fm_http_call_free(fm_http_call *call);

/** Prepares the call's handle for its next attempt. FM_ENOMEM; FM_EINVAL where libcurl refuses a setting. */
fm_status fm_http_transfer_prepare(fm_http_call *call, fm_error *err);
/** Makes the attempt's `authorization` from the config's credentials, where they may be seen. FM_ENOMEM, FM_ECRYPTO. */
fm_status fm_http_authorize(fm_http_call *call, fm_error *err);
/**
 * Looks at what a 401 asks for, and notes whether to send again with it (`challenged`).
 * @return FM_OK; FM_EINVAL: the user name cannot be sent so; FM_ENOMEM
 */
fm_status fm_http_consider_challenges(fm_http_call *call, fm_error *err);
/** Whether the call has a header of that name (compared without case, with its colon). */
bool fm_http_call_has_header(const fm_http_call *call, const char *prefix);
/** Forgets the last attempt's answer. */
void fm_http_transfer_reset(fm_http_call *call);
/** What libcurl's result stands for: a transfer that we ended for its silence timed out. */
CURLcode fm_http_transfer_result(fm_http_call *call, CURLcode result);
/** What the attempt's end means; fills `err` unless a whole answer came. */
fm_http_failure fm_http_transfer_outcome(fm_http_call *call, CURLcode result, fm_error *err);

/** Log lines: at "debug" one for each exchange, at "trace" all of it but the secrets. */
void fm_http_trace_request(const fm_http_call *call);
void fm_http_trace_answer(const fm_http_call *call, const fm_error *failed);
/** Whether what a sink takes is to be kept for the trace. */
bool fm_http_trace_wants_body(const fm_http_call *call);

/** Whether the answer at hand is a redirect that will be followed. */
bool fm_http_redirect_wanted(const fm_http_call *call);
/**
 * Points the call at the redirect's target: URL, method, credentials.
 * @param origin  of the target, as fm_http_admit() gives it
 * @return FM_OK, FM_EPROTOCOL (no usable target, too many, https to http, credentials that must stay), FM_ENOMEM
 */
fm_status fm_http_redirect_follow(fm_http_call *call, char **origin, fm_error *err);
/**
 * Whether the call's URL may be requested at all, and whether its credentials may go there.
 * @param origin  "scheme://host:port", owned by the caller; NULL after a failure
 * @return FM_OK; FM_EINVAL: no URL, or clear text that is not allowed; FM_EPROTOCOL: the same of a URL that is not
 * the configured server's, so that an answer must have named it; FM_ENOMEM
 */
fm_status fm_http_admit(fm_http_call *call, char **origin, fm_error *err);

#endif
