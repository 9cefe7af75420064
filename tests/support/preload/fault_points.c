/*
 * Kills a process, or fills its disk, at a chosen point: preloaded, it counts what the process does that outlives it
 * (writes, new names, bytes sent). A kill strikes just before the chosen one. Between two such calls it would find the
 * world the same, so these are all the points at which a process can die differently.
 *
 *   POINT_KILL  the number of the call before which the process gets SIGKILL, from 1; unset: never
 *   POINT_FULL  the number of the call from which on nothing more can be written; unset: there is room
 *   POINT_LOG   a file that gets a line for each call: its name, and the path where it has one
 *
 * Children of the process are left alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static atomic_long count;
static long kill_at, full_at;
static int log_fd = -1;

static long number_in(const char *variable)
{
    const char *text = getenv(variable);
    return text ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void start(void)
{
    const char *log = getenv("POINT_LOG");
    kill_at = number_in("POINT_KILL");
    full_at = number_in("POINT_FULL");
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

/* Counts a call. Returns whether there is room on the disk. */
static bool point(const char *call, const char *path)
{
    long number = atomic_fetch_add(&count, 1) + 1;
    if (log_fd >= 0)
        note(call, path);
    if (number == kill_at)
        (void)syscall(SYS_kill, getpid(), SIGKILL);
    return !full_at || number < full_at;
}

static int no_room(void)
{
    errno = ENOSPC;
    return -1;
}

/* The call of this name that would have been taken without this file. */
static void *next(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

/* Defines a call that is a point. `path` is what its line in the log shows; `needs` whether it takes room. */
#define CALL(result, name, parameters, arguments, path, needs)                                                         \
    EXPORT result name parameters;                                                                                     \
    result name parameters                                                                                             \
    {                                                                                                                  \
        static result(*real) parameters;                                                                               \
        if (!real)                                                                                                     \
            *(void **)&real = next(#name);                                                                             \
        if (!point(#name, path) && (needs))                                                                            \
            return no_room();                                                                                          \
        return real arguments;                                                                                         \
    }

CALL(ssize_t, pwrite, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at), NULL, true)
CALL(ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len, at), NULL, true)
CALL(ssize_t, send, (int fd, const void *data, size_t len, int flags), (fd, data, len, flags), NULL, false)
CALL(int, ftruncate, (int fd, off_t len), (fd, len), NULL, false)
CALL(int, ftruncate64, (int fd, off64_t len), (fd, len), NULL, false)
CALL(int, rename, (const char *from, const char *to), (from, to), to, false)
CALL(int, renameat2, (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags), to,
     false)
CALL(int, link, (const char *from, const char *to), (from, to), to, false)
CALL(int, unlink, (const char *path), (path), path, false)
CALL(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), path, false)
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), path, true)
CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), NULL, false)
CALL(int, chmod, (const char *path, mode_t mode), (path, mode), path, false)

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
    if (fd > STDERR_FILENO && !point("write", NULL))
        return no_room();
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
        bool makes = flags & O_CREAT && access(path, F_OK);                                                            \
        if (flags & (O_CREAT | O_TRUNC) && !point(#name, path) && makes)                                               \
            return no_room();                                                                                          \
        return real(path, flags, mode);                                                                                \
    }

OPEN(open)
OPEN(open64)
