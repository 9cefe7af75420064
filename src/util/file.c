#include "util/file.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char domain[] = "file";

/* ------------------------------------------------------------------ names, facts */

char *fm_file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The name of a file that does not exist, in a folder that does. */
static char *resolve_missing(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = fm_file_folder(path), *resolved = folder ? realpath(folder, NULL) : NULL, *whole = NULL;
    if (resolved && asprintf(&whole, "%s/%s", strcmp(resolved, "/") == 0 ? "" : resolved, name) < 0)
        whole = NULL;
    free(folder);
    free(resolved);
    return whole;
}

fm_status fm_file_resolve(char **out, const char *path, fm_error *err)
{
    *out = realpath(path, NULL);
    if (!*out && errno == ENOENT)
        *out = resolve_missing(path);
    return *out ? FM_OK : fm_system_error(err, errno, domain, "cannot find %s", path);
}

static int64_t nanoseconds(const struct timespec *t)
{
    return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static void take_facts(fm_file_facts *facts, const struct stat *st)
{
    *facts = (fm_file_facts){
        .device = st->st_dev,
        .inode = st->st_ino,
        .size = st->st_size,
        .mtime_ns = nanoseconds(&st->st_mtim),
        .ctime_ns = nanoseconds(&st->st_ctim),
        .mode = st->st_mode & 0777,
        .owner = st->st_uid,
        .group = st->st_gid,
    };
}

bool fm_file_same(const fm_file_facts *a, const fm_file_facts *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->mtime_ns == b->mtime_ns &&
           a->ctime_ns == b->ctime_ns;
}

fm_status fm_file_look(fm_file_facts *facts, const char *path, fm_error *err)
{
    struct stat st;
    if (lstat(path, &st))
        return fm_system_error(err, errno, domain, "cannot look at %s", path);
    take_facts(facts, &st);
    return FM_OK;
}

/* ------------------------------------------------------------------ read */

static fm_status too_large(const fm_buf *out, const char *path, fm_error *err)
{
    return fm_error_set(err, FM_ELIMIT, domain, "%s is larger than the %zu bytes that are read", path, out->max_bytes);
}

/* Opens a file and looks at it. A pipe is refused, not waited for. */
static fm_status open_file(int *fd, struct stat *st, const char *path, fm_error *err)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0)
        return fm_system_error(err, errno, domain, "cannot read %s", path);
    fm_status status = FM_OK;
    if (fstat(*fd, st))
        status = fm_system_error(err, errno, domain, "cannot read %s", path);
    else if (!S_ISREG(st->st_mode))
        status = fm_error_set(err, FM_EINVAL, domain, "%s is not a file", path);
    if (status)
        close(*fd);
    return status;
}

static fm_status buffer_failed(const fm_buf *out, const char *path, fm_error *err)
{
    if (out->status == FM_ENOMEM)
        return fm_error_set(err, FM_ENOMEM, domain, "%s: memory ran out", path);
    return too_large(out, path, err);
}

/* Reads into the room that was made, and what the file has grown by meanwhile by way of a small buffer. */
static fm_status read_all(fm_buf *out, int fd, const char *path, fm_error *err)
{
    char more[4096];
    for (;;) {
        size_t limit = out->cap <= out->max_bytes ? out->cap - 1 : out->max_bytes, room = limit - out->len;
        ssize_t n = read(fd, room ? out->data + out->len : more, room ? room : sizeof more);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fm_system_error(err, errno, domain, "cannot read %s", path);
        if (room)
            out->len += (size_t)n;
        else if (fm_buf_add(out, more, (size_t)n))
            return buffer_failed(out, path, err);
        if (n == 0)
            break;
    }
    out->data[out->len] = '\0';
    return FM_OK;
}

/* Large pages for a large buffer: a page fault for every 4 KiB takes as long as reading them. */
static void advise_large_pages(const fm_buf *out)
{
#ifdef MADV_HUGEPAGE
    enum { LARGE = 2 << 20 };
    uintptr_t start = ((uintptr_t)out->data + LARGE - 1) & ~(uintptr_t)(LARGE - 1);
    uintptr_t end = ((uintptr_t)out->data + out->cap) & ~(uintptr_t)(LARGE - 1);
    if (out->cap > LARGE && end > start)
        (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
    (void)out;
#endif
}

fm_status fm_file_read(fm_buf *out, fm_file_facts *facts, const char *path, fm_error *err)
{
    struct stat st;
    int fd;
    fm_buf_reset(out);
    fm_status status = open_file(&fd, &st, path, err);
    if (status)
        return status;
    if (st.st_size < 0 || (uintmax_t)st.st_size > out->max_bytes)
        status = too_large(out, path, err);
    if (!status && fm_buf_reserve(out, (size_t)st.st_size))
        status = buffer_failed(out, path, err);
    if (!status) {
        advise_large_pages(out);
        status = read_all(out, fd, path, err);
    }
    if (!status && facts)
        take_facts(facts, &st);
    close(fd);
    return status;
}

ssize_t fm_file_read_piece(int fd, void *piece, size_t want)
{
    size_t got = 0;
    while (got < want) {
        ssize_t n = read(fd, (char *)piece + got, want - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

fm_status fm_file_equals(bool *equal, const char *path, const void *bytes, size_t len, fm_error *err)
{
    char piece[65536];
    struct stat st;
    int fd;
    size_t at = 0;
    ssize_t n = 0;
    *equal = false;
    fm_status status = open_file(&fd, &st, path, err);
    if (status)
        return status;
    do {
        n = fm_file_read_piece(fd, piece, sizeof piece);
        *equal = n >= 0 && (size_t)n <= len - at && memcmp(piece, (const char *)bytes + at, (size_t)n) == 0;
        at += *equal ? (size_t)n : 0;
    } while (*equal && n == sizeof piece);
    *equal = *equal && at == len;
    if (n < 0)
        status = fm_system_error(err, errno, domain, "cannot read %s", path);
    close(fd);
    return status;
}
