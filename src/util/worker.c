#include "util/worker.h"
#include "util/alloc.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char domain[] = "worker";

/* Bytes that a frame begins with: its length. */
#define HEADER 4
/* Room that is asked of the kernel for a pipe: a slice of questions is on its way at once. */
#define PIPE_BYTES (1 << 20)
/* Most bytes read at once. */
#define CHUNK ((size_t)64 << 10)
/* How often a wait looks at the interrupt flag and at the worker's clock. */
#define LOOK_EVERY_MS 100
/* Nor does one that goes on talking escape: after how many waits it looks in any case. */
#define WAITS_PER_LOOK 64
/* When it first looks: most answers are quicker, and need no clock. */
#define FIRST_LOOK_MS 10

/* What a worker gets of the environment: where its libraries are, and what local time is. */
static const char *const inherited[] = {"TZ",           "LD_LIBRARY_PATH", "LD_PRELOAD",
                                        "ASAN_OPTIONS", "UBSAN_OPTIONS",   "FMCAL_LUA_PATH"};
enum { INHERITED = sizeof inherited / sizeof inherited[0] };

struct fm_worker {
    pid_t pid; /* 0 once it was waited for */
    int questions_fd, answers_fd;
    clockid_t clock; /* its processor time */
    fm_worker_limits limits;
    bool ticks; /* the clocks of a question have begun */
    unsigned waits;
    int64_t cpu_end_us, wall_end_ms;
    fm_buf outbox; /* what the pipe has not taken yet, from `sent` on */
    size_t sent;
    fm_buf inbox; /* what was read, from `taken` on */
    size_t taken;
};

/* ---------------------------------------------------------------- start and end */

/* The variables it gets, each "NAME=value"; the strings are those of this process. */
static void fill_environment(char *environment[INHERITED + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < INHERITED; i++) {
        char *value = getenv(inherited[i]);
        if (value) /* the environment has "NAME=" right in front */
            environment[count++] = value - strlen(inherited[i]) - 1;
    }
    environment[count] = NULL;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error)
        error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error)
        error = posix_spawnattr_setpgroup(attributes, 0);
    if (!error)
        error = posix_spawnattr_setflags(
            attributes, (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP));
    return error;
}

static int set_descriptors(posix_spawn_file_actions_t *actions, int questions_fd, int answers_fd)
{
    int error = posix_spawn_file_actions_adddup2(actions, questions_fd, FM_WORKER_QUESTIONS);
    if (!error)
        error = posix_spawn_file_actions_adddup2(actions, answers_fd, FM_WORKER_ANSWERS);
    return error ? error : posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
}

/* 0 or an errno. */
static int spawn(pid_t *pid, char *const argv[], int questions_fd, int answers_fd)
{
    char *environment[INHERITED + 1];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error)
        goto out;
    fill_environment(environment);
    error = set_attributes(&attributes);
    if (!error)
        error = set_descriptors(&actions, questions_fd, answers_fd);
    if (!error)
        error = posix_spawn(pid, argv[0], &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
out:
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A descriptor of a pipe that the child gets must not be one of its first three: another dup2 would close it. */
static int lift(int *fd)
{
    if (*fd > STDERR_FILENO)
        return 0;
    int lifted = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (lifted < 0)
        return errno;
    close(*fd);
    *fd = lifted;
    return 0;
}

/* Starts it between two pipes. 0 or an errno. */
static int start(fm_worker *w, char *const argv[])
{
    int down[2] = {-1, -1}, up[2] = {-1, -1};
    /* Questions go through a socket: writing to a pipe whose other end is gone may end a program by SIGPIPE. */
    int error = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, down) || pipe2(up, O_CLOEXEC) ? errno : 0;
    w->questions_fd = down[1];
    w->answers_fd = up[0];
    if (!error)
        error = lift(&down[0]);
    if (!error)
        error = lift(&up[1]);
    if (!error) { /* where the kernel refuses, there is less room */
        shutdown(w->questions_fd, SHUT_RD);
        setsockopt(w->questions_fd, SOL_SOCKET, SO_SNDBUF, &(int){PIPE_BYTES}, sizeof(int));
        fcntl(w->answers_fd, F_SETPIPE_SZ, PIPE_BYTES);
    }
    if (!error)
        error = spawn(&w->pid, argv, down[0], up[1]);
    if (error)
        w->pid = 0;
    else
        error = clock_getcpuclockid(w->pid, &w->clock);
    close_one(&down[0]);
    close_one(&up[1]);
    return error;
}

