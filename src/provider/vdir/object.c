#include "provider/vdir/object.h"
#include "core/crypto.h"
#include "util/encoding.h"
#include "util/file.h"
#include "util/stage.h"
#include "util/system_error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static const char domain[] = "vdir";
static const char extension[] = ".ics";

enum { PLAIN_NAME_BYTES = 180, HASH_BYTES = 8, NAME_HASH_BYTES = 20, MAX_EXCHANGES = 100 };

/* Two writes within this time may leave the same time of change: the tick of the kernel, or whole seconds. */
#define TICK_NS   INT64_C(100000000)
#define SECOND_NS INT64_C(1000000000)

/* ------------------------------------------------------------------ names */

bool fm_vdir_is_object(const char *name)
{
    size_t len = strlen(name), ext = sizeof extension - 1;
    return name[0] != '.' && len > ext && strcmp(name + len - ext, extension) == 0 && !strchr(name, '/');
}

static bool is_plain(const char *text, size_t len)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return len > 0 && len <= PLAIN_NAME_BYTES && text[0] != '.' && strspn(text, allowed) >= len;
}

static fm_status add_hash(fm_buf *out, const void *data, size_t len, size_t bytes)
{
    unsigned char digest[64];
    fm_status status = fm_crypto_hash(digest, FM_SHA256, data, len, NULL);
    return status ? status : fm_encoding_append(out, FM_HEX, digest, bytes);
}

fm_status fm_vdir_object_name(fm_buf *out, const char *uid, bool plain)
{
    static const char ours[] = "@fleetmonitor";
    size_t len = strlen(uid);
    if (len >= sizeof ours - 1 && strcmp(uid + len - (sizeof ours - 1), ours) == 0)
        len -= sizeof ours - 1;
    fm_status status =
        plain && is_plain(uid, len) ? fm_buf_add(out, uid, len) : add_hash(out, uid, strlen(uid), NAME_HASH_BYTES);
    return status ? status : fm_buf_adds(out, extension);
}

/* ------------------------------------------------------------------ versions */

static int64_t mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * SECOND_NS + st->st_mtim.tv_nsec;
}

/* The part of an ETag that stat() shows. */
static void plain_etag(char etag[VDIR_ETAG_MAX], int64_t changed_ns, uint64_t inode, int64_t size)
{
    snprintf(etag, VDIR_ETAG_MAX, "%" PRId64 "-%" PRIu64 "-%" PRId64, changed_ns, inode, size);
}

static void etag_of_stat(char etag[VDIR_ETAG_MAX], const struct stat *st)
{
    plain_etag(etag, mtime_ns(st), st->st_ino, st->st_size);
}

/* Whether the next write might leave the time of change as it is. The kernel stamps files, so its clock counts. */
static bool is_fresh(int64_t changed_ns)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec - changed_ns;
    return age >= 0 && age < (changed_ns % SECOND_NS ? TICK_NS : 2 * SECOND_NS);
}

static void append_hash(char etag[VDIR_ETAG_MAX], const fm_buf *text)
{
    fm_buf hash;
    fm_buf_init(&hash, VDIR_ETAG_MAX);
    add_hash(&hash, text->data, text->len, HASH_BYTES);
    size_t len = strlen(etag);
    snprintf(etag + len, VDIR_ETAG_MAX - len, "-%s", hash.data);
    fm_buf_free(&hash);
}

fm_status fm_vdir_read(fm_buf *text, char etag[VDIR_ETAG_MAX], const char *path, fm_error *err)
{
    fm_file_facts facts;
    fm_status status = fm_file_read(text, &facts, path, err);
    if (status)
        return status;
    plain_etag(etag, facts.mtime_ns, facts.inode, facts.size);
    if (is_fresh(facts.mtime_ns))
        append_hash(etag, text);
    return FM_OK;
}

bool fm_vdir_etag_is(const char *etag, const struct stat *st, const char *path)
{
    char now[VDIR_ETAG_MAX];
    etag_of_stat(now, st);
    size_t len = strlen(now);
    if (strncmp(etag, now, len) != 0)
        return false;
    if (etag[len] != '-')
        return etag[len] == '\0';
    fm_buf text;
    fm_buf_init(&text, VDIR_MAX_FILE_BYTES);
    bool same = !fm_file_read(&text, NULL, path, NULL);
    if (same) {
        append_hash(now, &text);
        same = strcmp(now, etag) == 0;
    }
    fm_buf_free(&text);
    return same;
}

