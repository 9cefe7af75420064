/**
 * @file server_impl.h
 * What the parts of the server share: connections, exchanges, and who calls whom.
 *
 *   server.c      opens, steps, says what happened
 *   connection.c  accepts, counts, closes; deadlines
 *   exchange.c    what libmicrohttpd calls for a request; answers
 *   stream.c      answers that are written bit by bit
 */
#ifndef FM_SERVE_HTTP_SERVER_IMPL_H
#define FM_SERVE_HTTP_SERVER_IMPL_H

#include "serve/http/head.h"
#include "serve/http/listen.h"
#include "serve/http/server.h"
#include "util/buf.h"

#include "serve/http/microhttpd.h"

#define FM_SERVER_DOMAIN "server"

/** What a connection is waited for with; FM_AWAIT_NOTHING has no deadline. */
typedef enum fm_await {
    FM_AWAIT_NOTHING,
    FM_AWAIT_HEAD,
    FM_AWAIT_BODY,
    FM_AWAIT_SEND,
    FM_AWAIT_NEXT,    /**< another request */
    FM_AWAIT_GOODBYE, /**< refused: what still comes is read and forgotten, so that the answer is not lost in a reset */
    FM_AWAIT_KINDS
} fm_await;

typedef struct fm_connection {
    fm_server *server;
    struct fm_connection *previous, *next; /* of all */
    struct fm_connection *earlier, *later; /* of those that are waited for with the same thing */
    fm_await await;
    int64_t due_ms;
    int fd; /* libmicrohttpd's, but for goodbyes */
    const fm_listener *listener;
    fm_peer peer;
    bool trusted;
    bool half_closed;  /* the other side sends nothing more */
    bool gone;         /* nobody is there any more, or nobody shall be */
    bool owes_goodbye; /* it was answered while there was more to come */
    bool says_goodbye;
    char peer_text[FM_PEER_TEXT_MAX], local_text[FM_PEER_TEXT_MAX];
    fm_exchange *exchange; /* the request that is under way; a reference; NULL: none */
} fm_connection;

/** Where an exchange is. */
typedef enum fm_phase {
    FM_PHASE_LINE,    /* its first line is here */
    FM_PHASE_WHOLE,   /* it has no body, and is told when libmicrohttpd asks for the answer */
    FM_PHASE_HEAD,    /* told; suspended */
    FM_PHASE_RECEIVE, /* its body is wanted */
    FM_PHASE_BODY,    /* its body is on the way */
    FM_PHASE_REQUEST, /* told as well; suspended */
    FM_PHASE_ANSWERED,
    FM_PHASE_STREAMING,
    FM_PHASE_FINISHED, /* a stream, of which no more comes */
} fm_phase;

struct fm_exchange {
    unsigned references;
    fm_connection *connection; /* NULL: over */
    struct MHD_Connection *mhd;
    fm_phase phase;
    bool suspended, told;
    fm_request_line line;
    char *target; /* owned, a copy */
    fm_head_body says;
    fm_buf bytes; /* the body; later what is not sent yet of a stream */
    size_t sent;  /* of these */
    size_t reserved;
    bool too_large;
};

/** What has happened and is not taken yet. */
typedef struct fm_event_queue {
    fm_server_event *events; /* owned */
    size_t room, count, taken;
} fm_event_queue;

struct fm_server {
    fm_env env;
    fm_server_limits limits;
    struct MHD_Daemon *daemon;
    int epoll_fd, timer_fd;
    int64_t armed_ms; /* when the timer fires; INT64_MAX: never */
    fm_listener *listeners;
    size_t listener_count;
    bool crowded;             /* there are no descriptors left to accept with */
    int64_t crowded_until_ms; /* 0: it listens */
    fm_network *proxies;
    size_t proxy_count;
    fm_connection *first; /* of all connections */
    struct {
        fm_connection *first, *last;
    } awaited[FM_AWAIT_KINDS];
    fm_connection *arriving; /* while libmicrohttpd is told of it */
    size_t goodbyes, bodies_bytes;
    fm_server_counts counts;
    fm_event_queue queue;
    fm_status failed; /* what a callback could not say */
};

/* server.c */
void fm_server_tell(fm_server *s, fm_server_event_kind kind, fm_exchange *x);
/** There is something to do for the next step: the descriptor can be read. */
void fm_server_wake(fm_server *s);
int64_t fm_server_now_ms(const fm_server *s);

/* connection.c */
/** Accepts what waits at a listener. */
void fm_connection_accept(fm_server *s, const fm_listener *listener);
/** libmicrohttpd begins and ends a connection. */
void fm_connection_notify(void *server, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code);
/** Something has happened at its descriptor. */
void fm_connection_event(fm_connection *c, uint32_t events);
/** Begins to wait for something, with its deadline. */
void fm_connection_await(fm_connection *c, fm_await await);
/** Ends the connections whose time is over. @return when the next one's is; INT64_MAX: never */
int64_t fm_connection_expire(fm_server *s);
/** Frees one that libmicrohttpd does not know. */
void fm_connection_free(fm_connection *c);

/* exchange.c */
void *fm_exchange_begin(void *server, const char *target, struct MHD_Connection *mhd);
enum MHD_Result fm_exchange_handle(void *server, struct MHD_Connection *mhd, const char *url, const char *method,
                                   const char *version, const char *bytes, size_t *len, void **context);
void fm_exchange_complete(void *server, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode code);
/** The client has gone: libmicrohttpd, which does not look at what is suspended, is to find out. */
void fm_exchange_hang_up(fm_exchange *x);
void fm_exchange_suspend(fm_exchange *x);
void fm_exchange_resume(fm_exchange *x);
/** Queues an answer that has its body; consumed. */
fm_status fm_exchange_queue(fm_exchange *x, int status, const fm_header *headers, struct MHD_Response *response,
                            fm_error *err);
/** Whether it can be answered now. FM_ENETWORK, FM_EINVAL */
fm_status fm_exchange_check(const fm_exchange *x, fm_error *err);

#endif
