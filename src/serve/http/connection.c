#include "serve/http/refusal.h"
#include "serve/http/server_impl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Connections that are accepted in one go: others want a turn too. */
#define ACCEPT_MAX 64
/* Refused clients that are still listened to, how long, and how much is read of one at a time. */
#define GOODBYES_MAX 64
#define GOODBYE_MS   2000
#define DRAIN_MAX    65536
/* How long bytes may stay without an acknowledgement: a client that vanished without a word. */
#define UNACKNOWLEDGED_MS 60000

/* ------------------------------------------------------------------ deadlines */

static int64_t patience_ms(const fm_server *s, fm_await await)
{
    switch (await) {
    case FM_AWAIT_HEAD:
        return s->limits.head_ms;
    case FM_AWAIT_BODY:
        return s->limits.body_ms;
    case FM_AWAIT_SEND:
        return s->limits.send_ms;
    case FM_AWAIT_NEXT:
        return s->limits.idle_ms;
    default:
        return GOODBYE_MS;
    }
}

static void stop_waiting(fm_connection *c)
{
    fm_server *s = c->server;
    if (c->await == FM_AWAIT_NOTHING)
        return;
    *(c->earlier ? &c->earlier->later : &s->awaited[c->await].first) = c->later;
    *(c->later ? &c->later->earlier : &s->awaited[c->await].last) = c->earlier;
    c->earlier = c->later = NULL;
    if (c->await == FM_AWAIT_SEND)
        s->counts.answering--;
    c->await = FM_AWAIT_NOTHING;
}

/* Each list is in the order of its deadlines, for all its connections have the same patience. */
void fm_connection_await(fm_connection *c, fm_await await)
{
    fm_server *s = c->server;
    stop_waiting(c);
    if (await == FM_AWAIT_NOTHING)
        return;
    c->await = await;
    c->due_ms = fm_server_now_ms(s) + patience_ms(s, await);
    c->earlier = s->awaited[await].last;
    *(c->earlier ? &c->earlier->later : &s->awaited[await].first) = c;
    s->awaited[await].last = c;
    if (await == FM_AWAIT_SEND)
        s->counts.answering++;
}

/* libmicrohttpd closes a connection when it reads its end. */
static void cut_off(fm_connection *c)
{
    if (c->await == FM_AWAIT_HEAD || c->await == FM_AWAIT_BODY) {
        fm_refusal_send(c->fd, 408);
        c->server->counts.refused++;
    }
    bool was_goodbye = c->says_goodbye;
    stop_waiting(c);
    if (was_goodbye)
        fm_connection_free(c);
    else
        shutdown(c->fd, SHUT_RDWR);
}

int64_t fm_connection_expire(fm_server *s)
{
    int64_t next_ms = INT64_MAX, now_ms = fm_server_now_ms(s);
    for (int await = FM_AWAIT_HEAD; await < FM_AWAIT_KINDS; await++) {
        fm_connection *c;
        while ((c = s->awaited[await].first) && c->due_ms <= now_ms)
            cut_off(c);
        if (c && c->due_ms < next_ms)
            next_ms = c->due_ms;
    }
    return next_ms;
}

/* ------------------------------------------------------------------ the list of all */

static fm_connection *add(fm_server *s, int fd, const fm_listener *listener)
{
    fm_connection *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->server = s;
    c->fd = fd;
    c->listener = listener;
    c->next = s->first;
    if (s->first)
        s->first->previous = c;
    s->first = c;
    s->counts.connections++;
    return c;
}

static void forget(fm_connection *c)
{
    fm_server *s = c->server;
    stop_waiting(c);
    *(c->previous ? &c->previous->next : &s->first) = c->next;
    if (c->next)
        c->next->previous = c->previous;
    if (c->says_goodbye)
        s->goodbyes--;
    else
        s->counts.connections--;
    free(c);
}

void fm_connection_free(fm_connection *c)
{
    close(c->fd);
    forget(c);
}

