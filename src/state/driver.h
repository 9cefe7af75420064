/**
 * @file driver.h
 * A kind of database that states can be kept in: what db.c needs of it, and where such a state lies. Private to
 * src/state.
 *
 * A driver brings its schema (the tables that the queries in src/state name), and the temporary table
 * `seen (id, shown)` of absence.h, which each connection has for itself.
 */
#ifndef FM_STATE_DRIVER_H
#define FM_STATE_DRIVER_H

#include "state/state.h"
#include <stdarg.h>

/** A prepared statement, the driver's own. */
typedef struct fm_db_statement fm_db_statement;

typedef struct fm_db_driver {
    const char *begin; /**< the words that start a transaction which is going to write */

    /** Connects `s` to what `s->path` names, and brings its tables up to this version. */
    fm_status (*open)(fm_state *s, const fm_state_options *options, fm_error *err);
    /** Closes what is open, also where open() failed. A transaction is taken back; nothing prepared is left by then. */
    void (*close)(fm_state *s);
    /** Whether a transaction is under way; a database may end one by itself after an error. */
    bool (*in_transaction)(const fm_state *s);

    /** The id of the row that was inserted last. (RETURNING would cost SQLite a table of its own each time.) */
    int64_t (*inserted)(const fm_state *s);

    fm_status (*prepare)(fm_db_statement **out, fm_state *s, const char *sql, fm_error *err);
    /** Binds arguments: see db.h. `copied`: they do not outlive the call. */
    fm_status (*bind)(fm_state *s, fm_db_statement *statement, const char *types, va_list args, bool copied,
                      fm_error *err);
    /** FM_PENDING: there is a row; FM_OK: no more. */
    fm_status (*step)(fm_state *s, fm_db_statement *statement, fm_error *err);
    /** Makes a statement ready to be bound again. */
    void (*reset)(fm_db_statement *statement);
    void (*finalize)(fm_db_statement *statement);
    /** Columns of the row; borrowed until the next step. NULL for NULL; no bytes are not NULL. */
    const char *(*text)(fm_db_statement *statement, int column);
    const char *(*bytes)(fm_db_statement *statement, int column, size_t *len);
    int64_t (*integer)(fm_db_statement *statement, int column);

    /** See fm_state_exists(), fm_state_mode(), fm_state_lock(), fm_state_beside(). */
    bool (*exists)(const char *path);
    int (*mode)(const char *path);
    fm_status (*lock)(struct fm_lock **out, const fm_state *s, int timeout_ms, fm_error *err);
    char *(*beside)(const fm_state *s, const char *name);
} fm_db_driver;

/** A file of SQLite's, or ":memory:". */
extern const fm_db_driver fm_sqlite_driver;

#endif
