/* What SQLite reports, as statuses and sentences. */
#include "state/sqlite/sqlite.h"
#include "util/alloc.h"

#include <errno.h>

static fm_status status_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return FM_ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return FM_ELOCKED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return FM_EPARSE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return FM_EACCESS;
    case SQLITE_TOOBIG:
        return FM_ELIMIT;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISUSE:
        return FM_EINVAL;
    default:
        return FM_EIO;
    }
}

/* Whether a failure comes of a full disk; where a file cannot be made or grow, SQLite does not say so by itself. */
static bool is_full(const fm_state *s, int rc)
{
    int base = rc & 0xff;
    if (base != SQLITE_IOERR && base != SQLITE_CANTOPEN)
        return base == SQLITE_FULL;
    int error = fm_sqlite_of(s)->db ? sqlite3_system_errno(fm_sqlite_of(s)->db) : 0;
    return error == ENOSPC || error == EDQUOT;
}

/* Whether a file could not be opened for a reason that SQLite has lost: it tries again for reading, in vain. */
static bool may_lack_room(const fm_state *s, int rc)
{
    return (rc & 0xff) == SQLITE_CANTOPEN && fm_sqlite_of(s)->db && sqlite3_system_errno(fm_sqlite_of(s)->db) == ENOENT;
}

fm_status fm_sqlite_fail(fm_state *s, int rc, fm_error *err)
{
    const char *text = fm_sqlite_of(s)->db ? sqlite3_errmsg(fm_sqlite_of(s)->db) : sqlite3_errstr(rc);
    fm_status status = status_of(rc);
    if (is_full(s, rc))
        return fm_error_set(err, FM_EIO, FM_STATE_DOMAIN,
                            "no space left to write the state %s; free some space and run again", s->path);
    switch (status) {
    case FM_ENOMEM:
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    case FM_ELOCKED:
        return fm_error_set(err, status, FM_STATE_DOMAIN, "another process is using the state %s; try again later",
                            s->path);
    case FM_EPARSE:
        fm_sqlite_of(s)->damaged = true;
        return fm_error_set(err, status, FM_STATE_DOMAIN, "the state %s is damaged (%s); %s to rebuild it", s->path,
                            text, fm_sqlite_of(s)->in_memory ? "run sync.lua" : "it is set aside now, run again");
    case FM_EACCESS:
        if (may_lack_room(s, rc))
            return fm_error_set(err, status, FM_STATE_DOMAIN,
                                "could not open the state %s or make a file beside it: check that there is space left "
                                "and that its folder may be written to",
                                s->path);
        return fm_error_set(err, status, FM_STATE_DOMAIN, "no permission to use the state %s: %s", s->path, text);
    case FM_EIO:
        return fm_error_set(err, status, FM_STATE_DOMAIN, "could not read or write the state %s: %s", s->path, text);
    default:
        return fm_error_set(err, status, FM_STATE_DOMAIN, "the state %s refused a value: %s", s->path, text);
    }
}