static int watch(fm_connection *c)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    return epoll_ctl(c->server->epoll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

/* ------------------------------------------------------------------ goodbyes */

/* Lets a client that was refused say the rest. The descriptor belongs to the connection now. */
static void say_goodbye(fm_connection *c, int fd)
{
    fm_server *s = c->server;
    c->fd = fd;
    if (!c->says_goodbye) {
        c->says_goodbye = true;
        s->counts.connections--;
        s->goodbyes++;
    }
    shutdown(fd, SHUT_WR);
    if (s->goodbyes > GOODBYES_MAX || watch(c) != 0)
        fm_connection_free(c);
    else
        fm_connection_await(c, FM_AWAIT_GOODBYE);
}

/* Reads what is there. False: that was all. */
static bool drain(int fd)
{
    char rest[DRAIN_MAX];
    for (;;) {
        ssize_t n = recv(fd, rest, sizeof rest, MSG_DONTWAIT);
        if (n <= 0)
            return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
}

/* ------------------------------------------------------------------ arrivals */

static bool is_full(const fm_server *s, const fm_connection *arrived)
{
    unsigned alike = 0;
    if (s->counts.connections > s->limits.connections)
        return true;
    if (!arrived->peer.known || arrived->trusted)
        return false;
    for (const fm_connection *c = s->first; c; c = c->next)
        if (!c->says_goodbye && fm_peer_alike(&c->peer, &arrived->peer))
            alike++;
    return alike > s->limits.per_address;
}

static void describe(fm_connection *c, const struct sockaddr *name)
{
    struct sockaddr_storage local = {0};
    socklen_t size = sizeof local;
    const fm_server *s = c->server;
    c->peer = fm_peer_of(name);
    fm_peer_text(&c->peer, c->peer_text);
    for (size_t i = 0; i < s->proxy_count; i++)
        c->trusted = c->trusted || fm_network_has(&s->proxies[i], &c->peer);
    if (c->peer.known && getsockname(c->fd, (struct sockaddr *)&local, &size) == 0) {
        fm_peer own = fm_peer_of((struct sockaddr *)&local);
        fm_peer_text(&own, c->local_text);
    }
}

static void arrive(fm_server *s, const fm_listener *listener, int fd, const struct sockaddr *name, socklen_t size)
{
    unsigned patience = UNACKNOWLEDGED_MS;
    fm_connection *c = add(s, fd, listener);
    if (!c) {
        close(fd);
        return;
    }
    describe(c, name);
    if (is_full(s, c)) {
        s->counts.refused++;
        fm_refusal_send(fd, 503);
        say_goodbye(c, fd);
        return;
    }
    if (c->peer.known)
        setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
    if (watch(c) != 0) {
        fm_connection_free(c);
        return;
    }
    s->arriving = c;
    enum MHD_Result added = fm_mhd.add_connection(s->daemon, fd, name, size); /* closes it where it fails */
    if (s->arriving) {
        s->arriving = NULL;
        if (added != MHD_YES)
            forget(c);
    } else if (added == MHD_YES) {
        fm_connection_await(c, FM_AWAIT_HEAD);
    }
}

void fm_connection_accept(fm_server *s, const fm_listener *listener)
{
    for (int i = 0; i < ACCEPT_MAX; i++) {
        struct sockaddr_storage name = {0};
        socklen_t size = sizeof name;
        int fd = accept4(listener->fd, (struct sockaddr *)&name, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE))
            s->crowded = true;
        if (fd < 0)
            return;
        arrive(s, listener, fd, (struct sockaddr *)&name, size);
    }
}

/* ------------------------------------------------------------------ what happens to one */

void fm_connection_notify(void *server, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    fm_server *s = server;
    fm_connection *c = *context;
    (void)mhd;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = s->arriving;
        s->arriving = NULL;
        return;
    }
    /* libmicrohttpd closes its descriptor next. Another one of the same socket keeps the answer of a refusal alive. */
    int fd = c->owes_goodbye ? fcntl(c->fd, F_DUPFD_CLOEXEC, 0) : -1;
    epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    if (fd >= 0)
        say_goodbye(c, fd);
    else
        forget(c);
}

void fm_connection_event(fm_connection *c, uint32_t events)
{
    if (c->says_goodbye) {
        if ((events & (EPOLLHUP | EPOLLERR)) || !drain(c->fd))
            fm_connection_free(c);
        return;
    }
    if ((events & EPOLLIN) && c->await == FM_AWAIT_NEXT)
        fm_connection_await(c, FM_AWAIT_HEAD);
    if (events & EPOLLRDHUP)
        c->half_closed = true;
    /* Who sends nothing more may still wait for an answer, but a stream would never end. */
    if (c->exchange &&
        ((events & (EPOLLHUP | EPOLLERR)) || (c->half_closed && c->exchange->phase >= FM_PHASE_STREAMING)))
        fm_exchange_hang_up(c->exchange);
}
