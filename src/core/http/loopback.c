#include "core/http/loopback.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/system_error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static const char domain[] = "loopback";

/* Browsers open connections ahead of need; the oldest makes room for a new one. */
#define CONNECTIONS_MAX 16
/* How often a wait looks at the interrupt flag: a signal may arrive just before poll does. */
#define LOOK_EVERY_MS 200
/* How long an answer may take to be sent. */
#define SEND_TIMEOUT_S 2
/* Most of what is still coming that is read before a connection closes, so that the answer is not lost in a reset. */
#define DRAIN_MAX  65536
#define ANSWER_MAX 65536

typedef struct connection {
    int fd;       /* -1: free */
    unsigned age; /* when it was accepted: smaller is older */
    size_t len;
    char head[FM_LOOPBACK_HEAD_MAX + 1];
} connection;

struct fm_loopback {
    int fd;
    uint16_t port;
    unsigned accepted;
    connection *waiting; /* the one whose request has to be answered; NULL: none */
    connection connections[CONNECTIONS_MAX];
};

/* ------------------------------------------------------------------ the socket */

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, CONNECTIONS_MAX) == 0)
        return fd;
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

fm_status fm_loopback_open(fm_loopback **out, uint16_t port, fm_error *err)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    *out = NULL;
    fm_loopback *l = calloc(1, sizeof *l);
    if (!l)
        return fm_error_no_memory(err, domain);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        l->connections[i].fd = -1;
    l->fd = listen_on(port);
    if (l->fd < 0 || getsockname(l->fd, (struct sockaddr *)&address, &size)) {
        fm_status status = fm_system_error(err, errno, domain, "cannot listen on 127.0.0.1, port %u", port);
        fm_loopback_free(l);
        return status;
    }
    l->port = ntohs(address.sin_port);
    *out = l;
    return FM_OK;
}

uint16_t fm_loopback_port(const fm_loopback *l)
{
    return l->port;
}

/* What was read may hold a code of a sign-in. */
static void hang_up(connection *c)
{
    if (c->fd >= 0)
        close(c->fd);
    explicit_bzero(c->head, c->len);
    c->fd = -1;
    c->len = 0;
}

void fm_loopback_free(fm_loopback *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        hang_up(&l->connections[i]);
    if (l->fd >= 0)
        close(l->fd);
    free(l);
}

/* ------------------------------------------------------------------ answers */

static void send_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return; /* the browser has gone */
        bytes += n;
        len -= (size_t)n;
    }
}

static void drain(int fd)
{
    char rest[4096];
    for (size_t total = 0; total < DRAIN_MAX; total += sizeof rest)
        if (recv(fd, rest, sizeof rest, MSG_DONTWAIT) <= 0)
            return;
}

static const char *reason_of(int code)
{
    return code == 200 ? "OK" : code == 404 ? "Not Found" : "Bad Request";
}

static fm_status answer(connection *c, int code, const char *html, size_t len, fm_error *err)
{
    static const struct timeval patience = {.tv_sec = SEND_TIMEOUT_S};
    fm_buf out;
    fm_buf_init(&out, ANSWER_MAX);
    fm_buf_addf(&out,
                "HTTP/1.1 %d %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
                "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
                "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nConnection: close\r\n\r\n",
                code, reason_of(code), len);
    fm_buf_add(&out, html, len);
    fm_status status = out.status;
    if (!status) {
        setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        send_all(c->fd, out.data, out.len);
        shutdown(c->fd, SHUT_WR);
        drain(c->fd);
    }
    fm_buf_free(&out);
    hang_up(c);
    return status ? fm_error_set(err, status, domain, "the page could not be made") : FM_OK;
}

static void refuse(connection *c)
{
    static const char page[] = "<!doctype html><title>fmcal</title><p>This is not a request that fmcal expects.\n";
    answer(c, 400, page, sizeof page - 1, NULL);
}

fm_status fm_loopback_reply(fm_loopback *l, int code, const char *html, size_t len, fm_error *err)
{
    if (!l->waiting)
        return fm_error_set(err, FM_EINVAL, domain, "no request waits for an answer");
    connection *c = l->waiting;
    l->waiting = NULL;
    return answer(c, code, html, len, err);
}

/* ------------------------------------------------------------------ requests */

/* The value of a header, with its length; NULL where it is not there or there twice. */
static const char *header(const char *head, const char *name, size_t *len)
{
    const char *found = NULL;
    size_t name_len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, name_len) != 0 || line[2 + name_len] != ':')
            continue;
        if (found)
            return NULL;
        found = line + 2 + name_len + 1;
    }
    if (!found)
        return NULL;
    found += strspn(found, " \t");
    *len = strcspn(found, " \t\r\n");
    return found;
}

