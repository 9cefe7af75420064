/* The table of SQLite: statements and values; where a state is that lies in a file. */
#include "state/sqlite/sqlite.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/lock.h"

#include <stdlib.h>
#include <sys/stat.h>

/* ------------------------------------------------------------------ connection */

static void close_database(fm_state *s)
{
    fm_sqlite *q = fm_sqlite_of(s);
    if (!q)
        return;
    if (s->in_transaction)
        sqlite3_exec(q->db, "ROLLBACK", NULL, NULL, NULL);
    fm_sqlite_disconnect(s);
    if (q->damaged && !q->in_memory) {
        fm_error why = {0};
        fm_error_set(&why, FM_EPARSE, FM_STATE_DOMAIN, "found while it was used");
        fm_sqlite_damage_set_aside(s, &why, NULL);
    }
    free(q);
    s->connection = NULL;
}

static bool in_transaction(const fm_state *s)
{
    return !sqlite3_get_autocommit(fm_sqlite_of(s)->db);
}

static int64_t inserted(const fm_state *s)
{
    return sqlite3_last_insert_rowid(fm_sqlite_of(s)->db);
}

/* ------------------------------------------------------------------ statements */

static sqlite3_stmt *of(fm_db_statement *statement)
{
    return (sqlite3_stmt *)statement;
}

static fm_status prepare(fm_db_statement **out, fm_state *s, const char *sql, fm_error *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v3(fm_sqlite_of(s)->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    *out = (fm_db_statement *)statement;
    return rc ? fm_sqlite_fail(s, rc, err) : FM_OK;
}

static int bind_one(sqlite3_stmt *statement, int place, char type, va_list *args, sqlite3_destructor_type lifetime)
{
    if (type == 'i')
        return sqlite3_bind_int64(statement, place, va_arg(*args, int64_t));
    if (type == 's')
        return sqlite3_bind_text(statement, place, va_arg(*args, const char *), -1, lifetime);
    const void *bytes = va_arg(*args, const void *);
    return sqlite3_bind_blob64(statement, place, bytes, va_arg(*args, size_t), lifetime);
}

static fm_status bind_all(fm_state *s, fm_db_statement *statement, const char *types, va_list args, bool copied,
                          fm_error *err)
{
    int rc = SQLITE_OK;
    va_list rest;
    va_copy(rest, args);
    for (int i = 0; types[i] && !rc; i++)
        rc = bind_one(of(statement), i + 1, types[i], &rest, copied ? SQLITE_TRANSIENT : SQLITE_STATIC);
    va_end(rest);
    return rc ? fm_sqlite_fail(s, rc, err) : FM_OK;
}

static fm_status step(fm_state *s, fm_db_statement *statement, fm_error *err)
{
    int rc = sqlite3_step(of(statement));
    if (rc == SQLITE_ROW)
        return FM_PENDING;
    return rc == SQLITE_DONE ? FM_OK : fm_sqlite_fail(s, rc, err);
}

static void reset(fm_db_statement *statement)
{
    sqlite3_reset(of(statement));
    sqlite3_clear_bindings(of(statement));
}

static void finalize(fm_db_statement *statement)
{
    sqlite3_finalize(of(statement));
}

/* ------------------------------------------------------------------ values */

static const char *text(fm_db_statement *statement, int column)
{
    return (const char *)sqlite3_column_text(of(statement), column);
}

static const char *bytes(fm_db_statement *statement, int column, size_t *len)
{
    *len = 0;
    if (sqlite3_column_type(of(statement), column) == SQLITE_NULL)
        return NULL;
    const char *found = sqlite3_column_blob(of(statement), column);
    *len = (size_t)sqlite3_column_bytes(of(statement), column);
    return found ? found : ""; /* SQLite answers NULL for no bytes */
}

static int64_t integer(fm_db_statement *statement, int column)
{
    return sqlite3_column_int64(of(statement), column);
}

/* ------------------------------------------------------------------ the file */

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static int mode(const char *path)
{
    struct stat st;
    return stat(path, &st) ? -1 : (int)(st.st_mode & 07777);
}

static fm_status lock(fm_lock **out, const fm_state *s, int timeout_ms, fm_error *err)
{
    return fm_lock_take(out, s->env, s->given, timeout_ms, err);
}

static char *beside(const fm_state *s, const char *name)
{
    fm_buf path;
    fm_buf_init(&path, 65536);
    fm_buf_addf(&path, "%s.%s", s->given, name);
    return fm_buf_take(&path, NULL);
}

const fm_db_driver fm_sqlite_driver = {
    .begin = "BEGIN IMMEDIATE",
    .open = fm_sqlite_open,
    .close = close_database,
    .in_transaction = in_transaction,
    .inserted = inserted,
    .prepare = prepare,
    .bind = bind_all,
    .step = step,
    .reset = reset,
    .finalize = finalize,
    .text = text,
    .bytes = bytes,
    .integer = integer,
    .exists = exists,
    .mode = mode,
    .lock = lock,
    .beside = beside,
};
