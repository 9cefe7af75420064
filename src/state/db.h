/**
 * @file db.h
 * What the files of the state share: a handle on a database, and SQL over it. Private to src/state.
 *
 * SQL is written where it is used, as string literals that live as long as the program: a prepared
 * statement is cached under the address of its text. It is what databases have in common (ON CONFLICT,
 * IS DISTINCT FROM, coalesce); what they do not is in the driver (driver.h). Parameters are
 * ? or ?N; arguments are named by a format, one letter each:
 *   i  int64_t
 *   s  const char *, NULL for NULL
 *   b  const void *, size_t: bytes, NULL for NULL
 */
#ifndef FM_STATE_DB_H
#define FM_STATE_DB_H

#include "state/driver.h"
#include "state/state.h"

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
    const fm_db_driver *driver;
    void *connection; /* the driver's own, NULL before it is opened */
    const fm_env *env;
    char *given; /* the name as it was given, NULL where the state is in memory */
    char *path;  /* as the driver found it: links followed */
    char *warning;
    fm_target *targets;
    unsigned references; /* its owner's and one per cursor */
    bool in_transaction;
    bool sink_active; /* a fm_remote_sink is under way */
    size_t statement_count;
    struct {
        const char *sql;
        fm_db_statement *statement;
        bool in_use;
    } statements[FM_STATE_STATEMENTS_MAX];
};

/** Lets go of what was prepared. handle.c. */
void fm_db_drop_statements(fm_state *s);
/** Sets the warning and logs it. handle.c. */
void fm_state_warn(fm_state *s, const char *fmt, ...) FM_PRINTF(2, 3);

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

/** Runs a select of at most one integer; 0 where there is no row. */
fm_status fm_db_number(int64_t *out, fm_state *s, fm_error *err, const char *sql, const char *types, ...);

/** Columns of the row that a cursor stands on; borrowed until it is stepped. */
const char *fm_db_text(fm_cursor *cursor, int column);
const char *fm_db_bytes(fm_cursor *cursor, int column, size_t *len);
int64_t fm_db_integer(fm_cursor *cursor, int column);

/**
 * As fm_target_put_remote(), within a page that the caller has begun. `*id` is that of the row which is there, 0 for
 * none, and then the one it got. remote.c.
 */
fm_status fm_remote_put(int64_t *id, fm_target *t, const fm_remote_row *row, fm_error *err);

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
