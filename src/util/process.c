#include "util/process.h"
#include "util/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char domain[] = "process";

/* How often a wait looks at the interrupt flag: a signal may arrive just before poll does. */
#define LOOK_EVERY_MS 200

struct fm_process {
    pid_t pid;     /* 0 once it was waited for */
    int output_fd; /* -1 once it was read to its end */
    fm_buf output;
    int status;
};

static fm_status status_of_errno(int error)
{
    switch (error) {
    case ENOENT:
        return FM_ENOTFOUND;
    case EACCES:
    case EPERM:
        return FM_EACCESS;
    case ENOMEM:
        return FM_ENOMEM;
    default:
        return FM_EIO;
    }
}

/* What the child's standard streams are: nothing to read, the pipe to write. */
static int spawn(pid_t *pid, char *const argv[], int write_fd)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, write_fd, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

fm_status fm_process_start(fm_process **process, char *const argv[], size_t max_bytes, fm_error *err)
{
    *process = NULL;
    fm_process *p = calloc(1, sizeof *p);
    if (!p)
        return fm_error_set(err, FM_ENOMEM, domain, "memory ran out");
    fm_buf_init(&p->output, max_bytes);
    int ends[2] = {-1, -1};
    int error = pipe2(ends, O_CLOEXEC) ? errno : 0;
    p->output_fd = ends[0];
    if (!error) {
        error = spawn(&p->pid, argv, ends[1]);
        close(ends[1]);
    }
    if (error) {
        p->pid = 0;
        fm_process_free(p);
        return fm_error_set(err, status_of_errno(error), domain, "cannot start %s: %s", argv[0], strerror(error));
    }
    *process = p;
    return FM_OK;
}

static void close_output(fm_process *p)
{
    if (p->output_fd >= 0)
        close(p->output_fd);
    p->output_fd = -1;
}

static void reap(fm_process *p)
{
    int how = 0;
    while (p->pid && waitpid(p->pid, &how, 0) < 0 && errno == EINTR)
        ;
    p->pid = 0;
    p->status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}

void fm_process_free(fm_process *p)
{
    if (!p)
        return;
    close_output(p);
    if (p->pid) {
        kill(p->pid, SIGTERM);
        reap(p);
    }
    fm_buf_free(&p->output);
    free(p);
}

/* Reads what is there; at the end of the output, or when there is too much of it, the process is over. */
static void take_output(fm_process *p)
{
    char chunk[16384];
    ssize_t len;
    while ((len = read(p->output_fd, chunk, sizeof chunk)) < 0 && errno == EINTR)
        ;
    if (len > 0 && fm_buf_add(&p->output, chunk, (size_t)len) == FM_OK)
        return;
    if (len > 0)
        kill(p->pid, SIGTERM);
    close_output(p);
    reap(p);
}

/* The running ones as poll wants them; an ended one has no descriptor, which poll passes over. */
static size_t fill_polls(struct pollfd *polls, fm_process *const *processes, size_t count)
{
    size_t running = 0;
    for (size_t i = 0; i < count; i++) {
        polls[i] = (struct pollfd){.fd = processes[i]->output_fd, .events = POLLIN};
        running += processes[i]->output_fd >= 0;
    }
    return running;
}

fm_status fm_process_wait_any(fm_process *const *processes, size_t count, size_t *index, const fm_env *env,
                              fm_error *err)
{
    fm_status status = FM_OK;
    struct pollfd *polls = calloc(count ? count : 1, sizeof *polls);
    if (!polls)
        return fm_error_set(err, FM_ENOMEM, domain, "memory ran out");
    for (;;) {
        if (env && env->interrupted && *env->interrupted) {
            status = fm_error_set(err, FM_ECANCELED, domain, "interrupted");
            goto out;
        }
        if (fill_polls(polls, processes, count) == 0) {
            status = fm_error_set(err, FM_ENOTFOUND, domain, "no process is running");
            goto out;
        }
        int ready = poll(polls, (nfds_t)count, LOOK_EVERY_MS);
        if (ready < 0 && errno != EINTR) {
            status = fm_error_set(err, FM_EIO, domain, "cannot wait: %s", strerror(errno));
            goto out;
        }
        for (size_t i = 0; ready > 0 && i < count; i++) {
            if (polls[i].fd < 0 || !polls[i].revents)
                continue;
            take_output(processes[i]);
            if (fm_process_ended(processes[i])) {
                *index = i;
                goto out;
            }
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
