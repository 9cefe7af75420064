#include "state/sqlite.h"
#include "util/alloc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct fm_cursor {
    fm_state *state;
    sqlite3_stmt *statement;
    bool cached; /* given back to the cache instead of finalised */
};

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
    int error = s->db ? sqlite3_system_errno(s->db) : 0;
    return error == ENOSPC || error == EDQUOT;
}

/* Whether a file could not be opened for a reason that SQLite has lost: it tries again for reading, in vain. */
static bool may_lack_room(const fm_state *s, int rc)
{
    return (rc & 0xff) == SQLITE_CANTOPEN && s->db && sqlite3_system_errno(s->db) == ENOENT;
}

fm_status fm_db_fail(fm_state *s, int rc, fm_error *err)
{
    const char *text = s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc);
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
        s->damaged = true;
        return fm_error_set(err, status, FM_STATE_DOMAIN,
                            "the state %s is damaged (%s); it is set aside now, run again to rebuild it", s->path,
                            text);
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

/* A prepared statement for `sql`: the cached one, or a fresh one where that is in use. */
static fm_status prepare(sqlite3_stmt **out, bool *cached, fm_state *s, const char *sql, fm_error *err)
{
    *out = NULL;
    *cached = false;
    size_t i = 0;
    while (i < s->statement_count && s->statements[i].sql != sql)
        i++;
    if (i < s->statement_count && !sqlite3_stmt_busy(s->statements[i].statement)) {
        *out = s->statements[i].statement;
        *cached = true;
        return FM_OK;
    }
    int rc = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    if (rc)
        return fm_db_fail(s, rc, err);
    if (i == s->statement_count && i < FM_STATE_STATEMENTS_MAX) {
        s->statements[i].sql = sql;
        s->statements[i].statement = *out;
        s->statement_count++;
        *cached = true;
    }
    return FM_OK;
}

static void give_back(sqlite3_stmt *statement, bool cached)
{
    if (cached) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    } else {
        sqlite3_finalize(statement);
    }
}

static int bind_arguments(sqlite3_stmt *statement, const char *types, va_list args, sqlite3_destructor_type lifetime)
{
    int rc = SQLITE_OK;
    for (int i = 1; *types && !rc; types++, i++) {
        if (*types == 'i') {
            rc = sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
        } else if (*types == 's') {
            rc = sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, lifetime);
        } else {
            const void *bytes = va_arg(args, const void *);
            rc = sqlite3_bind_blob64(statement, i, bytes, va_arg(args, size_t), lifetime);
        }
    }
    return rc;
}

fm_status fm_db_run(fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    bool cached;
    fm_status status = prepare(&statement, &cached, s, sql, err);
    if (status)
        return status;
    va_list args;
    va_start(args, types);
    int rc = bind_arguments(statement, types, args, SQLITE_STATIC);
    va_end(args);
    if (!rc)
        rc = sqlite3_step(statement);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        status = fm_db_fail(s, rc, err);
    give_back(statement, cached);
    return status;
}

static fm_status query(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, va_list args)
{
    *out = NULL;
    fm_cursor *cursor = malloc(sizeof *cursor);
    if (!cursor)
        return fm_db_fail(s, SQLITE_NOMEM, err);
    *cursor = (fm_cursor){.state = s};
    fm_status status = prepare(&cursor->statement, &cursor->cached, s, sql, err);
    if (status) {
        free(cursor);
        return status;
    }
    s->references++;
    int rc = bind_arguments(cursor->statement, types, args, SQLITE_TRANSIENT);
    if (rc) {
        status = fm_db_fail(s, rc, err);
        fm_cursor_free(cursor);
        return status;
    }
    *out = cursor;
    return FM_OK;
}

fm_status fm_db_query(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    fm_status status = query(out, s, err, sql, types, args);
    va_end(args);
    return status;
}

fm_status fm_db_next(fm_cursor *cursor, fm_error *err)
{
    int rc = sqlite3_step(cursor->statement);
    if (rc == SQLITE_ROW)
        return FM_PENDING;
    if (rc == SQLITE_DONE)
        return FM_OK;
    return fm_db_fail(cursor->state, rc, err);
}

void fm_cursor_free(fm_cursor *cursor)
{
    if (!cursor)
        return;
    give_back(cursor->statement, cursor->cached);
    fm_state_close(cursor->state); /* gives its reference back */
    free(cursor);
}

static fm_status first_row(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types,
                           va_list args)
{
    fm_status status = query(out, s, err, sql, types, args);
    return status ? status : fm_db_next(*out, err);
}

fm_status fm_db_row(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    fm_status status = first_row(out, s, err, sql, types, args);
    va_end(args);
    return status;
}

/* Steps to the end: only then is it known that what was changed is there. */
static fm_status finish(fm_cursor *cursor, fm_status status, fm_error *err)
{
    while (status == FM_PENDING)
        status = fm_db_next(cursor, err);
    fm_cursor_free(cursor);
    return status;
}

static fm_status copy_value(char **value, size_t *len, fm_cursor *cursor, fm_error *err)
{
    size_t bytes;
    const char *found = fm_db_bytes(cursor, 0, &bytes);
    if (!found)
        return FM_PENDING;
    if (!(*value = malloc(bytes + 1)))
        return fm_error_no_memory(err, FM_STATE_DOMAIN);
    memcpy(*value, found, bytes);
    (*value)[bytes] = '\0';
    *len = bytes;
    return FM_PENDING;
}

fm_status fm_db_value(char **value, size_t *len, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    fm_cursor *cursor;
    *value = NULL;
    *len = 0;
    va_list args;
    va_start(args, types);
    fm_status status = first_row(&cursor, s, err, sql, types, args);
    va_end(args);
    if (status == FM_PENDING)
        status = copy_value(value, len, cursor, err);
    status = finish(cursor, status, err);
    if (status) {
        free(*value);
        *value = NULL;
    }
    return status;
}

fm_status fm_db_number(int64_t *out, fm_state *s, fm_error *err, const char *sql, const char *types, ...)
{
    fm_cursor *cursor;
    *out = 0;
    va_list args;
    va_start(args, types);
    fm_status status = first_row(&cursor, s, err, sql, types, args);
    va_end(args);
    if (status == FM_PENDING)
        *out = fm_db_integer(cursor, 0);
    return finish(cursor, status, err);
}

const char *fm_db_text(fm_cursor *cursor, int column)
{
    return (const char *)sqlite3_column_text(cursor->statement, column);
}

const char *fm_db_bytes(fm_cursor *cursor, int column, size_t *len)
{
    *len = 0;
    if (sqlite3_column_type(cursor->statement, column) == SQLITE_NULL)
        return NULL;
    const char *bytes = sqlite3_column_blob(cursor->statement, column);
    *len = (size_t)sqlite3_column_bytes(cursor->statement, column);
    return bytes ? bytes : ""; /* SQLite answers NULL for no bytes */
}

int64_t fm_db_integer(fm_cursor *cursor, int column)
{
    return sqlite3_column_int64(cursor->statement, column);
}

fm_status fm_names_next(fm_cursor *cursor, const char **name, fm_error *err)
{
    fm_status status = fm_db_next(cursor, err);
    *name = status == FM_PENDING ? fm_db_text(cursor, 0) : NULL;
    return status;
}