/* ------------------------------------------------------------------ writing */

static fm_status fail(fm_error *err, int error, const char *what, const char *path)
{
    return fm_system_error(err, error, domain, "cannot %s %s", what, path);
}

/* Whether the system, or this file system, does not know a way of renaming. */
static bool is_unknown(int error)
{
    return error == EINVAL || error == ENOSYS || error == ENOTSUP;
}

/*
 * Gives a staged file a time of change of its own, to the nanosecond: what the kernel stamps on a later write
 * in place is the time of its last tick, and never the same. Then reads its version.
 */
static fm_status stamp(char etag[VDIR_ETAG_MAX], const char *staged, fm_error *err)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};
    struct stat st;
    clock_gettime(CLOCK_REALTIME, &times[1]);
    (void)utimensat(AT_FDCWD, staged, times, AT_SYMLINK_NOFOLLOW); /* without it the version is a little weaker */
    if (lstat(staged, &st))
        return fail(err, errno, "look at", staged);
    etag_of_stat(etag, &st);
    return FM_OK;
}

/* The staged file has taken its place: there is nothing left to remove. */
static void forget(fm_stage *stage)
{
    free(stage->path);
    stage->path = NULL;
}

fm_status fm_vdir_create(char etag[VDIR_ETAG_MAX], const fm_env *env, const char *path, mode_t mode, const char *text,
                         size_t len, fm_error *err)
{
    fm_stage stage;
    fm_status status = fm_stage_write(&stage, env, path, text, len, err);
    if (status)
        return status;
    if (chmod(stage.path, mode & 0777))
        status = fail(err, errno, "set the mode of", stage.path);
    if (!status)
        status = stamp(etag, stage.path, err);
    if (!status && renameat2(AT_FDCWD, stage.path, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        forget(&stage);
    else if (!status && !(is_unknown(errno) && link(stage.path, path) == 0))
        status = fail(err, errno, "make", path);
    fm_stage_drop(&stage);
    return status;
}

/* Whether the file at `path` is the expected version. FM_OK, FM_EPRECONDITION, FM_ENOTFOUND or a failure. */
static fm_status check(const char *path, const char *expected, fm_error *err)
{
    struct stat st;
    if (lstat(path, &st))
        return fail(err, errno, "look at", path);
    if (!S_ISREG(st.st_mode))
        return fm_error_set(err, FM_EACCESS, domain, "%s is not a regular file", path);
    if (expected && !fm_vdir_etag_is(expected, &st, path))
        return fm_error_set(err, FM_EPRECONDITION, domain, "%s has changed", path);
    return FM_OK;
}

static bool exchange(const char *a, const char *b)
{
    return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
}

/*
 * What came out (now at `staged`) is a stranger's version: gives it its place back. Whatever is then at `staged`
 * is ours, unless somebody wrote meanwhile: then that is the newest version and belongs in the place.
 * Returns whether what is left at `staged` can go.
 */
static bool put_back(const char *staged, const char *path, const char *ours)
{
    for (int i = 0; i < MAX_EXCHANGES; i++) {
        if (!exchange(staged, path))
            return errno == ENOENT; /* ours was deleted in its place: meant was what is at `staged` */
        if (check(staged, ours, NULL) == FM_OK)
            return true;
    }
    return false;
}

fm_status fm_vdir_replace(char etag[VDIR_ETAG_MAX], const fm_env *env, const char *path, const char *expected,
                          const char *text, size_t len, fm_error *err)
{
    fm_stage stage = {0};
    fm_status status = check(path, expected, err);
    if (!status)
        status = fm_stage_write(&stage, env, path, text, len, err);
    if (status)
        return status;
    if ((status = stamp(etag, stage.path, err)))
        goto out;
    if (exchange(stage.path, path)) {
        status = check(stage.path, expected, err);
        if (status && !put_back(stage.path, path, etag))
            forget(&stage);
    } else if (!is_unknown(errno)) {
        status = fail(err, errno, "replace", path);
    } else if (!(status = check(path, expected, err))) {
        if (rename(stage.path, path))
            status = fail(err, errno, "replace", path);
        else
            forget(&stage);
    }
out:
    fm_stage_drop(&stage);
    return status;
}

/* ------------------------------------------------------------------ deleting */

static const char aside_mark[] = ".fmcal-aside-";

/* The hidden name under which a file waits to be deleted; owned by the caller. */
static char *aside_name(const fm_env *env, const char *path)
{
    uint64_t random;
    char *folder = fm_file_folder(path), *aside = NULL;
    const char *slash = strrchr(path, '/');
    if (folder && !env->random(env->data, &random, sizeof random) &&
        asprintf(&aside, "%s/.%s%s%016" PRIx64, folder, slash ? slash + 1 : path, aside_mark, random) < 0)
        aside = NULL;
    free(folder);
    return aside;
}

/* Gives a file its place back. Returns 0 or an errno, EEXIST where somebody has made a new file there. */
static int return_from_aside(const char *aside, const char *path)
{
    if (renameat2(AT_FDCWD, aside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (!is_unknown(errno) || link(aside, path))
        return errno;
    return unlink(aside) ? errno : 0;
}

/*
 * Marks a file that was renamed aside as being worked on, for as long as this process lives. Returns the descriptor
 * that holds the mark, -1 where there is none: the file is gone, or the file system knows no such marks.
 */
static int claim(const char *aside)
{
    int fd = open(aside, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Deletes the file that was renamed aside, if it is the expected version; else gives it its place back. */
static fm_status drop_aside(const char *aside, const char *path, const char *expected, fm_error *err)
{
    fm_status status = check(aside, expected, err);
    bool drop = !status || return_from_aside(aside, path) == EEXIST;
    if (drop && unlink(aside) && !status)
        status = fail(err, errno, "delete", path);
    if (status == FM_ENOTFOUND) /* a sweep took it for a leftover: it is back in its place */
        return fm_error_set(err, FM_EPRECONDITION, domain, "%s has changed", path);
    return status;
}

fm_status fm_vdir_delete(const fm_env *env, const char *path, const char *expected, fm_error *err)
{
    fm_status status = check(path, expected, err);
    if (status)
        return status;
    if (env->read_only)
        return fm_error_set(err, FM_EREADONLY, domain, "%s is not deleted in a dry run", path);
    char *aside = aside_name(env, path);
    if (!aside)
        return fm_error_set(err, FM_ENOMEM, domain, "%s: memory ran out", path);
    if (rename(path, aside)) {
        status = fail(err, errno, "delete", path);
    } else {
        int claimed = claim(aside);
        status = drop_aside(aside, path, expected, err);
        if (claimed >= 0)
            close(claimed);
    }
    free(aside);
    return status;
}

/* ------------------------------------------------------------------ leftovers */

/* The length of the object name in a hidden name that we made; 0 for any other file. */
static size_t leftover_of(const char *name, bool *aside)
{
    static const char mark[] = ".fmcal-";
    const char *at = name[0] == '.' ? strstr(name + 1, mark) : NULL;
    if (!at)
        return 0;
    *aside = strncmp(at, aside_mark, sizeof aside_mark - 1) == 0;
    const char *digits = at + (*aside ? sizeof aside_mark : sizeof mark) - 1;
    bool ours = strlen(digits) == 16 && strspn(digits, "0123456789abcdef") == 16;
    return ours ? (size_t)(at - (name + 1)) : 0;
}

/*
 * A file that was being deleted goes back into its place; if that is taken it is an old version. One that nobody works
 * on any more goes back at once: the run that comes after a kill has to see the event, or it would come back later.
 */
static void sweep_aside(const char *path, const char *target, bool old)
{
    int claimed = claim(path);
    if ((claimed >= 0 || old) && return_from_aside(path, target) == EEXIST)
        unlink(path);
    if (claimed >= 0)
        close(claimed);
}

static void sweep_one(const char *folder, const char *name, int min_age_s)
{
    bool aside;
    size_t len = leftover_of(name, &aside);
    struct stat st;
    char *path = NULL, *target = NULL;
    if (!len || asprintf(&path, "%s/%s", folder, name) < 0)
        return;
    bool there = lstat(path, &st) == 0 && S_ISREG(st.st_mode);
    bool old = there && time(NULL) - st.st_ctim.tv_sec >= min_age_s;
    if (asprintf(&target, "%s/%.*s", folder, (int)len, name + 1) < 0)
        target = NULL;
    if (there && target && aside)
        sweep_aside(path, target, old);
    else if (there && target && fm_stage_is_leftover(path, target, min_age_s))
        unlink(path);
    free(path);
    free(target);
}

void fm_vdir_sweep(const char *folder, int min_age_s)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (const struct dirent *entry; (entry = readdir(dir));)
        sweep_one(folder, entry->d_name, min_age_s);
    closedir(dir);
}
