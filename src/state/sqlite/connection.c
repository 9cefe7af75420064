#include "state/sqlite/sqlite.h"

#include <stdlib.h>

void fm_sqlite_disconnect(fm_state *s)
{
    fm_sqlite *q = fm_sqlite_of(s);
    fm_db_drop_statements(s);
    if (q->db && !q->in_memory && !q->damaged) {
        sqlite3_busy_timeout(q->db, 0); /* whoever closes last does what is left */
        sqlite3_wal_checkpoint_v2(q->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    sqlite3_close_v2(q->db);
    q->db = NULL;
}
