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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char domain[] = "worker";

/* How often a wait looks at the interrupt flag and at the worker's clock. */
#define LOOK_EVERY_MS 100

/* What a worker gets of the environment: where its libraries are, and what local time is. */
static const char *const inherited[] = {"TZ",           "LD_LIBRARY_PATH", "LD_PRELOAD",
                                        "ASAN_OPTIONS", "UBSAN_OPTIONS",   "FMCAL_LUA_PATH"};
enum { INHERITED = sizeof inherited / sizeof inherited[0] };

struct fm_worker {
    pid_t pid; /* 0 once it was waited for */
    int questions_fd, answers_fd;
    clockid_t clock; /* its processor time */
    int64_t cpu_end_us, wall_end_ms;
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
    int error = pipe2(down, O_CLOEXEC) || pipe2(up, O_CLOEXEC) ? errno : 0;
    w->questions_fd = down[1];
    w->answers_fd = up[0];
    if (!error)
        error = lift(&down[0]);
    if (!error)
        error = lift(&up[1]);
    if (!error && fcntl(w->questions_fd, F_SETFL, O_NONBLOCK))
        error = errno;
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
    kill(w->pid, SIGKILL);
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
}

void fm_worker_free(fm_worker *w)
{
    if (!w)
        return;
    end(w);
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

void fm_worker_begin(fm_worker *w, const fm_worker_limits *limits, const fm_env *env)
{
    w->cpu_end_us = cpu_us(w) + limits->cpu_ms * 1000;
    w->wall_end_ms = env->monotonic_ms(env->data) + limits->wall_ms;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Whether nothing ends the wait; else why it ends. `next_ms` receives how long to wait until the next look. */
static fm_status look(const fm_worker *w, const fm_env *env, int *next_ms, fm_error *err)
{
    if (env->interrupted && *env->interrupted)
        return fm_error_set(err, FM_ECANCELED, domain, "interrupted");
    int64_t cpu_left_ms = (w->cpu_end_us - cpu_us(w)) / 1000,
            wall_left_ms = w->wall_end_ms - env->monotonic_ms(env->data);
    if (cpu_left_ms <= 0)
        return fm_error_set(err, FM_ETIMEOUT, domain, "it takes too much processor time");
    if (wall_left_ms <= 0)
        return fm_error_set(err, FM_ETIMEOUT, domain, "it takes too long");
    *next_ms = (int)smaller(LOOK_EVERY_MS, smaller(cpu_left_ms, wall_left_ms) + 1);
    return FM_OK;
}

/* Waits until a descriptor is ready. The first look comes after the first wait: most answers are quick. */
static fm_status wait_for(const fm_worker *w, int fd, short events, const fm_env *env, fm_error *err)
{
    struct pollfd polled = {.fd = fd, .events = events};
    int next_ms = LOOK_EVERY_MS / 10;
    for (;;) {
        int ready = poll(&polled, 1, next_ms);
        if (ready > 0)
            return FM_OK;
        if (ready < 0 && errno != EINTR)
            return fm_system_error(err, errno, domain, "cannot wait for it");
        fm_status status = look(w, env, &next_ms, err);
        if (status)
            return status;
    }
}

/* ---------------------------------------------------------------- frames */

void fm_worker_seal(fm_buf *frame)
{
    uint32_t len = (uint32_t)(frame->len - FM_WORKER_HEADER_LEN);
    for (int i = 0; i < FM_WORKER_HEADER_LEN; i++)
        frame->data[i] = (char)(len >> 8 * i);
}

static size_t frame_len(const unsigned char header[FM_WORKER_HEADER_LEN])
{
    size_t len = 0;
    for (int i = 0; i < FM_WORKER_HEADER_LEN; i++)
        len |= (size_t)header[i] << 8 * i;
    return len;
}

static fm_status has_ended(fm_error *err)
{
    return fm_error_set(err, FM_EIO, domain, "it has ended");
}

static fm_status write_all(const fm_worker *w, const fm_buf *frame, const fm_env *env, fm_error *err)
{
    for (size_t done = 0; done < frame->len;) {
        ssize_t len = write(w->questions_fd, frame->data + done, frame->len - done);
        if (len >= 0) {
            done += (size_t)len;
        } else if (errno == EAGAIN) {
            fm_status status = wait_for(w, w->questions_fd, POLLOUT, env, err);
            if (status)
                return status;
        } else if (errno != EINTR) {
            return has_ended(err);
        }
    }
    return FM_OK;
}

/* Reads what is there, `want` bytes at most; how many. 0: the stream has ended. */
static size_t read_some(int fd, void *bytes, size_t want)
{
    ssize_t len;
    while ((len = read(fd, bytes, want)) < 0 && errno == EINTR)
        ;
    return len > 0 ? (size_t)len : 0;
}

static fm_status read_all(const fm_worker *w, void *bytes, size_t want, const fm_env *env, fm_error *err)
{
    for (size_t done = 0; done < want;) {
        fm_status status = wait_for(w, w->answers_fd, POLLIN, env, err);
        if (status)
            return status;
        size_t len = read_some(w->answers_fd, (char *)bytes + done, want - done);
        if (len == 0)
            return has_ended(err);
        done += len;
    }
    return FM_OK;
}

static fm_status read_answer(const fm_worker *w, fm_buf *answer, const fm_env *env, fm_error *err)
{
    unsigned char header[FM_WORKER_HEADER_LEN];
    fm_status status = read_all(w, header, sizeof header, env, err);
    if (status)
        return status;
    size_t len = frame_len(header);
    fm_buf_reset(answer);
    if (fm_buf_reserve(answer, len))
        return fm_error_set(err, answer->status, domain, "its answer is too large");
    if ((status = read_all(w, answer->data, len, env, err)))
        return status;
    answer->len = len;
    return FM_OK;
}

fm_status fm_worker_ask(fm_worker *w, const fm_buf *question, fm_buf *answer, const fm_env *env, fm_error *err)
{
    if (!w->pid)
        return has_ended(err);
    fm_status status = write_all(w, question, env, err);
    if (!status)
        status = read_answer(w, answer, env, err);
    if (status)
        end(w);
    return status;
}

/* ---------------------------------------------------------------- the worker's side */

static bool read_fully(int fd, void *bytes, size_t want)
{
    size_t done = 0, len;
    while (done < want && (len = read_some(fd, (char *)bytes + done, want - done)) > 0)
        done += len;
    return done == want;
}

fm_status fm_worker_receive(int fd, fm_buf *frame)
{
    unsigned char header[FM_WORKER_HEADER_LEN];
    if (!read_fully(fd, header, sizeof header))
        return FM_ENOTFOUND;
    size_t len = frame_len(header);
    fm_buf_reset(frame);
    if (fm_buf_reserve(frame, len))
        return frame->status;
    frame->len = len;
    return read_fully(fd, frame->data, len) ? FM_OK : FM_EIO;
}

fm_status fm_worker_send(int fd, const fm_buf *frame)
{
    for (size_t done = 0; done < frame->len;) {
        ssize_t len = write(fd, frame->data + done, frame->len - done);
        if (len < 0 && errno != EINTR)
            return FM_EIO;
        done += len > 0 ? (size_t)len : 0;
    }
    return FM_OK;
}
