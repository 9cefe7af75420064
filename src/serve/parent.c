#include "serve/parent.h"
#include "serve/lines.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/freed.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static const char domain[] = "parent";

#define REQUEST_MAX_BYTES ((size_t)64 << 20)
/* Most bytes read at once. */
#define CHUNK ((size_t)64 << 10)

/* How much deeper than a wait for requests the work on one is. */
#define WIPED_STACK ((size_t)128 << 10)

struct fm_parent {
    fm_buf inbox;
    size_t taken, scanned;
};

fm_status fm_parent_open(fm_parent **parent, fm_error *err)
{
    *parent = NULL;
    /* Programs that this process starts get neither. */
    if (fcntl(FM_CHILD_REQUESTS, F_SETFD, FD_CLOEXEC) || fcntl(FM_CHILD_ANSWERS, F_SETFD, FD_CLOEXEC))
        return fm_error_set(err, FM_EINVAL, domain, "this process was not started to answer requests");
    fm_parent *p = calloc(1, sizeof *p);
    if (!p)
        return fm_error_no_memory(err, domain);
    fm_freed_is_wiped = true; /* nothing of one request is left for the next */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fm_buf_init(&p->inbox, REQUEST_MAX_BYTES);
    *parent = p;
    return FM_OK;
}

void fm_parent_free(fm_parent *p)
{
    if (!p)
        return;
    fm_buf_free(&p->inbox);
    free(p);
}

/* Waits for a request. A signal that arrives before the wait has begun ends it too. */
static fm_status wait_for_one(const fm_env *env, fm_error *err)
{
    struct pollfd polled = {.fd = FM_CHILD_REQUESTS, .events = POLLIN};
    sigset_t all, before;
    int found = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool interrupted = env->interrupted && *env->interrupted;
    if (!interrupted)
        found = ppoll(&polled, 1, NULL, &before);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (interrupted || (env->interrupted && *env->interrupted))
        return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
    return found >= 0 || error == EINTR ? FM_OK : fm_system_error(err, error, domain, "cannot wait for requests");
}

/* Forgets the requests that were taken. */
static void drop_taken(fm_parent *p)
{
    size_t before = p->inbox.len;
    if (!p->taken || fm_buf_splice(&p->inbox, 0, p->taken, "", 0))
        return;
    p->taken = 0;
    explicit_bzero(p->inbox.data + p->inbox.len, before - p->inbox.len);
}

/* Wipes what calls before have left on the stack, which was deeper then. */
static __attribute__((noinline)) void wipe_stack(void)
{
    char below[WIPED_STACK];
    explicit_bzero(below, sizeof below);
}

/* Reads what is there; waits for it. */
static fm_status fill(fm_parent *p, const fm_env *env, fm_error *err)
{
    drop_taken(p);
    wipe_stack();
    if (fm_buf_reserve(&p->inbox, CHUNK))
        return fm_error_set(err, p->inbox.status, domain, "the request is too large");
    fm_status status = wait_for_one(env, err);
    if (status)
        return status;
    ssize_t len = recv(FM_CHILD_REQUESTS, p->inbox.data + p->inbox.len, CHUNK, MSG_DONTWAIT);
    if (len == 0)
        return fm_error_set(err, FM_ENOTFOUND, domain, "there are no more requests");
    if (len < 0 && errno != EINTR && errno != EAGAIN)
        return fm_system_error(err, errno, domain, "cannot read requests");
    p->inbox.len += len > 0 ? (size_t)len : 0;
    return FM_OK;
}

fm_status fm_parent_receive(fm_parent *p, const char **line, size_t *len, const fm_env *env, fm_error *err)
{
    while (!fm_lines_next(&p->inbox, &p->taken, &p->scanned, line, len)) {
        fm_status status = fill(p, env, err);
        if (status)
            return status;
    }
    return FM_OK;
}

/* Drops what was written from the front. */
static void advance(struct iovec parts[2], size_t done)
{
    for (int i = 0; i < 2; i++) {
        size_t here = done < parts[i].iov_len ? done : parts[i].iov_len;
        parts[i].iov_base = (char *)parts[i].iov_base + here;
        parts[i].iov_len -= here;
        done -= here;
    }
}

fm_status fm_parent_send(fm_parent *p, const char *line, size_t len, fm_error *err)
{
    (void)p;
    struct iovec parts[2] = {{(void *)line, len}, {(void *)"\n", 1}};
    if (memchr(line, '\n', len))
        return fm_error_set(err, FM_EINVAL, domain, "a line holds no line end");
    while (parts[1].iov_len) {
        ssize_t done = writev(FM_CHILD_ANSWERS, parts, 2);
        if (done < 0 && errno != EINTR)
            return fm_system_error(err, errno, domain, "cannot write an answer");
        advance(parts, done > 0 ? (size_t)done : 0);
    }
    return FM_OK;
}
