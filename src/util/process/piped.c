#include "util/process/piped.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room that is asked of the kernel for a pipe: a slice of questions is on its way at once. */
#define PIPE_BYTES (1 << 20)
/* Most bytes read at once. */
#define CHUNK ((size_t)64 << 10)

void fm_piped_init(fm_piped *p, size_t max_bytes)
{
    *p = (fm_piped){.down_fd = -1, .up_fd = -1};
    fm_buf_init(&p->outbox, max_bytes);
    fm_buf_init(&p->inbox, max_bytes);
}

/* ---------------------------------------------------------------- start and end */

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A descriptor that the child gets must not have the number of another one there: a dup2 would close it. */
static int lift(int *fd, int above)
{
    if (*fd > above)
        return 0;
    int lifted = fcntl(*fd, F_DUPFD_CLOEXEC, above + 1);
    if (lifted < 0)
        return errno;
    close(*fd);
    *fd = lifted;
    return 0;
}

static int highest(const fm_spawn_descriptor *descriptors, size_t count)
{
    int most = STDERR_FILENO;
    for (size_t i = 0; i < count; i++)
        if (descriptors[i].to > most)
            most = descriptors[i].to;
    return most;
}

int fm_piped_start(fm_piped *p, char *const argv[], char *const environment[], fm_spawn_descriptor *descriptors,
                   size_t count)
{
    int down[2] = {-1, -1}, up[2] = {-1, -1}, top = highest(descriptors, count);
    /* What goes down goes through a socket: writing to a pipe whose other end is gone may end a program by SIGPIPE. */
    int error = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, down) || pipe2(up, O_CLOEXEC) ? errno : 0;
    p->down_fd = down[1];
    p->up_fd = up[0];
    if (!error)
        error = lift(&down[0], top);
    if (!error)
        error = lift(&up[1], top);
    if (!error) { /* where the kernel refuses, there is less room */
        shutdown(p->down_fd, SHUT_RD);
        setsockopt(p->down_fd, SOL_SOCKET, SO_SNDBUF, &(int){PIPE_BYTES}, sizeof(int));
        fcntl(p->up_fd, F_SETPIPE_SZ, PIPE_BYTES);
        descriptors[0].from = down[0];
        descriptors[1].from = up[1];
        error = fm_spawn(&p->pid, argv,
                         &(fm_spawn_options){.group = FM_SPAWN_OWN_GROUP,
                                             .environment = environment,
                                             .descriptors = descriptors,
                                             .descriptor_count = count,
                                             .close_from = top + 1});
    }
    if (error)
        p->pid = 0;
    close_one(&down[0]);
    close_one(&up[1]);
    return error;
}

void fm_piped_end(fm_piped *p)
{
    close_one(&p->down_fd);
    close_one(&p->up_fd);
    if (!p->pid)
        return;
    kill(-p->pid, SIGKILL); /* its process group, of which it is the first */
    fm_spawn_reap(p->pid, 0, &p->status);
    p->pid = 0;
}

void fm_piped_free(fm_piped *p)
{
    fm_piped_end(p);
    fm_buf_free(&p->outbox);
    fm_buf_free(&p->inbox);
}

/* ---------------------------------------------------------------- down and up */

bool fm_piped_flush(fm_piped *p)
{
    while (p->sent < p->outbox.len) {
        ssize_t len = send(p->down_fd, p->outbox.data + p->sent, p->outbox.len - p->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0 && errno == EAGAIN)
            return true;
        if (len < 0)
            break;
        p->sent += (size_t)len;
    }
    fm_buf_reset(&p->outbox);
    p->sent = 0;
    return false;
}

fm_status fm_piped_send(fm_piped *p, const char *bytes, size_t len)
{
    if (!p->pid)
        return FM_OK;
    if (p->sent > p->outbox.len / 2 && fm_buf_splice(&p->outbox, 0, p->sent, "", 0) == FM_OK)
        p->sent = 0;
    if (fm_buf_add(&p->outbox, bytes, len))
        return p->outbox.status;
    fm_piped_flush(p);
    return FM_OK;
}

fm_piped_read_result fm_piped_read(fm_piped *p)
{
    if (p->taken) {
        fm_buf_splice(&p->inbox, 0, p->taken, "", 0);
        p->taken = 0;
    }
    if (p->up_fd < 0)
        return FM_PIPED_END;
    if (fm_buf_reserve(&p->inbox, CHUNK))
        return FM_PIPED_FULL;
    ssize_t len;
    while ((len = read(p->up_fd, p->inbox.data + p->inbox.len, CHUNK)) < 0 && errno == EINTR)
        ;
    if (len < 0 && errno == EAGAIN)
        return FM_PIPED_NOTHING_YET;
    if (len <= 0)
        return FM_PIPED_END;
    p->inbox.len += (size_t)len;
    p->inbox.data[p->inbox.len] = '\0';
    return FM_PIPED_BYTES;
}