/* A page of another site that has made its name mean this machine sends its own name along. */
static bool is_for_us(const fm_loopback *l, const char *head)
{
    char by_number[32], by_name[32];
    size_t len = 0;
    const char *host = header(head, "Host", &len);
    snprintf(by_number, sizeof by_number, "127.0.0.1:%u", l->port);
    snprintf(by_name, sizeof by_name, "localhost:%u", l->port);
    return host && ((len == strlen(by_number) && memcmp(host, by_number, len) == 0) ||
                    (len == strlen(by_name) && strncasecmp(host, by_name, len) == 0));
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

/* Takes the request line apart in place. False: it is none that is served here. */
static bool parse(const fm_loopback *l, connection *c, fm_loopback_event *event)
{
    char *head = c->head;
    if (strlen(head) != c->len || strncmp(head, "GET /", 5) != 0 || !is_for_us(l, head))
        return false;
    head[strcspn(head, "\r\n")] = '\0';
    char *version = strrchr(head, ' ');
    if (!version || version < head + 5 || strncmp(version, " HTTP/1.", 8) != 0)
        return false;
    *version = '\0';
    char *target = head + 4, *query = strchr(target, '?');
    if (!is_plain(target))
        return false;
    if (query)
        *query++ = '\0';
    *event = (fm_loopback_event){.path = target, .query = query ? query : ""};
    return true;
}

/* Reads what there is. True where a request is complete and served here. */
static bool take(fm_loopback *l, connection *c, fm_loopback_event *event)
{
    ssize_t n = recv(c->fd, c->head + c->len, FM_LOOPBACK_HEAD_MAX - c->len, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    if (n <= 0) {
        hang_up(c);
        return false;
    }
    c->len += (size_t)n;
    c->head[c->len] = '\0';
    bool complete = strstr(c->head, "\r\n\r\n") != NULL;
    if (complete && parse(l, c, event)) {
        l->waiting = c;
        return true;
    }
    if (complete || c->len == FM_LOOPBACK_HEAD_MAX || memchr(c->head, '\0', c->len))
        refuse(c);
    return false;
}

/* ------------------------------------------------------------------ waiting */

static void take_connection(fm_loopback *l)
{
    connection *place = &l->connections[0];
    int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    for (size_t i = 1; i < CONNECTIONS_MAX && place->fd >= 0; i++)
        if (l->connections[i].fd < 0 || l->connections[i].age < place->age)
            place = &l->connections[i];
    hang_up(place);
    place->fd = fd;
    place->age = l->accepted++;
}

/* Looks once. True where there is an event. */
static bool look(fm_loopback *l, fm_loopback_event *event, int input_fd, int timeout_ms, int *error)
{
    struct pollfd polls[CONNECTIONS_MAX + 2];
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        polls[i] = (struct pollfd){.fd = l->connections[i].fd, .events = POLLIN};
    polls[CONNECTIONS_MAX] = (struct pollfd){.fd = l->fd, .events = POLLIN};
    polls[CONNECTIONS_MAX + 1] = (struct pollfd){.fd = input_fd, .events = POLLIN};
    *error = poll(polls, CONNECTIONS_MAX + 2, timeout_ms) < 0 && errno != EINTR ? errno : 0;
    if (*error)
        return false;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (polls[i].fd >= 0 && polls[i].revents && take(l, &l->connections[i], event))
            return true;
    if (polls[CONNECTIONS_MAX].revents)
        take_connection(l);
    event->input = polls[CONNECTIONS_MAX + 1].revents != 0;
    return event->input;
}

fm_status fm_loopback_wait(fm_loopback *l, fm_loopback_event *event, int input_fd, int64_t timeout_ms,
                           const fm_env *env, fm_error *err)
{
    int64_t deadline_ms = env->monotonic_ms(env->data) + timeout_ms;
    *event = (fm_loopback_event){0};
    if (l->waiting)
        return fm_error_set(err, FM_EINVAL, domain, "the last request was not answered");
    for (;;) {
        int64_t left_ms = deadline_ms - env->monotonic_ms(env->data);
        int error, step_ms = left_ms < LOOK_EVERY_MS ? (int)left_ms : LOOK_EVERY_MS;
        if (env->interrupted && *env->interrupted)
            return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
        if (left_ms <= 0)
            return fm_error_set(err, FM_ETIMEOUT, domain, "nothing arrived within %lld ms", (long long)timeout_ms);
        if (look(l, event, input_fd, step_ms, &error))
            return FM_OK;
        if (error)
            return fm_system_error(err, error, domain, "cannot wait for the browser");
    }
}
