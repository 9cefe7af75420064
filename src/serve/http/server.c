#include "serve/http/server_impl.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

static const char domain[] = FM_SERVER_DOMAIN;

/* libmicrohttpd's memory for one connection: a head of the largest size with its table, and the head of an answer. */
#define POOL_BYTES 32768
#define EVENTS_MAX 64
/* Rounds of libmicrohttpd in one step, so that a client that never stops does not keep the others waiting. */
#define ROUNDS_MAX 16
/* How long it stops accepting where there are no descriptors left. */
#define CROWDED_MS 500

/* What the members of the epoll set that are no connections point to. */
static char timer_mark, daemon_mark;

void fm_server_limits_init(fm_server_limits *limits)
{
    *limits = (fm_server_limits){.connections = 512,
                                 .per_address = 64,
                                 .bodies_bytes = (size_t)16 << 20,
                                 .stream_bytes = (size_t)256 << 10,
                                 .head_ms = 10000,
                                 .body_ms = 30000,
                                 .send_ms = 60000,
                                 .idle_ms = 75000};
}

int64_t fm_server_now_ms(const fm_server *s)
{
    return s->env.monotonic_ms(s->env.data);
}

/* ------------------------------------------------------------------ opening */

static int watch(const fm_server *s, int fd, void *mark)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = mark};
    return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static size_t count_texts(const char *const *texts)
{
    size_t count = 0;
    while (texts && texts[count])
        count++;
    return count;
}

static fm_status open_listeners(fm_server *s, const fm_server_config *config, fm_error *err)
{
    size_t addresses = count_texts(config->addresses);
    fm_status status = FM_OK;
    s->listeners = calloc(addresses + config->inherited_count + 1, sizeof *s->listeners);
    if (!s->listeners)
        return fm_error_no_memory(err, domain);
    for (size_t i = 0; !status && i < addresses + config->inherited_count; i++) {
        fm_listener *listener = &s->listeners[i];
        status = i < addresses ? fm_listener_open(listener, config->addresses[i], err)
                               : fm_listener_inherit(listener, config->inherited[i - addresses], err);
        if (!status)
            s->listener_count++;
        if (!status && watch(s, listener->fd, listener) != 0)
            status = fm_system_error(err, errno, domain, "cannot wait for connections");
    }
    return status;
}

static fm_status read_proxies(fm_server *s, const char *const *proxies, fm_error *err)
{
    size_t count = count_texts(proxies);
    s->proxies = calloc(count + 1, sizeof *s->proxies);
    if (!s->proxies)
        return fm_error_no_memory(err, domain);
    for (; s->proxy_count < count; s->proxy_count++)
        if (!fm_network_parse(&s->proxies[s->proxy_count], proxies[s->proxy_count]))
            return fm_error_set(err, FM_EINVAL, domain, "'%s' is no network: 10.0.0.0/8 or ::1 is expected",
                                proxies[s->proxy_count]);
    return FM_OK;
}

/* Targets stay as they are spelled. */
static size_t leave_escaped(void *data, struct MHD_Connection *mhd, char *text)
{
    (void)data;
    (void)mhd;
    return strlen(text);
}

static fm_status start_daemon(fm_server *s, fm_error *err)
{
    s->daemon = fm_mhd.start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
                                    fm_exchange_handle, s, MHD_OPTION_CONNECTION_LIMIT, UINT_MAX,
                                    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_URI_LOG_CALLBACK,
                                    fm_exchange_begin, s, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
                                    MHD_OPTION_NOTIFY_COMPLETED, fm_exchange_complete, s, MHD_OPTION_NOTIFY_CONNECTION,
                                    fm_connection_notify, s, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = s->daemon ? fm_mhd.get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || watch(s, info->epoll_fd, &daemon_mark) != 0)
        return fm_system_error(err, errno, domain, "the HTTP server cannot be started");
    return FM_OK;
}

static fm_status open_parts(fm_server *s, const fm_server_config *config, fm_error *err)
{
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    s->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (s->epoll_fd < 0 || s->timer_fd < 0 || watch(s, s->timer_fd, &timer_mark) != 0)
        return fm_system_error(err, errno, domain, "the HTTP server cannot be started");
    fm_status status = read_proxies(s, config->proxies, err);
    if (!status)
        status = open_listeners(s, config, err);
    return status ? status : start_daemon(s, err);
}

fm_status fm_server_open(fm_server **out, const fm_server_config *config, const fm_env *env, fm_error *err)
{
    *out = NULL;
    fm_status status = fm_microhttpd_open(err);
    if (status)
        return status;
    fm_server *s = calloc(1, sizeof *s);
    if (!s)
        return fm_error_no_memory(err, domain);
    s->env = *env;
    s->limits = config->limits;
    s->epoll_fd = s->timer_fd = -1;
    s->armed_ms = INT64_MAX;
    status = open_parts(s, config, err);
    if (status) {
        fm_server_free(s);
        return status;
    }
    *out = s;
    return FM_OK;
}

/* ------------------------------------------------------------------ the end */

/* libmicrohttpd cannot be stopped while something is suspended. */
static void stop_daemon(fm_server *s)
{
    for (fm_connection *c = s->first; c; c = c->next) {
        c->gone = true;
        c->owes_goodbye = false;
        if (c->exchange)
            fm_exchange_resume(c->exchange);
    }
    if (s->daemon)
        fm_mhd.stop_daemon(s->daemon);
    while (s->first)
        fm_connection_free(s->first);
}

