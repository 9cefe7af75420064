#include "serve/child.h"
#include "serve/lines.h"
#include "util/alloc.h"
#include "util/process/piped.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

static const char domain[] = "child";

#define LINE_MAX_BYTES ((size_t)64 << 20)
/* Most bytes that one step reads. */
#define STEP_BYTES ((size_t)1 << 20)

struct fm_child {
    fm_piped process;
    size_t scanned;
    int epoll_fd; /* of both pipes */
    bool waits_for_room;
};

/* ---------------------------------------------------------------- start and end */

static fm_status start_process(fm_child *c, char *const argv[], const fm_child_options *options, fm_error *err)
{
    fm_spawn_descriptor descriptors[] = {{FM_CHILD_REQUESTS, -1},
                                         {FM_CHILD_ANSWERS, -1},
                                         {STDIN_FILENO, -1},
                                         {STDOUT_FILENO, fcntl(STDERR_FILENO, F_GETFD) < 0 ? -1 : STDERR_FILENO}};
    char **environment = fm_spawn_environment(options->hide, options->add);
    if (!environment)
        return fm_error_no_memory(err, domain);
    int error = fm_piped_start(&c->process, argv, environment, descriptors, 4);
    free(environment);
    return error ? fm_system_error(err, error, domain, "cannot start %s", argv[0]) : FM_OK;
}

static int watch_pipes(fm_child *c)
{
    struct epoll_event up = {.events = EPOLLIN}, down = {.events = 0};
    c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return c->epoll_fd < 0 || fcntl(c->process.up_fd, F_SETFL, O_NONBLOCK) ||
                   epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, c->process.up_fd, &up) ||
                   epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, c->process.down_fd, &down)
               ? errno
               : 0;
}

static void limit_memory(const fm_child *c, uint64_t bytes)
{
#ifndef __SANITIZE_ADDRESS__
    struct rlimit most = {bytes, bytes};
    if (bytes)
        prlimit(c->process.pid, RLIMIT_AS, &most, NULL);
#else
    (void)c;
    (void)bytes;
#endif
}

fm_status fm_child_start(fm_child **child, char *const argv[], const fm_child_options *options, fm_error *err)
{
    *child = NULL;
    fm_child *c = calloc(1, sizeof *c);
    if (!c)
        return fm_error_no_memory(err, domain);
    c->epoll_fd = -1;
    fm_piped_init(&c->process, options->max_line_bytes ? options->max_line_bytes : LINE_MAX_BYTES);
    fm_status status = start_process(c, argv, options, err);
    int error = status ? 0 : watch_pipes(c);
    if (error)
        status = fm_system_error(err, error, domain, "cannot watch %s", argv[0]);
    if (status) {
        fm_child_free(c);
        return status;
    }
    limit_memory(c, options->memory_bytes);
    *child = c;
    return FM_OK;
}

void fm_child_free(fm_child *c)
{
    if (!c)
        return;
    fm_piped_free(&c->process);
    if (c->epoll_fd >= 0)
        close(c->epoll_fd);
    free(c);
}

/* ---------------------------------------------------------------- lines */

int fm_child_descriptor(const fm_child *c)
{
    return c->epoll_fd;
}

/* Whether room in the pipe down to it is waited for. */
static void wait_for_room(fm_child *c, bool waits)
{
    if (waits == c->waits_for_room)
        return;
    struct epoll_event down = {.events = waits ? EPOLLOUT : 0};
    epoll_ctl(c->epoll_fd, EPOLL_CTL_MOD, c->process.down_fd, &down);
    c->waits_for_room = waits;
}

fm_status fm_child_send(fm_child *c, const char *line, size_t len, fm_error *err)
{
    if (memchr(line, '\n', len))
        return fm_error_set(err, FM_EINVAL, domain, "a line holds no line end");
    if (!c->process.pid)
        return FM_OK;
    fm_status status = fm_piped_send(&c->process, line, len);
    if (!status)
        status = fm_piped_send(&c->process, "\n", 1);
    if (status) {
        fm_child_signal(c, SIGKILL);
        return fm_error_set(err, status, domain, "too much waits to be read");
    }
    wait_for_room(c, fm_piped_flush(&c->process));
    return FM_OK;
}

void fm_child_step(fm_child *c)
{
    if (!c->process.pid)
        return;
    wait_for_room(c, fm_piped_flush(&c->process));
    size_t before = c->process.inbox.len - c->process.taken;
    fm_piped_read_result result;
    do {
        result = fm_piped_read(&c->process);
    } while (result == FM_PIPED_BYTES && c->process.inbox.len - before < STEP_BYTES);
    if (result == FM_PIPED_END || result == FM_PIPED_FULL)
        fm_piped_end(&c->process);
    if (result == FM_PIPED_FULL)
        c->scanned = c->process.taken = 0; /* the inbox is lost */
}

bool fm_child_next_line(fm_child *c, const char **line, size_t *len)
{
    return fm_lines_next(&c->process.inbox, &c->process.taken, &c->scanned, line, len);
}

/* ---------------------------------------------------------------- the process */

bool fm_child_ended(const fm_child *c)
{
    return c->process.pid == 0;
}

int fm_child_status(const fm_child *c)
{
    return c->process.status;
}

int fm_child_pid(const fm_child *c)
{
    return (int)c->process.pid;
}

void fm_child_signal(const fm_child *c, int signal_number)
{
    if (c->process.pid)
        kill(-c->process.pid, signal_number);
}
