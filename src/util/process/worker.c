#include "util/process/worker.h"
#include "util/alloc.h"
#include "util/process/piped.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char domain[] = "worker";

/* Bytes that a frame begins with: its length. */
#define HEADER 4
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
    fm_piped process;
    clockid_t clock; /* its processor time */
    fm_worker_limits limits;
    bool ticks; /* the clocks of a question have begun */
    unsigned waits;
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

/* 0 or an errno. */
static int start(fm_worker *w, char *const argv[])
{
    char *environment[INHERITED + 1];
    fm_spawn_descriptor descriptors[] = {
        {FM_WORKER_QUESTIONS, -1}, {FM_WORKER_ANSWERS, -1}, {STDERR_FILENO, STDERR_FILENO}};
    size_t count = fcntl(STDERR_FILENO, F_GETFD) < 0 ? 2 : 3;
    fill_environment(environment);
    int error = fm_piped_start(&w->process, argv, environment, descriptors, count);
    return error ? error : clock_getcpuclockid(w->process.pid, &w->clock);
}

fm_status fm_worker_start(fm_worker **worker, char *const argv[], fm_error *err)
{
    *worker = NULL;
    fm_worker *w = calloc(1, sizeof *w);
    if (!w)
        return fm_error_no_memory(err, domain);
    fm_piped_init(&w->process, FM_WORKER_FRAME_MAX);
    int error = start(w, argv);
    if (error) {
        fm_worker_free(w);
        return fm_system_error(err, error, domain, "cannot start %s", argv[0]);
    }
    *worker = w;
    return FM_OK;
}

void fm_worker_free(fm_worker *w)
{
    if (!w)
        return;
    fm_piped_free(&w->process);
    free(w);
}

/* ---------------------------------------------------------------- clocks */

static int64_t cpu_us(const fm_worker *w)
{
    struct timespec used;
    if (!w->process.pid || clock_gettime(w->clock, &used))
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
    struct pollfd polled[] = {{.fd = w->process.up_fd, .events = POLLIN},
                              {.fd = fm_piped_flush(&w->process) ? w->process.down_fd : -1, .events = POLLOUT}};
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

fm_status fm_worker_send(fm_worker *w, const fm_buf *frame, fm_error *err)
{
    fm_status status = fm_piped_send(&w->process, frame->data, frame->len);
    if (status) {
        fm_piped_end(&w->process);
        fm_error_set(err, status, domain, "too much is asked at once");
    }
    return status;
}

/* Whether the inbox holds a whole frame. */
static fm_status has_frame(bool *has, const fm_worker *w, size_t max_bytes, fm_error *err)
{
    const fm_piped *p = &w->process;
    size_t there = p->inbox.len - p->taken;
    const char *header = p->inbox.data + p->taken;
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
    switch (fm_piped_read(&w->process)) {
    case FM_PIPED_FULL:
        return fm_error_set(err, w->process.inbox.status, domain, "its answer is too large");
    case FM_PIPED_END:
        return has_ended(err);
    default:
        return FM_OK;
    }
}

/* One step towards a whole frame. */
static fm_status step(fm_worker *w, const fm_env *env, fm_error *err)
{
    bool readable = false;
    fm_status status = wait_for(&readable, w, env, err);
    return !status && readable ? fill_inbox(w, err) : status;
}

fm_status fm_worker_receive(fm_worker *w, const char **bytes, size_t *len, size_t max_bytes, const fm_env *env,
                            fm_error *err)
{
    bool has;
    if (!w->process.pid)
        return has_ended(err);
    fm_status status = has_frame(&has, w, max_bytes, err);
    while (!status && !has) {
        status = step(w, env, err);
        if (!status)
            status = has_frame(&has, w, max_bytes, err);
    }
    if (status) {
        fm_piped_end(&w->process);
        return status;
    }
    const char *frame = w->process.inbox.data + w->process.taken;
    *bytes = frame + HEADER;
    *len = frame_len(frame);
    w->process.taken += HEADER + *len;
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
