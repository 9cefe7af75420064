#include "state/sqlite/sqlite.h"

#include <string.h>

/* "fmca", in the header of every state, so that a file of another program is recognised. */
#define APPLICATION_ID 0x666d6361

/*
 * Migrations in order; the number of those applied is the schema version. One that has been released
 * is never changed: a new one is added at the end.
 *
 * `mark` is apart from `base`, and `remote_text` from `remote`, so that comparing all entries, and all
 * ETags, reads narrow rows only.
 */
static const char *const migrations[] = {
    "CREATE TABLE named (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE replaced (key TEXT PRIMARY KEY, snapshot BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE history (id INTEGER PRIMARY KEY, time TEXT, target TEXT, key TEXT, field TEXT, side TEXT,"
    " action TEXT, reason TEXT, value BLOB, run INTEGER NOT NULL) STRICT;"
    "CREATE INDEX history_key ON history (key);"
    "CREATE INDEX history_run ON history (run);"
    "CREATE TABLE target (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, provider TEXT, account TEXT,"
    " calendar_id TEXT, endpoint TEXT, calendar_name TEXT, discovery TEXT, token TEXT) STRICT;"
    "CREATE TABLE remote (id INTEGER PRIMARY KEY, target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE,"
    " href TEXT NOT NULL, uid TEXT, etag TEXT, pending INTEGER NOT NULL, gone INTEGER NOT NULL,"
    " UNIQUE (target, href)) STRICT;"
    "CREATE INDEX remote_uid ON remote (target, uid, href);"
    "CREATE INDEX remote_pending ON remote (target, href) WHERE pending = 1;"
    "CREATE TABLE remote_text (remote INTEGER PRIMARY KEY REFERENCES remote ON DELETE CASCADE,"
    " text BLOB NOT NULL) STRICT;"
    "CREATE TABLE mark (target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE, key TEXT NOT NULL,"
    " fingerprint BLOB, status TEXT, day TEXT, PRIMARY KEY (target, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE base (target INTEGER NOT NULL, key TEXT NOT NULL, uid TEXT, href TEXT, doc BLOB,"
    " PRIMARY KEY (target, key), FOREIGN KEY (target, key) REFERENCES mark ON DELETE CASCADE) STRICT;"
    "CREATE INDEX base_uid ON base (target, uid, key);"
    "CREATE TABLE intent (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE,"
    " key TEXT, kind TEXT, uid TEXT, href TEXT, etag TEXT, doc BLOB) STRICT;"
    "CREATE INDEX intent_target ON intent (target);",
    "ALTER TABLE remote ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX remote_unconfirmed ON remote (target, href) WHERE unconfirmed = 1;",
    "ALTER TABLE remote ADD COLUMN unread TEXT;"
    "ALTER TABLE remote ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX remote_unread ON remote (target, href) WHERE unread IS NOT NULL;",
    "ALTER TABLE history ADD COLUMN cause TEXT;"
    "ALTER TABLE history ADD COLUMN decided_by TEXT;"
    "CREATE TABLE run (number INTEGER PRIMARY KEY, time TEXT NOT NULL, kind TEXT, undoes INTEGER NOT NULL, who TEXT,"
    " command TEXT, version TEXT, rules TEXT, status INTEGER NOT NULL, message TEXT) STRICT;"
    "CREATE TABLE change (run INTEGER NOT NULL, target TEXT NOT NULL, key TEXT NOT NULL, reason TEXT, decided_by TEXT,"
    " doc BLOB, PRIMARY KEY (run, target, key)) STRICT, WITHOUT ROWID;",
};

#define VERSION ((int64_t)(sizeof migrations / sizeof migrations[0]))

/* The tables of the current version, as SQLite lists them. */
static const char current_tables[] =
    "base,change,history,intent,mark,named,remote,remote_text,replaced,run,sqlite_sequence,target";

