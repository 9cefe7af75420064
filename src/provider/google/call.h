/**
 * @file call.h
 * One API request of an operation: its failure put in words. An answer that is no JSON, or none to this request
 * (provider/evidence.h), counts as a transport failure. 401 gets a new token, once. Google's 403 for rate limits is
 * what 429 is elsewhere.
 */
#ifndef FM_PROVIDER_GOOGLE_CALL_H
#define FM_PROVIDER_GOOGLE_CALL_H

#include "core/json/scan.h"
#include "provider/google/google_impl.h"
#include "provider/remote/call.h"

/** The largest answer that is read: a page of 2,500 events. */
#define FM_GOOGLE_ANSWER_MAX ((size_t)256 << 20)

/** How a request ended. Borrowed for the length of the call. */
typedef struct fm_google_result {
    fm_status status;  /**< FM_OK: 2xx, with what was expected */
    int code;          /**< HTTP status; 0 where no usable answer came */
    bool maybe_done;   /**< it may have been carried out although the answer does not say so */
    fm_json_span body; /**< valid JSON; "{}" where the answer has none */
    fm_error error;    /**< where status is negative */
} fm_google_result;

typedef void (*fm_google_done_fn)(void *data, const fm_google_result *result);
/** Whether the JSON of a 2xx is an answer to the request with this `data`. */
typedef bool (*fm_google_answer_fn)(const void *data, const fm_json_span *body);

/** One request. Strings are copied; `body` is taken. */
typedef struct fm_google_request {
    const char *method;
    const char *path;              /**< below the API's URL, with its query; segments encoded */
    const char *what;              /**< starts the sentence of its error: "listing the calendar"; borrowed, a literal */
    fm_buf *body;                  /**< JSON: what it holds is taken, and leaves it empty; NULL for none */
    const char *if_match;          /**< NULL: none */
    unsigned retry;                /**< FM_HTTP_RETRY_* */
    fm_google_answer_fn is_answer; /**< required but of DELETE, which is answered without a body */
    fm_google_done_fn done;
    void *data;
} fm_google_request;

/**
 * Sends a request for an operation. The operation's end cancels it; `done` is called at most once, never from here.
 * @return FM_OK, or why it cannot be sent
 */
fm_status fm_google_submit(fm_remote_op *op, const fm_google_request *request, fm_error *err);

#endif