fm_status fm_worker_start(fm_worker **worker, char *const argv[], fm_error *err)
{
    *worker = NULL;
    fm_worker *w = calloc(1, sizeof *w);
    if (!w)
        return fm_error_no_memory(err, domain);
    fm_buf_init(&w->outbox, FM_WORKER_FRAME_MAX);
    fm_buf_init(&w->inbox, FM_WORKER_FRAME_MAX);
    int error = start(w, argv);
    if (error) {
        fm_worker_free(w);
        return fm_system_error(err, error, domain, "cannot start %s", argv[0]);
    }
    *worker = w;
    return FM_OK;
}

static void end(fm_worker *w)
{
    close_one(&w->questions_fd);
    close_one(&w->answers_fd);
    if (!w->pid)
        return;
    kill(-w->pid, SIGKILL); /* its process group, of which it is the first */
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
}

void fm_worker_free(fm_worker *w)
{
    if (!w)
        return;
    end(w);
    fm_buf_free(&w->outbox);
    fm_buf_free(&w->inbox);
    free(w);
}

/* ---------------------------------------------------------------- clocks */

static int64_t cpu_us(const fm_worker *w)
{
    struct timespec used;
    if (!w->pid || clock_gettime(w->clock, &used))
        return 0;
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

void fm_worker_begin(fm_worker *w, const fm_worker_limits *limits)
{
    w->limits = *limits;
    w->ticks = false;
}

static void start_clocks(fm_worker *w, const fm_env *env)
{
    w->cpu_end_us = cpu_us(w) + w->limits.cpu_ms * 1000;
    w->wall_end_ms = env->monotonic_ms(env->data) + w->limits.wall_ms;
    w->ticks = true;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Whether nothing ends the wait; else why it ends. `next_ms` receives how long to wait until the next look. */
static fm_status look(fm_worker *w, const fm_env *env, int *next_ms, fm_error *err)
{
    if (env->interrupted && *env->interrupted)
        return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
    if (!w->ticks)
        start_clocks(w, env);
    int64_t cpu_left_ms = (w->cpu_end_us - cpu_us(w)) / 1000,
            wall_left_ms = w->wall_end_ms - env->monotonic_ms(env->data);
    if (cpu_left_ms <= 0)
        return fm_error_set(err, FM_ETIMEOUT, domain, "it takes too much processor time");
    if (wall_left_ms <= 0)
        return fm_error_set(err, FM_ETIMEOUT, domain, "it takes too long");
    *next_ms = (int)smaller(LOOK_EVERY_MS, smaller(cpu_left_ms, wall_left_ms) + 1);
    return FM_OK;
}

/* Waits until there is an answer to read, or room for what is to be sent. */
static fm_status wait_for(bool *readable, fm_worker *w, const fm_env *env, fm_error *err)
{
    struct pollfd polled[] = {{.fd = w->answers_fd, .events = POLLIN},
                              {.fd = w->outbox.len > w->sent ? w->questions_fd : -1, .events = POLLOUT}};
    int next_ms = FIRST_LOOK_MS;
    for (;;) {
        int ready = poll(polled, 2, next_ms);
        if (ready > 0 && ++w->waits % WAITS_PER_LOOK) {
            *readable = polled[0].revents != 0;
            return FM_OK;
        }
        if (ready < 0 && errno != EINTR)
            return fm_system_error(err, errno, domain, "cannot wait for it");
        fm_status status = look(w, env, &next_ms, err);
        if (status)
            return status;
    }
}

/* ---------------------------------------------------------------- frames */

void fm_worker_begin_frame(fm_buf *frame)
{
    static const char header[HEADER];
    fm_buf_reset(frame);
    fm_buf_add(frame, header, HEADER);
}

void fm_worker_seal(fm_buf *frame)
{
    uint32_t len = frame->len < HEADER ? 0 : (uint32_t)(frame->len - HEADER);
    for (int i = 0; i < HEADER && (size_t)i < frame->len; i++)
        frame->data[i] = (char)(len >> 8 * i);
}

static size_t frame_len(const char *header)
{
    size_t len = 0;
    for (int i = 0; i < HEADER; i++)
        len |= (size_t)(unsigned char)header[i] << 8 * i;
    return len;
}

/* Reads up to `want` bytes; how many. 0: the stream has ended. */
static size_t read_some(int fd, void *bytes, size_t want)
{
    ssize_t len;
    while ((len = read(fd, bytes, want)) < 0 && errno == EINTR)
        ;
    return len > 0 ? (size_t)len : 0;
}

static fm_status has_ended(fm_error *err)
{
    return fm_error_set(err, FM_EIO, domain, "it has ended");
}

/* Writes what the pipe takes. A broken one is left to whoever reads: the worker may have answered before it ended. */
static void flush(fm_worker *w)
{
    while (w->sent < w->outbox.len) {
        ssize_t len =
            send(w->questions_fd, w->outbox.data + w->sent, w->outbox.len - w->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0 && errno == EAGAIN)
            return;
        if (len < 0)
            break;
        w->sent += (size_t)len;
    }
    fm_buf_reset(&w->outbox);
    w->sent = 0;
}

fm_status fm_worker_send(fm_worker *w, const fm_buf *frame, fm_error *err)
{
    if (!w->pid)
        return FM_OK;
    if (w->sent > w->outbox.len / 2 && fm_buf_splice(&w->outbox, 0, w->sent, "", 0) == FM_OK)
        w->sent = 0;
    if (fm_buf_reserve(&w->outbox, frame->len)) {
        fm_status status = w->outbox.status;
        end(w); /* what was on its way is lost */
        return fm_error_set(err, status, domain, "too much is asked at once");
    }
    fm_buf_add(&w->outbox, frame->data, frame->len);
    flush(w);
    return FM_OK;
}

/* Whether the inbox holds a whole frame. */
static fm_status has_frame(bool *has, const fm_worker *w, size_t max_bytes, fm_error *err)
{
    size_t there = w->inbox.len - w->taken;
    const char *header = w->inbox.data + w->taken;
    *has = false;
    if (there < HEADER)
        return FM_OK;
    if (frame_len(header) > max_bytes)
        return fm_error_set(err, FM_ELIMIT, domain, "its answer is too large");
    *has = there - HEADER >= frame_len(header);
    return FM_OK;
}

/* Reads what is there into the inbox. */
static fm_status fill_inbox(fm_worker *w, fm_error *err)
{
    if (w->taken) {
        fm_buf_splice(&w->inbox, 0, w->taken, "", 0);
        w->taken = 0;
    }
    if (fm_buf_reserve(&w->inbox, CHUNK))
        return fm_error_set(err, w->inbox.status, domain, "its answer is too large");
    size_t len = read_some(w->answers_fd, w->inbox.data + w->inbox.len, CHUNK);
    w->inbox.len += len;
    return len ? FM_OK : has_ended(err);
}

/* One step towards a whole frame. */
static fm_status step(fm_worker *w, const fm_env *env, fm_error *err)
{
    bool readable = false;
    flush(w);
    fm_status status = wait_for(&readable, w, env, err);
    return !status && readable ? fill_inbox(w, err) : status;
}

fm_status fm_worker_receive(fm_worker *w, const char **bytes, size_t *len, size_t max_bytes, const fm_env *env,
                            fm_error *err)
{
    bool has;
    if (!w->pid)
        return has_ended(err);
    fm_status status = has_frame(&has, w, max_bytes, err);
    while (!status && !has) {
        status = step(w, env, err);
        if (!status)
            status = has_frame(&has, w, max_bytes, err);
    }
    if (status) {
        end(w);
        return status;
    }
    *bytes = w->inbox.data + w->taken + HEADER;
    *len = frame_len(w->inbox.data + w->taken);
    w->taken += HEADER + *len;
    return FM_OK;
}

/* ---------------------------------------------------------------- the worker's side */

static bool read_fully(int fd, char *bytes, size_t want)
{
    size_t done = 0, len;
    while (done < want && (len = read_some(fd, bytes + done, want - done)) > 0)
        done += len;
    return done == want;
}

fm_status fm_worker_read_frame(int fd, fm_buf *frame)
{
    char header[HEADER];
    if (!read_fully(fd, header, HEADER))
        return FM_ENOTFOUND;
    size_t len = frame_len(header);
    fm_buf_reset(frame);
    if (fm_buf_reserve(frame, len))
        return frame->status;
    frame->len = len;
    return read_fully(fd, frame->data, len) ? FM_OK : FM_EIO;
}

fm_status fm_worker_write_frame(int fd, const fm_buf *frame)
{
    for (size_t done = 0; done < frame->len;) {
        ssize_t len = write(fd, frame->data + done, frame->len - done);
        if (len < 0 && errno != EINTR)
            return FM_EIO;
        done += len > 0 ? (size_t)len : 0;
    }
    return FM_OK;
}
