/**
 * @file sqlite.h
 * What the files of the SQLite driver share. Private to src/state/sqlite.
 */
#ifndef FM_STATE_SQLITE_SQLITE_H
#define FM_STATE_SQLITE_SQLITE_H

#include "state/db.h"
#include "util/file.h"
#include <sqlite3.h>

/** A connection: what `connection` of a state points to. */
typedef struct fm_sqlite {
    sqlite3 *db;        /**< NULL: not connected (any more) */
    fm_file_facts file; /**< what was opened */
    bool in_memory;
    bool named;   /**< see fm_state_options */
    bool damaged; /**< SQLite found a fault */
} fm_sqlite;

static inline fm_sqlite *fm_sqlite_of(const fm_state *s)
{
    return s->connection;
}

/** The driver's slot: see driver.h. open.c. */
fm_status fm_sqlite_open(fm_state *s, const fm_state_options *options, fm_error *err);
/** Closes the database; what was prepared for it goes with it. connection.c. */
void fm_sqlite_disconnect(fm_state *s);

/** Describes SQLite's last failure. @return the status for `rc` */
fm_status fm_sqlite_fail(fm_state *s, int rc, fm_error *err);

/** What is in a file that was opened. */
typedef enum fm_sqlite_schema_kind {
    FM_SQLITE_CURRENT,
    FM_SQLITE_EMPTY,
    FM_SQLITE_OLDER,
    FM_SQLITE_NEWER,
    FM_SQLITE_FOREIGN, /* another program's tables */
    FM_SQLITE_DAMAGED
} fm_sqlite_schema_kind;

/** Looks at a database without changing it. `*why` says what is damaged (FM_OK), or why it could not be looked at. */
fm_status fm_sqlite_schema_inspect(fm_sqlite_schema_kind *kind, fm_error *why, fm_state *s);
/** Brings an empty or older database to this version's schema, in one transaction. */
fm_status fm_sqlite_schema_migrate(fm_state *s, fm_error *err);

/**
 * Renames the database that was opened, and its companions, to PATH.damaged-DATE and sets the warning.
 * Does nothing where another process has done so meanwhile.
 */
fm_status fm_sqlite_damage_set_aside(fm_state *s, const fm_error *why, fm_error *err);
/** Refuses what is plainly another program's file (FM_EINVAL), so that it is not set aside. No connection may be open.
 */
fm_status fm_sqlite_damage_check_is_ours(const fm_state *s, fm_error *err);
/** That refusal. */
fm_status fm_sqlite_damage_refuse(const fm_state *s, fm_error *err);

/** Copies the database at s->path, where there is one, into the connection, which is one in memory. */
fm_status fm_sqlite_copy(fm_state *s, fm_error *err);

#endif
