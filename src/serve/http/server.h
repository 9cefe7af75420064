/**
 * @file server.h
 * An HTTP server without threads: it says what has arrived, and whoever owns it answers when it likes. It decides
 * nothing but what concerns the bytes themselves: sizes, counts, deadlines, and heads that two readers could read in
 * two ways.
 *
 * An exchange is one request with its answer. Its head comes first ("head"), so that a body is read for those alone who
 * may send one: fm_exchange_respond() refuses it, fm_exchange_receive() lets it come ("request").
 *
 * Not thread-safe; belongs to one host.
 */
#ifndef FM_SERVE_HTTP_SERVER_H
#define FM_SERVE_HTTP_SERVER_H

#include "fmcal/env.h"
#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The largest head, in bytes. */
#define FM_SERVER_HEAD_MAX 16384

typedef struct fm_server fm_server;
typedef struct fm_exchange fm_exchange;

/** Bounds, all of them greater than 0. Times count from their beginning, whatever arrives meanwhile. */
typedef struct fm_server_limits {
    unsigned connections; /**< at once */
    unsigned per_address; /**< at once from one address (of IPv6 one /64); not for Unix sockets and trusted proxies */
    size_t bodies_bytes;  /**< of bodies in memory at once */
    size_t stream_bytes;  /**< written to a stream and not sent yet */
    int64_t head_ms;      /**< for a head */
    int64_t body_ms;      /**< for a body */
    int64_t send_ms;      /**< until an answer is taken */
    int64_t idle_ms;      /**< between two requests of a connection */
} fm_server_limits;

/** The usual bounds. */
void fm_server_limits_init(fm_server_limits *limits);

/** What a server is opened with; all of it is borrowed for the call. */
typedef struct fm_server_config {
    const char *const *addresses; /**< "127.0.0.1:8470", "[::1]:0" (any free port), "unix:PATH"; ended by NULL */
    const int *inherited;         /**< descriptors of sockets that listen already; the server closes them */
    size_t inherited_count;
    const char *const *proxies; /**< networks of trusted proxies: "10.0.0.0/8", "::1"; ended by NULL */
    fm_server_limits limits;
} fm_server_config;

/**
 * Starts to listen. A Unix socket gets the mode 0660; one that is left over from a process that has ended is replaced.
 * @param out  receives the server, owned by the caller; NULL on failure
 * @param env  its clock and `interrupted` are used; copied
 * @return FM_OK, FM_ENOMEM; FM_EINVAL (an address or a network is none); FM_EACCESS, FM_EIO (it is taken);
 *         FM_EUNSUPPORTED (libmicrohttpd is not installed)
 */
fm_status fm_server_open(fm_server **out, const fm_server_config *config, const fm_env *env, fm_error *err);
/** Closes everything; exchanges that are held become over. NULL is allowed. */
void fm_server_free(fm_server *s);

/** A descriptor that can be read when there is something to do: for poll and the like. */
int fm_server_descriptor(const fm_server *s);

/** Where it listens. */
typedef struct fm_server_address {
    const char *text; /**< "127.0.0.1:41234", "[::1]:8470", "unix:PATH" */
    const char *host; /**< "127.0.0.1", "::1"; "" for a Unix socket */
    bool local;       /**< nobody from another machine can connect */
    bool wildcard;    /**< any address of the machine */
} fm_server_address;

/** The n-th address; false past the last. What it points to is borrowed. */
bool fm_server_address_at(const fm_server *s, size_t n, fm_server_address *out);
/** Whether an address, as text, is a trusted proxy's. */
bool fm_server_trusts(const fm_server *s, const char *address);

/** What the server is doing. */
typedef struct fm_server_counts {
    size_t connections; /**< open, those that only say goodbye left out */
    size_t answering;   /**< whose answer is on its way, streams left out */
    size_t refused;     /**< requests and connections that the server itself has refused, since it was opened */
} fm_server_counts;

void fm_server_count(const fm_server *s, fm_server_counts *out);

