#include "util/stage.h"
#include "util/alloc.h"
#include "util/file.h"
#include "util/system_error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char domain[] = "file";

/* Temporary files are named ".NAME.fmcal-…": hidden, and after their target so that leftovers can be told. */
static const char infix[] = ".fmcal-";

/* How many digits end such a name. */
#define STAGE_DIGITS 16

/* As much of a long file name as leaves room for the rest. */
#define NAME_BYTES 200

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static fm_status name_stage(fm_stage *s, const fm_env *env, const char *target, fm_error *err)
{
    uint64_t random;
    if (env->random(env->data, &random, sizeof random))
        return fm_error_set(err, FM_EIO, domain, "no random numbers to name a temporary file");
    char *folder = fm_file_folder(target);
    s->target = strdup(target);
    if (!folder || !s->target ||
        asprintf(&s->path, "%s/.%.*s%s%016" PRIx64, folder, NAME_BYTES, base_name(target), infix, random) < 0)
        s->path = NULL;
    free(folder);
    return s->path ? FM_OK : fm_error_no_memory(err, domain);
}

static int write_all(int fd, const char *at, size_t len)
{
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Gives the file the owner and mode of what it replaces, as far as it may. */
static int keep_owner(int fd, const fm_file_facts *old)
{
    mode_t mode = old->mode;
    struct stat st;
    if (fstat(fd, &st))
        return -1;
    bool differs = st.st_uid != old->owner || st.st_gid != old->group;
    if (differs && fchown(fd, old->owner, old->group) && fchown(fd, (uid_t)-1, old->group))
        mode &= ~(mode_t)070; /* another group must not get what this one had */
    return fchmod(fd, mode);
}

/*
 * Makes the file and marks it as being worked on, for as long as this process lives. A sweep may come in between and
 * take it for a leftover: then it is made again.
 */
static bool make_file(fm_stage *s)
{
    struct stat st;
    for (;;) {
        s->file = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        s->held = s->file >= 0;
        if (!s->held)
            return false;
        (void)flock(s->file, LOCK_EX);
        if (fstat(s->file, &st) || st.st_nlink > 0)
            return true;
        close(s->file);
    }
}

static fm_status fill(const fm_stage *s, int fd, const void *bytes, size_t len, fm_error *err)
{
    fm_file_facts old;
    if (write_all(fd, bytes, len))
        return fm_system_error(err, errno, domain, "cannot write a new version of %s", s->target);
    if (!fm_file_look(&old, s->target, NULL) && keep_owner(fd, &old))
        return fm_system_error(err, errno, domain, "cannot keep the mode of %s", s->target);
    if (fsync(fd))
        return fm_system_error(err, errno, domain, "cannot bring a new version of %s to the disk", s->target);
    return FM_OK;
}

fm_status fm_stage_write(fm_stage *s, const fm_env *env, const char *target, const void *bytes, size_t len,
                         fm_error *err)
{
    *s = (fm_stage){0};
    if (env->read_only)
        return fm_error_set(err, FM_EREADONLY, domain, "%s is not written in a dry run", target);
    fm_status status = name_stage(s, env, target, err);
    if (status) {
        fm_stage_drop(s);
        return status;
    }
    if (!make_file(s)) {
        status = fm_system_error(err, errno, domain, "cannot write beside %s", target);
        free(s->path);
        s->path = NULL;
    } else {
        status = fill(s, s->file, bytes, len, err);
    }
    if (status)
        fm_stage_drop(s);
    return status;
}

/* Makes the new directory entries survive a power cut. Some file systems cannot; that is no failure. */
static void sync_folder(const char *path)
{
    char *folder = fm_file_folder(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

/* Exchanges the names of two files. False where the system cannot, or one does not exist. */
static bool exchange_names(const char *a, const char *b)
{
#ifdef RENAME_EXCHANGE
    return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0;
#else
    (void)a;
    (void)b;
    return false;
#endif
}

fm_status fm_stage_commit(fm_stage *s, bool exchange, fm_error *err)
{
    if (exchange && exchange_names(s->path, s->target)) {
        sync_folder(s->target);
        return FM_OK;
    }
    if (rename(s->path, s->target))
        return fm_system_error(err, errno, domain, "cannot replace %s", s->target);
    sync_folder(s->target);
    free(s->path);
    s->path = NULL;
    return FM_OK;
}

void fm_stage_keep(fm_stage *s)
{
    char *folder = fm_file_folder(s->target), *kept = NULL;
    const char *digits = s->path + strlen(s->path) - STAGE_DIGITS;
    if (folder && asprintf(&kept, "%s/%s.kept-%s", folder, base_name(s->target), digits) < 0)
        kept = NULL;
    free(folder);
    if (!kept || rename(s->path, kept)) {
        free(kept);
        return;
    }
    sync_folder(kept);
    free(s->path);
    s->path = kept;
}

void fm_stage_drop(fm_stage *s)
{
    if (s->path)
        unlink(s->path);
    if (s->held)
        close(s->file);
    free(s->path);
    free(s->target);
    *s = (fm_stage){0};
}

/* Whether a file name is that of a temporary file for a target. */
static bool is_stage_name(const char *name, const char *target)
{
    size_t len = strnlen(target, NAME_BYTES);
    return name[0] == '.' && strncmp(name + 1, target, len) == 0 &&
           strncmp(name + 1 + len, infix, sizeof infix - 1) == 0 &&
           strspn(name + len + sizeof infix, "0123456789abcdef") == STAGE_DIGITS &&
           strlen(name + len + sizeof infix) == STAGE_DIGITS;
}

/* Whether a process works on a file, or nobody can tell. One that is not there is not worked on. */
static bool may_be_held(const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno != ENOENT;
    bool held = flock(fd, LOCK_EX | LOCK_NB) != 0;
    close(fd);
    return held;
}

bool fm_stage_is_leftover(const char *path, const char *target, int old_s)
{
    struct stat st;
    if (lstat(path, &st) || !S_ISREG(st.st_mode))
        return false;
    if (time(NULL) - st.st_ctim.tv_sec >= old_s)
        return true;
    /* In this order: an exchange that lies in between leaves the mark on the target. */
    return !may_be_held(path) && !may_be_held(target);
}

static void sweep_one(const char *folder, const char *name, const char *target)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return;
    if (fm_stage_is_leftover(path, target, FM_STAGE_OLD_S))
        unlink(path);
    free(path);
}

void fm_stage_sweep(const char *target)
{
    char *folder = fm_file_folder(target);
    DIR *dir = folder ? opendir(folder) : NULL;
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (is_stage_name(entry->d_name, base_name(target)))
            sweep_one(folder, entry->d_name, target);
    if (dir)
        closedir(dir);
    free(folder);
}

fm_status fm_stage_replace(const fm_env *env, const char *path, const void *bytes, size_t len, fm_error *err)
{
    fm_stage stage = {0};
    char *target = NULL;
    fm_status status = fm_file_resolve(&target, path, err);
    if (!status)
        status = fm_stage_write(&stage, env, target, bytes, len, err);
    if (!status)
        status = fm_stage_commit(&stage, false, err);
    fm_stage_drop(&stage);
    free(target);
    return status;
}
