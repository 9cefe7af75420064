/**
 * @file sqlite.h
 * What the files of the SQLite state share. Private to src/state.
 *
 * SQL is written where it is used, as string literals that live as long as the program: a prepared
 * statement is cached under the address of its text. Arguments are named by a format, one letter each:
 *   i  int64_t
 *   s  const char *, NULL for NULL
 *   b  const void *, size_t: bytes, NULL for NULL
 */
#ifndef FM_STATE_SQLITE_H
#define FM_STATE_SQLITE_H

#include "state/state.h"
#include "util/file.h"
#include <sqlite3.h>

#define FM_STATE_DOMAIN "state"

/** Most prepared statements kept; there are about forty. */
#define FM_STATE_STATEMENTS_MAX 64

struct fm_target {
    fm_target *next;
    fm_state *state;
    int64_t id;
    char *name;
};

struct fm_state {
    sqlite3 *db;
    const fm_env *env;
    char *path;
    fm_file_facts file; /* what was opened at `path` */
    char *warning;
    fm_target *targets;
    unsigned references; /* its owner's and one per cursor */
    bool in_memory;
    bool named; /* see fm_state_options */
    bool in_transaction;
    bool damaged;     /* SQLite found a fault: set aside when closed */
    bool sink_active; /* a fm_remote_sink is under way */
    size_t statement_count;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } statements[FM_STATE_STATEMENTS_MAX];
};

/** Closes the database; what was prepared for it goes with it. */
void fm_state_disconnect(fm_state *s);

/** Describes SQLite's last failure. @return the status for `rc` */
fm_status fm_db_fail(fm_state *s, int rc, fm_error *err);

/** Runs SQL that returns no rows; arguments are borrowed for the call. */
fm_status fm_db_run(fm_state *s, fm_error *err, const char *sql, const char *types, ...);
/** Starts a select; arguments are copied. */
fm_status fm_db_query(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, ...);
/** Steps a cursor: FM_PENDING where there is a row. */
fm_status fm_db_next(fm_cursor *cursor, fm_error *err);
/** Starts a select and steps to its first row: FM_PENDING where there is one. `*out` is for the caller to free. */
fm_status fm_db_row(fm_cursor **out, fm_state *s, fm_error *err, const char *sql, const char *types, ...);
/** Runs a select of at most one value; owned by the caller, NULL where there is no row or the value is NULL. */
fm_status fm_db_value(char **value, size_t *len, fm_state *s, fm_error *err, const char *sql, const char *types, ...);

/** Runs SQL that answers one integer, a select or RETURNING; 0 where there is no row. */
fm_status fm_db_number(int64_t *out, fm_state *s, fm_error *err, const char *sql, const char *types, ...);

/** Columns of the row that a cursor stands on; borrowed until it is stepped. */
const char *fm_db_text(fm_cursor *cursor, int column);
const char *fm_db_bytes(fm_cursor *cursor, int column, size_t *len);
int64_t fm_db_integer(fm_cursor *cursor, int column);

/** As fm_target_put_remote(), and says which row it is. remote.c. */
fm_status fm_remote_put(int64_t *id, fm_target *t, const fm_remote_row *row, fm_error *err);

/** What is in a file that was opened. */
typedef enum fm_schema_kind {
    FM_SCHEMA_CURRENT,
    FM_SCHEMA_EMPTY,
    FM_SCHEMA_OLDER,
    FM_SCHEMA_NEWER,
    FM_SCHEMA_FOREIGN, /* another program's tables */
    FM_SCHEMA_DAMAGED
} fm_schema_kind;

/** Looks at a database without changing it. `*why` says what is damaged (FM_OK), or why it could not be looked at. */
fm_status fm_schema_inspect(fm_schema_kind *kind, fm_error *why, fm_state *s);
/** Brings an empty or older database to this version's schema, in one transaction. */
fm_status fm_schema_migrate(fm_state *s, fm_error *err);

/**
 * Renames the database that was opened, and its companions, to PATH.damaged-DATE and sets the warning.
 * Does nothing where another process has done so meanwhile.
 */
fm_status fm_damage_set_aside(fm_state *s, const fm_error *why, fm_error *err);
/** Refuses what is plainly another program's file (FM_EINVAL), so that it is not set aside. No connection may be open.
 */
fm_status fm_damage_check_is_ours(const fm_state *s, fm_error *err);
/** That refusal. */
fm_status fm_damage_refuse(const fm_state *s, fm_error *err);
/** Sets the warning and logs it. */
void fm_damage_warn(fm_state *s, const char *fmt, ...) FM_PRINTF(2, 3);

/** Copies the database at s->path, where there is one, into the memory database s->db. */
fm_status fm_snapshot_copy(fm_state *s, fm_error *err);

/** A transaction, or one level of it within the caller's. */
typedef struct fm_db_page {
    fm_state *state;
    bool open;
    bool nested;
} fm_db_page;

fm_status fm_db_page_begin(fm_db_page *page, fm_state *s, fm_error *err);
/** Commits, or takes back where `status` is a failure or committing fails. @return `status`, or why it failed */
fm_status fm_db_page_end(fm_db_page *page, fm_status status, fm_error *err);

#endif
