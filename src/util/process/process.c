#include "util/process/process.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/process/spawn.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char domain[] = "process";

/* How often a wait looks at the interrupt flag: a signal may arrive just before poll does. */
#define LOOK_EVERY_MS 200
/* How often it looks for the end of a process that has closed its output. */
#define LOOK_SOON_MS 5
/* How long a process may take to end after SIGTERM. */
#define PATIENCE_MS 2000
/* Most bytes read at once. */
#define CHUNK 16384

struct fm_process {
    pid_t pid;     /* 0 once it was waited for */
    int output_fd; /* -1 once it was read to its end */
    fm_buf output;
    bool secret;
    bool overflowed;
    int status;
};

/* ---------------------------------------------------------------- start */

/* `write_fd` is where its output goes; -1: it shall outlive this process, and all of its streams lead nowhere. */
static int spawn(pid_t *pid, char *const argv[], char *const environment[], int write_fd)
{
    const fm_spawn_descriptor streams[] = {{STDIN_FILENO, -1}, {STDOUT_FILENO, write_fd}, {STDERR_FILENO, -1}};
    return fm_spawn(pid, argv,
                    &(fm_spawn_options){.in_path = true,
                                        .group = write_fd < 0 ? FM_SPAWN_OWN_SESSION : FM_SPAWN_OUR_GROUP,
                                        .environment = environment,
                                        .descriptors = streams,
                                        .descriptor_count = write_fd < 0 ? 3 : 2});
}

/* Starts it with its output on a pipe. 0 or an errno. */
static int start(fm_process *p, char *const argv[], const fm_process_options *options)
{
    int ends[2];
    char **environment = fm_spawn_environment(options->hide, options->add);
    if (!environment || (options->secret_output && fm_buf_reserve(&p->output, p->output.max_bytes) != FM_OK)) {
        free(environment);
        return ENOMEM;
    }
    int error = pipe2(ends, O_CLOEXEC) ? errno : 0;
    if (!error) {
        p->output_fd = ends[0];
        error = spawn(&p->pid, argv, environment, ends[1]);
        close(ends[1]);
    }
    free(environment);
    return error;
}

fm_status fm_process_start(fm_process **process, char *const argv[], size_t max_bytes,
                           const fm_process_options *options, fm_error *err)
{
    static const fm_process_options by_default;
    *process = NULL;
    fm_process *p = calloc(1, sizeof *p);
    if (!p)
        return fm_error_no_memory(err, domain);
    p->output_fd = -1;
    fm_buf_init(&p->output, max_bytes);
    p->secret = options && options->secret_output;
    int error = start(p, argv, options ? options : &by_default);
    if (error) {
        p->pid = 0;
        fm_process_free(p);
        return fm_system_error(err, error, domain, "cannot start %s", argv[0]);
    }
    *process = p;
    return FM_OK;
}

fm_status fm_process_detach(char *const argv[], const fm_process_options *options, fm_error *err)
{
    pid_t pid;
    char **environment = fm_spawn_environment(options ? options->hide : NULL, options ? options->add : NULL);
    if (!environment)
        return fm_error_no_memory(err, domain);
    int error = spawn(&pid, argv, environment, -1);
    free(environment);
    return error ? fm_system_error(err, error, domain, "cannot start %s", argv[0]) : FM_OK;
}

/* ---------------------------------------------------------------- end */

static void close_output(fm_process *p)
{
    if (p->output_fd >= 0)
        close(p->output_fd);
    p->output_fd = -1;
}

/* Looks whether it has ended (`flags` WNOHANG) or waits for it (0). */
static void reap(fm_process *p, int flags)
{
    if (fm_spawn_reap(p->pid, flags, &p->status))
        p->pid = 0;
}

static void stop(fm_process *p)
{
    kill(p->pid, SIGTERM);
    for (int waited_ms = 0; p->pid && waited_ms < PATIENCE_MS; waited_ms += LOOK_SOON_MS) {
        reap(p, WNOHANG);
        if (p->pid)
            poll(NULL, 0, LOOK_SOON_MS);
    }
    if (p->pid) {
        kill(p->pid, SIGKILL);
        reap(p, 0);
    }
}