void fm_server_free(fm_server *s)
{
    fm_server_event event;
    if (!s)
        return;
    for (size_t i = 0; i < s->listener_count; i++)
        fm_listener_close(&s->listeners[i]);
    stop_daemon(s);
    while (fm_server_next(s, &event))
        fm_exchange_unref(event.exchange);
    if (s->epoll_fd >= 0)
        close(s->epoll_fd);
    if (s->timer_fd >= 0)
        close(s->timer_fd);
    free(s->queue.events);
    free(s->listeners);
    free(s->proxies);
    free(s);
}

/* ------------------------------------------------------------------ what happened */

void fm_server_tell(fm_server *s, fm_server_event_kind kind, fm_exchange *x)
{
    fm_event_queue *q = &s->queue;
    if (fm_grow(&q->events, &q->room, q->count + 1, sizeof *q->events)) {
        s->failed = FM_ENOMEM;
        return;
    }
    q->events[q->count++] = (fm_server_event){kind, fm_exchange_ref(x)};
}

bool fm_server_next(fm_server *s, fm_server_event *event)
{
    fm_event_queue *q = &s->queue;
    if (q->taken == q->count) {
        q->taken = q->count = 0;
        return false;
    }
    *event = q->events[q->taken++];
    return true;
}

/* ------------------------------------------------------------------ steps */

static const fm_listener *listener_of(const fm_server *s, const void *mark)
{
    for (size_t i = 0; i < s->listener_count; i++)
        if (mark == &s->listeners[i])
            return &s->listeners[i];
    return NULL;
}

static void handle(fm_server *s, const struct epoll_event *event)
{
    uint64_t fired;
    const fm_listener *listener = listener_of(s, event->data.ptr);
    if (listener)
        fm_connection_accept(s, listener);
    else if (event->data.ptr == &timer_mark)
        s->armed_ms = read(s->timer_fd, &fired, sizeof fired) > 0 ? INT64_MAX : s->armed_ms;
    else if (event->data.ptr != &daemon_mark)
        fm_connection_event(event->data.ptr, event->events);
}

static fm_status wait_for_events(fm_server *s, int timeout_ms, fm_error *err)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(s->epoll_fd, events, EVENTS_MAX, timeout_ms);
    if (count < 0 && errno != EINTR)
        return fm_system_error(err, errno, domain, "cannot wait for requests");
    for (int i = 0; i < count; i++)
        handle(s, &events[i]);
    return FM_OK;
}

/* Runs libmicrohttpd until it has nothing to do. @return whether it has */
static bool run_daemon(fm_server *s)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        fm_mhd.run(s->daemon);
        if (fm_mhd.get_timeout(s->daemon, &wait_ms) != MHD_YES || wait_ms > 0)
            return true;
    }
    return false;
}

/* Where there are no descriptors left, a listener would wake the loop again and again. */
static void mind_the_crowd(fm_server *s)
{
    int64_t now_ms = fm_server_now_ms(s);
    if (s->crowded && !s->crowded_until_ms) {
        s->crowded_until_ms = now_ms + CROWDED_MS;
        for (size_t i = 0; i < s->listener_count; i++)
            epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->listeners[i].fd, NULL);
    } else if (s->crowded_until_ms && s->crowded_until_ms <= now_ms) {
        s->crowded = false;
        s->crowded_until_ms = 0;
        for (size_t i = 0; i < s->listener_count; i++)
            watch(s, s->listeners[i].fd, &s->listeners[i]);
    }
}

/* Sets the timer where something is due before it fires; one that fires too early does no harm. */
static void arm(fm_server *s, int64_t due_ms)
{
    if (due_ms >= s->armed_ms)
        return;
    int64_t wait_ms = due_ms - fm_server_now_ms(s);
    wait_ms = wait_ms > 0 ? wait_ms : 0;
    struct itimerspec when = {.it_value = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000 + 1}};
    if (timerfd_settime(s->timer_fd, 0, &when, NULL) == 0)
        s->armed_ms = due_ms;
}

void fm_server_wake(fm_server *s)
{
    arm(s, 0);
}

fm_status fm_server_step(fm_server *s, int timeout_ms, fm_error *err)
{
    s->failed = FM_OK;
    if (s->env.interrupted && *s->env.interrupted)
        return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
    fm_status status = wait_for_events(s, timeout_ms, err);
    if (status)
        return status;
    fm_connection_expire(s);
    bool idle = run_daemon(s);
    mind_the_crowd(s);
    int64_t due_ms = fm_connection_expire(s);
    if (s->crowded_until_ms && s->crowded_until_ms < due_ms)
        due_ms = s->crowded_until_ms;
    arm(s, idle ? due_ms : 0);
    return s->failed ? fm_error_no_memory(err, domain) : FM_OK;
}

/* ------------------------------------------------------------------ facts */

int fm_server_descriptor(const fm_server *s)
{
    return s->epoll_fd;
}

bool fm_server_address_at(const fm_server *s, size_t n, fm_server_address *out)
{
    if (n >= s->listener_count)
        return false;
    const fm_listener *listener = &s->listeners[n];
    *out = (fm_server_address){.text = listener->text,
                               .host = listener->host_text,
                               .local = !listener->host.known || fm_peer_is_loopback(&listener->host),
                               .wildcard = fm_peer_is_wildcard(&listener->host)};
    return true;
}

bool fm_server_trusts(const fm_server *s, const char *address)
{
    fm_peer peer = fm_peer_parse(address);
    for (size_t i = 0; i < s->proxy_count; i++)
        if (fm_network_has(&s->proxies[i], &peer))
            return true;
    return false;
}

void fm_server_count(const fm_server *s, fm_server_counts *out)
{
    *out = s->counts;
}
