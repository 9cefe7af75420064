/* Letting go of a state: its owner and its cursors hold it. */
#include "state/sqlite.h"

#include <stdlib.h>

static void drop_statements(fm_state *s)
{
    for (size_t i = 0; i < s->statement_count; i++)
        sqlite3_finalize(s->statements[i].statement);
    s->statement_count = 0;
}

void fm_state_disconnect(fm_state *s)
{
    drop_statements(s);
    if (s->db && !s->in_memory && !s->damaged) {
        sqlite3_busy_timeout(s->db, 0); /* whoever closes last does what is left */
        sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    sqlite3_close_v2(s->db);
    s->db = NULL;
}

static void free_targets(fm_state *s)
{
    while (s->targets) {
        fm_target *t = s->targets;
        s->targets = t->next;
        free(t->name);
        free(t);
    }
}

void fm_state_close(fm_state *s)
{
    if (!s || --s->references > 0)
        return;
    if (s->in_transaction)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    fm_state_disconnect(s);
    if (s->damaged && !s->in_memory) {
        fm_error why = {0};
        fm_error_set(&why, FM_EPARSE, FM_STATE_DOMAIN, "found while it was used");
        fm_damage_set_aside(s, &why, NULL);
    }
    free_targets(s);
    free(s->warning);
    free(s->path);
    free(s);
}

const char *fm_state_warning(const fm_state *s)
{
    return s->warning;
}
