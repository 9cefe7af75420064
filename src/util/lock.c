#include "util/lock.h"
#include "util/alloc.h"
#include "util/file.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char domain[] = "lock";

/* How often a lock that somebody holds is tried: from the first interval, doubled up to the last. */
#define FIRST_WAIT_MS 5
#define LAST_WAIT_MS  100

struct fm_lock {
    int fd;
};

static fm_status name_lock(char **out, fm_file_facts *facts, const char *path, fm_error *err)
{
    char *target = NULL;
    *out = NULL;
    fm_status status = fm_file_resolve(&target, path, err);
    if (status)
        return status;
    if (fm_file_look(facts, target, NULL))
        facts->mode = 0600;
    if (asprintf(out, "%s.lock", target) < 0) {
        *out = NULL;
        status = fm_error_no_memory(err, domain);
    }
    free(target);
    return status;
}

static fm_status open_lock(int *fd, const char *name, mode_t mode, fm_error *err)
{
    *fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd >= 0) {
        (void)fchmod(*fd, 0600 | (mode & 0666)); /* whoever may write the board may lock it */
        return FM_OK;
    }
    if (errno == EEXIST)
        *fd = open(name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    return *fd >= 0 ? FM_OK : fm_system_error(err, errno, domain, "cannot open the lock file %s", name);
}

static fm_status is_held(int fd, const char *name, fm_error *err)
{
    char holder[24];
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    holder[n > 0 ? n : 0] = '\0';
    long pid = strtol(holder, NULL, 10);
    if (pid > 0)
        return fm_error_set(err, FM_ELOCKED, domain, "another process (pid %ld) holds the lock %s", pid, name);
    return fm_error_set(err, FM_ELOCKED, domain, "another process holds the lock %s", name);
}

static fm_status wait_for(int fd, const fm_env *env, const char *name, int64_t timeout_ms, fm_error *err)
{
    int64_t deadline = env->monotonic_ms(env->data) + timeout_ms, wait = FIRST_WAIT_MS;
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return fm_system_error(err, errno, domain, "cannot lock %s", name);
        if (env->interrupted && *env->interrupted)
            return fm_error_set(err, FM_ECANCELED, domain, "interrupted while waiting for the lock %s", name);
        int64_t left = deadline - env->monotonic_ms(env->data);
        if (left <= 0)
            return is_held(fd, name, err);
        env->sleep_ms(env->data, wait < left ? wait : left);
        wait = wait * 2 < LAST_WAIT_MS ? wait * 2 : LAST_WAIT_MS;
    }
    return FM_OK;
}

/* Says in the file who holds it, nobody where `pid` is 0. Only people read it, so a failure is none. */
static bool write_holder(int fd, pid_t pid)
{
    char holder[24] = "";
    int len = pid ? snprintf(holder, sizeof holder, "%ld\n", (long)pid) : 0;
    return ftruncate(fd, 0) == 0 && pwrite(fd, holder, (size_t)len, 0) == len;
}

fm_status fm_lock_take(fm_lock **out, const fm_env *env, const char *path, int64_t timeout_ms, fm_error *err)
{
    fm_file_facts facts = {0};
    char *name = NULL;
    int fd = -1;
    *out = NULL;
    if (env->read_only)
        return fm_error_set(err, FM_EREADONLY, domain, "%s is not locked in a dry run", path);
    fm_lock *lock = malloc(sizeof *lock);
    fm_status status = lock ? FM_OK : fm_error_no_memory(err, domain);
    if (!status)
        status = name_lock(&name, &facts, path, err);
    if (!status)
        status = open_lock(&fd, name, facts.mode, err);
    if (!status)
        status = wait_for(fd, env, name, timeout_ms, err);
    if (status)
        goto out;
    (void)write_holder(fd, getpid());
    lock->fd = fd;
    *out = lock;
    lock = NULL;
    fd = -1;
out:
    if (fd >= 0)
        close(fd);
    free(lock);
    free(name);
    return status;
}

void fm_lock_release(fm_lock *lock)
{
    if (!lock)
        return;
    (void)write_holder(lock->fd, 0);
    close(lock->fd);
    free(lock);
}