void fm_process_free(fm_process *p)
{
    if (!p)
        return;
    close_output(p);
    if (p->pid)
        stop(p);
    if (p->secret && p->output.cap)
        explicit_bzero(p->output.data, p->output.cap);
    fm_buf_free(&p->output);
    free(p);
}

/* ---------------------------------------------------------------- wait */

/* More output than is allowed: what there is stays, and the process is told to stop. */
static void overflow(fm_process *p)
{
    p->overflowed = true;
    kill(p->pid, SIGTERM);
    close_output(p);
}

/* Reads what is there. */
static void take_output(fm_process *p)
{
    char beyond;
    ssize_t len;
    size_t room = p->output.max_bytes - p->output.len;
    if (room > CHUNK)
        room = CHUNK;
    if (fm_buf_reserve(&p->output, room) != FM_OK) {
        overflow(p);
        return;
    }
    while ((len = read(p->output_fd, room ? p->output.data + p->output.len : &beyond, room ? room : 1)) < 0 &&
           errno == EINTR)
        ;
    if (len <= 0) {
        close_output(p);
    } else if (!room) {
        overflow(p);
    } else {
        p->output.len += (size_t)len;
        p->output.data[p->output.len] = '\0';
    }
}

/* The running ones as poll wants them; it passes over those without a descriptor. */
static size_t fill_polls(struct pollfd *polls, fm_process *const *processes, size_t count, bool *closing)
{
    size_t running = 0;
    *closing = false;
    for (size_t i = 0; i < count; i++) {
        polls[i] = (struct pollfd){.fd = processes[i]->output_fd, .events = POLLIN};
        running += processes[i]->pid != 0;
        *closing |= processes[i]->pid != 0 && processes[i]->output_fd < 0;
    }
    return running;
}

/* Takes what poll found; true where a process has ended. */
static bool take_all(const struct pollfd *polls, fm_process *const *processes, size_t count, size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        fm_process *p = processes[i];
        if (p->output_fd >= 0 && polls[i].revents)
            take_output(p);
        if (p->pid && p->output_fd < 0)
            reap(p, WNOHANG);
        else
            continue;
        if (!p->pid) {
            *index = i;
            return true;
        }
    }
    return false;
}

fm_status fm_process_wait_any(fm_process *const *processes, size_t count, size_t *index, int64_t timeout_ms,
                              const fm_env *env, fm_error *err)
{
    fm_status status = FM_OK;
    int64_t deadline_ms = env->monotonic_ms(env->data) + timeout_ms;
    struct pollfd *polls = calloc(count ? count : 1, sizeof *polls);
    if (!polls)
        return fm_error_no_memory(err, domain);
    for (;;) {
        bool closing;
        if (env->interrupted && *env->interrupted) {
            status = fm_error_set(err, FM_ECANCELED, domain, "interrupted");
            goto out;
        }
        if (fill_polls(polls, processes, count, &closing) == 0) {
            status = fm_error_set(err, FM_ENOTFOUND, domain, "no process is running");
            goto out;
        }
        if (poll(polls, (nfds_t)count, closing ? LOOK_SOON_MS : LOOK_EVERY_MS) < 0 && errno != EINTR) {
            status = fm_system_error(err, errno, domain, "cannot wait for a process");
            goto out;
        }
        if (take_all(polls, processes, count, index))
            goto out;
        if (timeout_ms >= 0 && env->monotonic_ms(env->data) >= deadline_ms) {
            status = fm_error_set(err, FM_ETIMEOUT, domain, "no process ended within %lld ms", (long long)timeout_ms);
            goto out;
        }
    }
out:
    free(polls);
    return status;
}

bool fm_process_ended(const fm_process *p)
{
    return p->pid == 0;
}

int fm_process_status(const fm_process *p)
{
    return p->status;
}

const char *fm_process_output(const fm_process *p, size_t *len)
{
    *len = p->output.len;
    return p->output.data;
}

bool fm_process_overflowed(const fm_process *p)
{
    return p->overflowed;
}
