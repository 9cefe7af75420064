#include "util/process/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---------------------------------------------------------------- environment */

static size_t count_of(const char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    return count;
}

static bool is_hidden(const char *assignment, const char *const *hide)
{
    for (; hide && *hide; hide++) {
        size_t len = strlen(*hide);
        if (strncmp(assignment, *hide, len) == 0 && assignment[len] == '=')
            return true;
    }
    return false;
}

char **fm_spawn_environment(const char *const *hide, const char *const *add)
{
    size_t count = count_of((const char *const *)environ), added = count_of(add), kept = 0;
    char **changed = calloc(count + added + 1, sizeof *changed);
    for (size_t i = 0; changed && i < count; i++)
        if (!is_hidden(environ[i], hide))
            changed[kept++] = environ[i];
    for (size_t i = 0; changed && i < added; i++)
        changed[kept++] = (char *)add[i];
    return changed;
}

/* ---------------------------------------------------------------- start */

/* The host may ignore or block signals; the program starts with the defaults. */
static int set_attributes(posix_spawnattr_t *attributes, fm_spawn_group group)
{
    static const short flags[] = {0, POSIX_SPAWN_SETPGROUP, POSIX_SPAWN_SETSID};
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error)
        error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error)
        error = posix_spawnattr_setpgroup(attributes, 0);
    if (!error)
        error = posix_spawnattr_setflags(attributes,
                                         (short)(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | flags[group]));
    return error;
}

static int set_descriptor(posix_spawn_file_actions_t *actions, const fm_spawn_descriptor *d)
{
    return d->from < 0 ? posix_spawn_file_actions_addopen(actions, d->to, "/dev/null", O_RDWR, 0)
                       : posix_spawn_file_actions_adddup2(actions, d->from, d->to);
}

static int set_descriptors(posix_spawn_file_actions_t *actions, const fm_spawn_options *options)
{
    int error = 0;
    for (size_t i = 0; i < options->descriptor_count && !error; i++)
        error = set_descriptor(actions, &options->descriptors[i]);
    return !error && options->close_from ? posix_spawn_file_actions_addclosefrom_np(actions, options->close_from)
                                         : error;
}

int fm_spawn(pid_t *pid, char *const argv[], const fm_spawn_options *options)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error)
        goto out;
    error = set_descriptors(&actions, options);
    if (!error)
        error = set_attributes(&attributes, options->group);
    if (!error)
        error = (options->in_path ? posix_spawnp : posix_spawn)(pid, argv[0], &actions, &attributes, argv,
                                                                options->environment);
    posix_spawnattr_destroy(&attributes);
out:
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* ---------------------------------------------------------------- end */

bool fm_spawn_reap(pid_t pid, int flags, int *status)
{
    int how = 0;
    pid_t ended;
    while ((ended = waitpid(pid, &how, flags)) < 0 && errno == EINTR)
        ;
    if (ended == 0)
        return false;
    *status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
    return true;
}
