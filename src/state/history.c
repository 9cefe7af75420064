#include "state/db.h"

fm_status fm_state_add_history(fm_state *s, const fm_history_row *row, fm_error *err)
{
    return fm_db_run(
        s, err,
        "INSERT INTO history (time, target, key, field, side, action, reason, value, run, cause, decided_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "sssssssbiss", row->time, row->target, row->key, row->field, row->side, row->action, row->reason, row->value,
        row->value_len, row->run, row->cause, row->decided_by);
}

#define HISTORY_COLUMNS                                                                                                \
    "SELECT time, target, key, field, side, action, reason, value, run, cause, decided_by FROM history "

fm_status fm_state_history(fm_cursor **out, fm_state *s, const char *key, int64_t run, int64_t limit, fm_error *err)
{
    static const char all[] = HISTORY_COLUMNS "ORDER BY id DESC LIMIT ?";
    static const char of_key[] = HISTORY_COLUMNS "WHERE key = ? ORDER BY id DESC LIMIT ?";
    static const char of_run[] = HISTORY_COLUMNS "WHERE run = ? ORDER BY id DESC LIMIT ?";
    static const char of_both[] = HISTORY_COLUMNS "WHERE key = ? AND run = ? ORDER BY id DESC LIMIT ?";
    if (limit < 0)
        limit = INT64_MAX;
    if (key && run >= 0)
        return fm_db_query(out, s, err, of_both, "sii", key, run, limit);
    if (key)
        return fm_db_query(out, s, err, of_key, "si", key, limit);
    if (run >= 0)
        return fm_db_query(out, s, err, of_run, "ii", run, limit);
    return fm_db_query(out, s, err, all, "i", limit);
}

fm_status fm_history_next(fm_cursor *cursor, fm_history_row *row, fm_error *err)
{
    *row = (fm_history_row){0};
    fm_status status = fm_db_next(cursor, err);
    if (status != FM_PENDING)
        return status;
    row->time = fm_db_text(cursor, 0);
    row->target = fm_db_text(cursor, 1);
    row->key = fm_db_text(cursor, 2);
    row->field = fm_db_text(cursor, 3);
    row->side = fm_db_text(cursor, 4);
    row->action = fm_db_text(cursor, 5);
    row->reason = fm_db_text(cursor, 6);
    row->value = fm_db_bytes(cursor, 7, &row->value_len);
    row->run = fm_db_integer(cursor, 8);
    row->cause = fm_db_text(cursor, 9);
    row->decided_by = fm_db_text(cursor, 10);
    return status;
}
