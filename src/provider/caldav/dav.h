/**
 * @file dav.h
 * One WebDAV request of an operation: sent, its multistatus read as it arrives, its failure put in words. A
 * multistatus that is cut short or no XML is asked for once more, as a transport failure is. An answer that is none to
 * this request (provider/evidence.h) is a failure, whatever its code.
 */
#ifndef FM_PROVIDER_CALDAV_DAV_H
#define FM_PROVIDER_CALDAV_DAV_H

#include "provider/caldav/caldav_impl.h"
#include "provider/caldav/multistatus.h"
#include "provider/remote/call.h"

/** How a request ended. Borrowed for the length of the call. */
typedef struct fm_dav_result {
    fm_status
        status; /**< FM_OK: of PROPFIND and REPORT a multistatus, of GET an object, of a write word that it is done */
    int code;   /**< HTTP status; of a write answered with 207, the status within; 0 where no answer came */
    fm_error error; /**< where status is negative */
    bool spoilt;    /**< it failed although an answer of the right form had begun: by what one object in it holds (a
                       control character in a multistatus, megabytes), or because it was cut in the middle */
    const fm_http_reply *reply;
    const char *url;               /**< that answered */
    const fm_dav_summary *summary; /**< of a multistatus or an error body; never NULL */
    const char *body;              /**< of a GET */
    size_t body_len;
} fm_dav_result;

/** Receives each response of a multistatus, as it arrives. `url`: that answers, which its hrefs are relative to. */
typedef fm_status (*fm_dav_each_fn)(void *data, const char *url, const fm_dav_response *response, fm_error *err);
typedef void (*fm_dav_done_fn)(void *data, const fm_dav_result *result);

/** One request. Strings are copied; `body` is taken. */
typedef struct fm_dav_request {
    const char *method;
    const char *url;
    const char *what; /**< starts the sentence of its error: "listing the calendar"; borrowed, a literal */
    int depth;        /**< -1: no Depth header */
    fm_buf *body;     /**< XML, or the object of a PUT: what it holds is taken, and leaves it empty; NULL for none */
    const char *if_match; /**< NULL: none */
    bool if_none_match;   /**< If-None-Match: * */
    size_t max_bytes;     /**< largest multistatus that makes sense, decoded; 0: any */
    unsigned retry;       /**< FM_HTTP_RETRY_* */
    void (*begin)(
        void *data);     /**< an answer starts, maybe anew after a failed attempt: forget what `each` got; or NULL */
    fm_dav_each_fn each; /**< NULL where nobody cares; must not end the operation, but may return a failure */
    fm_dav_done_fn done;
    void *data; /**< of these functions */
} fm_dav_request;

/**
 * Sends a request for an operation. The operation's end cancels it; `done` is called at most once.
 * @return FM_OK, or why it cannot be sent
 */
fm_status fm_dav_submit(fm_remote_op *op, const fm_dav_request *request, fm_error *err);

#endif