static fm_status read_tables(char *out, size_t size, fm_state *s, fm_error *err)
{
    fm_cursor *cursor;
    fm_status status =
        fm_db_row(&cursor, s, err,
                  "SELECT ifnull(group_concat(name), '') FROM (SELECT name FROM sqlite_schema WHERE type = 'table'"
                  " ORDER BY name)",
                  "");
    out[0] = '\0';
    if (status == FM_PENDING) {
        size_t len;
        const char *names = fm_db_bytes(cursor, 0, &len);
        size_t kept = len < size ? len : size - 1;
        memcpy(out, names, kept);
        out[kept] = '\0';
        status = FM_OK;
    }
    fm_cursor_free(cursor);
    return status;
}

static fm_sqlite_schema_kind damaged(fm_error *why, const char *reason)
{
    fm_error_set(why, FM_EPARSE, FM_STATE_DOMAIN, "%s", reason);
    return FM_SQLITE_DAMAGED;
}

static fm_sqlite_schema_kind classify(int64_t application, int64_t version, const char *tables, fm_error *why)
{
    if (application == 0 && version == 0 && !*tables)
        return FM_SQLITE_EMPTY;
    if (application != APPLICATION_ID)
        return FM_SQLITE_FOREIGN;
    if (version > VERSION)
        return FM_SQLITE_NEWER;
    if (version < 1)
        return damaged(why, "it does not say its version");
    if (version < VERSION)
        return FM_SQLITE_OLDER;
    if (strcmp(tables, current_tables) != 0)
        return damaged(why, "tables are missing");
    return FM_SQLITE_CURRENT;
}

static fm_status execute(fm_state *s, const char *sql, fm_error *err)
{
    int rc = sqlite3_exec(fm_sqlite_of(s)->db, sql, NULL, NULL, NULL);
    return rc ? fm_sqlite_fail(s, rc, err) : FM_OK;
}

/* All within one transaction: another process may be making the schema at this moment. */
static fm_status look(int64_t *application, int64_t *version, char *tables, size_t size, fm_state *s, fm_error *err)
{
    fm_status status = execute(s, "BEGIN", err);
    if (status)
        return status;
    status = fm_db_number(application, s, err, "PRAGMA application_id", "");
    if (!status)
        status = fm_db_number(version, s, err, "PRAGMA user_version", "");
    if (!status)
        status = read_tables(tables, size, s, err);
    if (status == FM_EPARSE)
        fm_error_set(err, FM_EPARSE, FM_STATE_DOMAIN, "%s", sqlite3_errmsg(fm_sqlite_of(s)->db));
    sqlite3_exec(fm_sqlite_of(s)->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

fm_status fm_sqlite_schema_inspect(fm_sqlite_schema_kind *kind, fm_error *why, fm_state *s)
{
    int64_t application = 0, version = 0;
    char tables[512];
    fm_status status = look(&application, &version, tables, sizeof tables, s, why);
    if (status == FM_EPARSE) {
        *kind = FM_SQLITE_DAMAGED;
        return FM_OK;
    }
    if (status)
        return status;
    *kind = classify(application, version, tables, why);
    return FM_OK;
}

static fm_status apply_migrations(fm_state *s, fm_error *err)
{
    int64_t version = 0;
    fm_status status =
        fm_db_number(&version, s, err, "PRAGMA user_version", ""); /* another process may have been faster */
    for (int64_t i = version; !status && i < VERSION; i++)
        status = execute(s, migrations[i], err);
    if (status || version >= VERSION)
        return status;
    char header[80];
    sqlite3_snprintf((int)sizeof header, header, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
                     (int)VERSION);
    return execute(s, header, err);
}

fm_status fm_sqlite_schema_migrate(fm_state *s, fm_error *err)
{
    fm_status status = execute(s, "BEGIN IMMEDIATE", err);
    if (status)
        return status;
    status = apply_migrations(s, err);
    if (!status)
        status = execute(s, "COMMIT", err);
    if (status)
        sqlite3_exec(fm_sqlite_of(s)->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
