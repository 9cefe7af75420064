/*
 * Lets allocations of a process fail: preloaded, it counts them from when the program starts.
 *
 *   ALLOC_FAIL   the number of the first that fails, from 1; unset: none
 *   ALLOC_TIMES  how many fail in a row, 1 by default
 *   ALLOC_COUNT  a file that gets the number of all allocations when the program ends
 *
 * Children of the process are left alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* What is allocated while the next allocator is looked for; never given back. */
static _Alignas(max_align_t) char early[65536];
static size_t early_used;

static atomic_long count;
static bool started;
static long first_failure = LONG_MAX, failures = 1;
static char count_path[512];

static long number_in(const char *variable, long otherwise)
{
    const char *text = getenv(variable);
    return text ? strtol(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("ALLOC_COUNT");
    first_failure = number_in("ALLOC_FAIL", LONG_MAX);
    failures = number_in("ALLOC_TIMES", 1);
    if (path)
        snprintf(count_path, sizeof count_path, "%s", path);
    unsetenv("LD_PRELOAD");
    started = true;
}

__attribute__((destructor)) static void finish(void)
{
    int fd = *count_path ? open(count_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    started = false;
    if (fd >= 0) {
        dprintf(fd, "%ld\n", atomic_load(&count));
        close(fd);
    }
}

/* Counts an allocation. Returns whether it may be made. */
static bool allowed(void)
{
    if (!started)
        return true;
    long number = atomic_fetch_add(&count, 1) + 1;
    if (number < first_failure || number - first_failure >= failures)
        return true;
    errno = ENOMEM;
    return false;
}

static void *take_early(size_t size)
{
    size_t rounded = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (rounded > sizeof early - early_used)
        abort();
    void *taken = early + early_used;
    early_used += rounded;
    return taken;
}

static bool is_early(const void *p)
{
    return (uintptr_t)p >= (uintptr_t)early && (uintptr_t)p < (uintptr_t)early + sizeof early;
}

/* The function of this name that would have been taken without this file; NULL while it is being looked for. */
static void *next(const char *name, bool *looking)
{
    if (*looking)
        return NULL;
    *looking = true;
    void *found = dlsym(RTLD_NEXT, name);
    *looking = false;
    if (!found)
        abort();
    return found;
}

#define NEXT(name)                                                                                                     \
    static bool looking;                                                                                               \
    if (!real)                                                                                                         \
        *(void **)&real = next(name, &looking);

EXPORT void *malloc(size_t size);
void *malloc(size_t size)
{
    static void *(*real)(size_t);
    NEXT("malloc")
    if (!real)
        return take_early(size);
    return allowed() ? real(size) : NULL;
}

EXPORT void *calloc(size_t items, size_t size);
void *calloc(size_t items, size_t size)
{
    static void *(*real)(size_t, size_t);
    NEXT("calloc")
    if (!real)
        return take_early(items * size); /* zero as it was loaded */
    return allowed() ? real(items, size) : NULL;
}

/* Less room than there is is never refused: programs, Lua among them, rely on it. */
EXPORT void *realloc(void *old, size_t size);
void *realloc(void *old, size_t size)
{
    static void *(*real)(void *, size_t);
    NEXT("realloc")
    if (is_early(old))
        abort();
    bool shrinks = old && size <= malloc_usable_size(old);
    return shrinks || allowed() ? real(old, size) : NULL;
}

EXPORT void free(void *p);
void free(void *p)
{
    static void (*real)(void *);
    NEXT("free")
    if (p && real && !is_early(p))
        real(p);
}