/** What happened to an exchange. */
typedef enum fm_server_event_kind {
    FM_SERVER_HEAD,    /**< its head is here */
    FM_SERVER_REQUEST, /**< its body is here as well */
    FM_SERVER_GONE     /**< the client has gone, or was sent away, before the answer was there or taken */
} fm_server_event_kind;

typedef struct fm_server_event {
    fm_server_event_kind kind;
    fm_exchange *exchange; /**< a reference that belongs to whoever takes the event */
} fm_server_event;

/**
 * Does what there is to do.
 * @param timeout_ms  most milliseconds to wait for that; 0: none
 * @return FM_OK; FM_ECANCELED (interrupted), FM_EIO, FM_ENOMEM
 */
fm_status fm_server_step(fm_server *s, int timeout_ms, fm_error *err);
/** Takes the next event; false where there is none. */
bool fm_server_next(fm_server *s, fm_server_event *event);

/* ---------------------------------------------------------------- exchanges */

fm_exchange *fm_exchange_ref(fm_exchange *x);
/** The last reference frees it; one that was not answered is answered with 500 then. NULL is allowed. */
void fm_exchange_unref(fm_exchange *x);

/** A request's head. What it points to is borrowed until the next step. */
typedef struct fm_exchange_head {
    const char *method;
    const char *target;   /**< as spelled: visible ASCII */
    const char *peer;     /**< the other side's address, "127.0.0.1"; "unix" for a Unix socket */
    const char *listener; /**< where it was accepted, as in fm_server_address.text */
    const char *local;    /**< the address it came to; "" for a Unix socket */
    bool trusted;         /**< the other side is a trusted proxy */
    bool body;            /**< a body follows */
} fm_exchange_head;

/** FM_ENETWORK where the client has gone. */
fm_status fm_exchange_look(const fm_exchange *x, fm_exchange_head *head, fm_error *err);
/** Calls `each` for the headers in order, until it returns false. Nothing where the client has gone. */
void fm_exchange_headers(const fm_exchange *x, bool (*each)(void *data, const char *name, const char *value),
                         void *data);

/**
 * Lets the body come. To be called once, on a head.
 * @return FM_OK (it is here, for there is none), FM_PENDING (an event will tell of it); FM_ELIMIT (larger than
 * `max_bytes`, as its head says), FM_ETHROTTLED (too many bodies in memory): answer it; FM_ENETWORK (the client has
 * gone), FM_EINVAL (not the time for it)
 */
fm_status fm_exchange_receive(fm_exchange *x, size_t max_bytes, fm_error *err);
/** The body, owned by the exchange until it is asked for again or answered. */
const char *fm_exchange_body(const fm_exchange *x, size_t *len);

/** A header of an answer. */
typedef struct fm_header {
    const char *name, *value;
} fm_header;

/**
 * Answers.
 * @param headers  ended by a NULL name; copied
 * @param body     copied; to HEAD, and with 304, only its length is sent
 * @return FM_OK; FM_ENETWORK (the client has gone), FM_EINVAL (it was answered, its body is on the way, or a header is
 *         none), FM_ENOMEM
 */
fm_status fm_exchange_respond(fm_exchange *x, int status, const fm_header *headers, const char *body, size_t len,
                              fm_error *err);
/** Answers with a stream: what is written is sent as it comes. Fails as fm_exchange_respond() does. */
fm_status fm_exchange_stream(fm_exchange *x, int status, const fm_header *headers, fm_error *err);
/**
 * Writes to a stream; copied.
 * @return FM_OK; FM_ELIMIT (too much is unsent: the client was dropped), FM_ENETWORK, FM_EINVAL (no stream), FM_ENOMEM
 */
fm_status fm_exchange_write(fm_exchange *x, const char *bytes, size_t len, fm_error *err);
/** Ends a stream once all of it is sent; nothing where it has ended. */
void fm_exchange_finish(fm_exchange *x);

#endif
