#include "state/sqlite/sqlite.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/log.h"
#include "util/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The files SQLite keeps beside a database, and itself. It goes last: as long as it is there, nobody makes a fresh one
 * whose companions could be taken for its own. */
static const char *const parts[] = {"-wal", "-shm", "-journal", ""};

/* The first bytes of a database; at APPLICATION_AT the number of the program that made it, as it writes it. */
static const char magic[16] = "SQLite format 3";
#define APPLICATION_AT 68
static const char application[4] = "fmca";

static bool is_json(const char *head, size_t len)
{
    size_t at = len >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < len && strchr(" \t\r\n", head[at]) && head[at])
        at++;
    return at < len && (head[at] == '{' || head[at] == '[');
}

static bool is_state(const char *head, size_t len)
{
    return len >= APPLICATION_AT + sizeof application && memcmp(head, magic, sizeof magic) == 0 &&
           memcmp(head + APPLICATION_AT, application, sizeof application) == 0;
}

fm_status fm_sqlite_damage_check_is_ours(const fm_state *s, fm_error *err)
{
    char head[APPLICATION_AT + sizeof application];
    int fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return FM_OK; /* whatever is wrong with it, opening it says so */
    ssize_t len = fm_file_read_piece(fd, head, sizeof head);
    close(fd);
    if (len > 0 && is_json(head, (size_t)len))
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN,
                            "%s is a JSON file, perhaps a board, and no state; name another file for the state",
                            s->path);
    if (len > 0 && fm_sqlite_of(s)->named && !is_state(head, (size_t)len))
        return fm_sqlite_damage_refuse(s, err);
    return FM_OK;
}

fm_status fm_sqlite_damage_refuse(const fm_state *s, fm_error *err)
{
    return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN,
                        "%s is no state of fmcal's and is left as it is; name another file for the state", s->path);
}

static void format_stamp(char *out, size_t size, const fm_env *env)
{
    time_t now = (time_t)(env->now_us(env->data) / 1000000);
    struct tm t;
    gmtime_r(&now, &t);
    strftime(out, size, "%Y%m%dT%H%M%SZ", &t);
}

/* PATH.damaged-DATE, with a number behind it where that name is taken. */
static char *free_name(const fm_state *s)
{
    char stamp[32];
    format_stamp(stamp, sizeof stamp, s->env);
    for (int i = 1; i < 1000; i++) {
        fm_buf name;
        fm_buf_init(&name, 65536);
        fm_buf_addf(&name, "%s.damaged-%s", s->path, stamp);
        if (i > 1)
            fm_buf_addf(&name, "-%d", i);
        char *taken = fm_buf_take(&name, NULL);
        if (!taken || access(taken, F_OK) != 0)
            return taken;
        free(taken);
    }
    return NULL;
}

static fm_status move(const char *path, const char *target, const char *companion, fm_error *err)
{
    fm_buf from, to;
    fm_buf_init(&from, 65536);
    fm_buf_init(&to, 65536);
    fm_buf_addf(&from, "%s%s", path, companion);
    fm_buf_addf(&to, "%s%s", target, companion);
    fm_status status = FM_OK;
    if (from.status || to.status)
        status = fm_error_no_memory(err, FM_STATE_DOMAIN);
    else if (rename(from.data, to.data) && errno != ENOENT)
        status = fm_system_error(err, errno, FM_STATE_DOMAIN, "could not rename the damaged state %s", from.data);
    fm_buf_free(&from);
    fm_buf_free(&to);
    return status;
}

/* Opens and locks the database, so that one process alone sets it aside. -1: another one has done so. */
static int lock_damaged(const fm_state *s)
{
    struct stat opened, there;
    int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    bool ours = flock(fd, LOCK_EX) == 0 && fstat(fd, &opened) == 0 && stat(s->path, &there) == 0 &&
                opened.st_ino == there.st_ino && opened.st_dev == there.st_dev &&
                opened.st_ino == fm_sqlite_of(s)->file.inode && opened.st_dev == fm_sqlite_of(s)->file.device;
    if (ours)
        return fd;
    close(fd);
    return -1;
}

static fm_status move_parts(fm_state *s, const fm_error *why, fm_error *err)
{
    char *name = free_name(s);
    if (!name)
        return fm_error_set(err, FM_EIO, FM_STATE_DOMAIN, "found no free name to set the damaged state %s aside",
                            s->path);
    fm_status status = FM_OK;
    for (size_t i = 0; !status && i < sizeof parts / sizeof parts[0]; i++)
        status = move(s->path, name, parts[i], err);
    if (!status)
        fm_state_warn(s, "the state %s was damaged (%s): it was set aside as %s, and is rebuilt from the calendar",
                      s->path, why->message, name);
    free(name);
    return status;
}

fm_status fm_sqlite_damage_set_aside(fm_state *s, const fm_error *why, fm_error *err)
{
    int fd = lock_damaged(s);
    if (fd < 0)
        return FM_OK;
    fm_status status = move_parts(s, why, err);
    close(fd);
    return status;
}
