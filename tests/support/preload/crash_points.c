/*
 * Kills a process at a chosen point: preloaded, it counts what the process does that outlives it (writes, new names,
 * bytes sent), and sends it SIGKILL just before the chosen one. Between two such calls a kill finds the world the
 * same, so these are all the points at which a process can die differently.
 *
 *   CRASH_AT    the number of the call before which the process is killed, from 1; unset: never
 *   CRASH_LOG   a file that gets a line for each call: its name, and the path where it has one
 *
 * Children of the process are left alone.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static atomic_long count;
static long crash_at;
static int log_fd = -1;

__attribute__((constructor)) static void start(void)
{
    const char *at = getenv("CRASH_AT"), *log = getenv("CRASH_LOG");
    crash_at = at ? strtol(at, NULL, 10) : 0;
    if (log)
        log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    unsetenv("LD_PRELOAD");
}

/* Async-signal-safe, as it may be called wherever the process writes. */
static void note(const char *call, const char *path)
{
    char line[512];
    size_t len = 0;
    for (const char *parts[] = {call, path ? " " : "", path ? path : "", "\n"}, **part = parts; part < parts + 4;
         part++)
        for (const char *c = *part; *c && len < sizeof line - 1; c++)
            line[len++] = *c;
    line[len - 1] = '\n';
    (void)syscall(SYS_write, log_fd, line, len);
}

static void point(const char *call, const char *path)
{
    long number = atomic_fetch_add(&count, 1) + 1;
    if (log_fd >= 0)
        note(call, path);
    if (number == crash_at)
        (void)syscall(SYS_kill, getpid(), SIGKILL);
}

/* The call of this name that would have been taken without this file. */
static void *next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

/* Defines a call that is a point. `path` is what its line in the log shows. */
#define CALL(result, name, parameters, arguments, path)                                                                \
    EXPORT result name parameters;                                                                                     \
    result name parameters                                                                                             \
    {                                                                                                                  \
        static result(*real) parameters;                                                                               \
        if (!real)                                                                                                     \
            *(void **)&real = next(#name);                                                                             \
        point(#name, path);                                                                                            \
        return real arguments;                                                                                         \
    }

CALL(ssize_t, pwrite, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at), NULL)
CALL(ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len, at), NULL)
CALL(ssize_t, send, (int fd, const void *data, size_t len, int flags), (fd, data, len, flags), NULL)
CALL(int, ftruncate, (int fd, off_t len), (fd, len), NULL)
CALL(int, ftruncate64, (int fd, off64_t len), (fd, len), NULL)
CALL(int, rename, (const char *from, const char *to), (from, to), to)
CALL(int, renameat2, (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags), to)
CALL(int, link, (const char *from, const char *to), (from, to), to)
CALL(int, unlink, (const char *path), (path), path)
CALL(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), path)
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), path)
CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), NULL)
CALL(int, chmod, (const char *path, mode_t mode), (path, mode), path)

/* A kill takes nothing back that the system has: without waiting for the disk the same happens, sooner. */
EXPORT int fsync(int fd);
int fsync(int fd)
{
    (void)fd;
    return 0;
}

EXPORT int fdatasync(int fd);
int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

/* What goes to the standard streams changes nothing that a run works on. */
EXPORT ssize_t write(int fd, const void *data, size_t len);
ssize_t write(int fd, const void *data, size_t len)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        *(void **)&real = next("write");
    if (fd > STDERR_FILENO)
        point("write", NULL);
    return real(fd, data, len);
}

/* Opening is a point where it makes or empties a file. */
#define OPEN(name)                                                                                                     \
    EXPORT int name(const char *path, int flags, ...);                                                                 \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        static int (*real)(const char *, int, ...);                                                                    \
        if (!real)                                                                                                     \
            *(void **)&real = next(#name);                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                                                      \
        va_end(rest);                                                                                                  \
        if (flags & (O_CREAT | O_TRUNC))                                                                               \
            point(#name, path);                                                                                        \
        return real(path, flags, mode);                                                                                \
    }

OPEN(open)
OPEN(open64)
