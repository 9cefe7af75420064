#include "serve/loop.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static const char domain[] = "loop";

/* How often a wait looks at the interrupt flag: a signal may arrive just before epoll does. */
#define LOOK_EVERY_MS 200

struct fm_loop {
    int epoll_fd;
};

fm_status fm_loop_new(fm_loop **loop, fm_error *err)
{
    *loop = NULL;
    fm_loop *made = calloc(1, sizeof *made);
    if (!made)
        return fm_error_no_memory(err, domain);
    made->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (made->epoll_fd < 0) {
        free(made);
        return fm_system_error(err, errno, domain, "cannot wait for several things at once");
    }
    *loop = made;
    return FM_OK;
}

void fm_loop_free(fm_loop *loop)
{
    if (!loop)
        return;
    close(loop->epoll_fd);
    free(loop);
}

fm_status fm_loop_add(fm_loop *loop, int fd, fm_error *err)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 || errno == EEXIST)
        return FM_OK;
    return fm_system_error(err, errno, domain, "cannot wait for descriptor %d", fd);
}

void fm_loop_remove(fm_loop *loop, int fd)
{
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* How long to sleep until the next look; 0: the time is over. */
static int next_wait_ms(int64_t timeout_ms, int64_t begun_ms, const fm_env *env)
{
    if (timeout_ms < 0)
        return LOOK_EVERY_MS;
    int64_t left_ms = begun_ms + timeout_ms - env->monotonic_ms(env->data);
    return left_ms <= 0 ? 0 : left_ms < LOOK_EVERY_MS ? (int)left_ms : LOOK_EVERY_MS;
}

fm_status fm_loop_wait(fm_loop *loop, int ready[FM_LOOP_READY_MAX], size_t *count, int64_t timeout_ms,
                       const fm_env *env, fm_error *err)
{
    struct epoll_event events[FM_LOOP_READY_MAX];
    int64_t begun_ms = env->monotonic_ms(env->data);
    *count = 0;
    for (;;) {
        if (env->interrupted && *env->interrupted)
            return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
        int wait_ms = next_wait_ms(timeout_ms, begun_ms, env);
        int found = epoll_wait(loop->epoll_fd, events, FM_LOOP_READY_MAX, wait_ms);
        if (found < 0 && errno != EINTR)
            return fm_system_error(err, errno, domain, "cannot wait");
        for (int i = 0; i < found; i++)
            ready[i] = events[i].data.fd;
        *count = found > 0 ? (size_t)found : 0;
        if (found > 0 || (found == 0 && wait_ms == 0))
            return FM_OK;
    }
}
