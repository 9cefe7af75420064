/**
 * @file call.h
 * One request of an operation, from its start until somebody has its answer: in the operation's list, signed with a
 * token where the provider has such, within its quota. How its answer is read is the protocol's.
 */
#ifndef FM_PROVIDER_REMOTE_CALL_H
#define FM_PROVIDER_REMOTE_CALL_H

#include "provider/remote/op.h"

#define FM_REMOTE_HEADERS_MAX 6

typedef struct fm_remote_call fm_remote_call;

/** What a protocol adds. */
typedef struct fm_remote_call_class {
    size_t size; /**< of the protocol's own, which begins with an fm_remote_call */
    /** Adds to a request what is the protocol's: headers (`request->headers` has room for FM_REMOTE_HEADERS_MAX and
     * holds none), limits, a sink. Called for each time it is sent. */
    void (*prepare)(fm_remote_call *call, fm_http_request *request, fm_http_header *headers);
    /** An answer came, or none will. Sends the request again, or leaves the operation and frees the call. */
    void (*answered)(fm_remote_call *call, const fm_http_reply *reply);
    /** It cannot be sent: there is no token for it. The same. */
    void (*failed)(fm_remote_call *call, const fm_error *error);
    /** Frees what the protocol added. */
    void (*release)(fm_remote_call *call);
} fm_remote_call_class;

/** What is sent. Strings are copied, but for `what`, a literal. */
typedef struct fm_remote_request {
    const char *method, *url;
    const char *what;     /**< starts the sentence of its error: "listing the calendar" */
    fm_buf *body;         /**< what it holds is taken, and leaves it empty; NULL for none */
    const char *if_match; /**< NULL: none */
    unsigned retry;       /**< FM_HTTP_RETRY_* */
} fm_remote_request;

/** First member of a protocol's call. */
struct fm_remote_call {
    const fm_remote_call_class *klass;
    fm_remote_call *prev, *next; /**< among the operation's */
    fm_remote_op *op;
    fm_remote_request request; /**< its strings are owned; `body` is the one below, or NULL */
    fm_buf body;
    /* private */
    fm_http_call *http;
    fm_http_config config;   /* the provider's, with the token of this request */
    fm_remote_waiter waiter; /* for a token */
    bool held;               /* waits for the quota */
    unsigned generation;     /* of its token */
    unsigned renewals;
    bool renewed; /* for a token that ought to have been good */
};

/** Makes a request, in its operation's list; nothing is sent. The protocol's part is zero bytes. FM_ENOMEM. */
fm_status fm_remote_call_new(fm_remote_call **out, const fm_remote_call_class *klass, fm_remote_op *op,
                             const fm_remote_request *request, fm_error *err);
/** Sends it (again), as soon as there is a token and the quota allows it. @return FM_OK, or why it cannot be sent */
fm_status fm_remote_call_send(fm_remote_call *call, fm_error *err);
/** After 401: sends it again with a newer token. False where that is of no use; `err` is filled where it failed. */
bool fm_remote_call_renew(fm_remote_call *call, fm_error *err);
/** Takes it out of its operation, whose end frees it no more: for the time that somebody is told of its answer. */
void fm_remote_call_leave(fm_remote_call *call);
/** Frees one that has left. */
void fm_remote_call_free(fm_remote_call *call);

/** Cancels every request of an operation. */
void fm_remote_cancel_all(fm_remote_op *op);
/** Sends what the quota allows now. @return milliseconds until more may be sent; -1: none waits for that */
int64_t fm_remote_send_held(fm_remote_op *op);
/** Whether a request of the operation waits for the quota. */
bool fm_remote_is_held(const fm_remote_op *op);

#endif
