#include "state/db.h"

fm_status fm_target_add_intent(int64_t *id, fm_target *t, const fm_intent_row *row, fm_error *err)
{
    fm_status status =
        fm_db_run(t->state, err,
                  "INSERT INTO intent (target, key, kind, uid, href, etag, doc)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?)",
                  "isssssb", t->id, row->key, row->kind, row->uid, row->href, row->etag, row->doc, row->doc_len);
    *id = status ? 0 : t->state->driver->inserted(t->state);
    return status;
}

fm_status fm_target_intents(fm_cursor **out, fm_target *t, fm_error *err)
{
    return fm_db_query(out, t->state, err,
                       "SELECT id, key, kind, uid, href, etag, doc FROM intent WHERE target = ? ORDER BY id", "i",
                       t->id);
}

fm_status fm_intent_next(fm_cursor *cursor, fm_intent_row *row, fm_error *err)
{
    *row = (fm_intent_row){0};
    fm_status status = fm_db_next(cursor, err);
    if (status != FM_PENDING)
        return status;
    row->id = fm_db_integer(cursor, 0);
    row->key = fm_db_text(cursor, 1);
    row->kind = fm_db_text(cursor, 2);
    row->uid = fm_db_text(cursor, 3);
    row->href = fm_db_text(cursor, 4);
    row->etag = fm_db_text(cursor, 5);
    row->doc = fm_db_bytes(cursor, 6, &row->doc_len);
    return status;
}

fm_status fm_target_drop_intent(fm_target *t, int64_t id, fm_error *err)
{
    return fm_db_run(t->state, err, "DELETE FROM intent WHERE id = ? AND target = ?", "ii", id, t->id);
}
