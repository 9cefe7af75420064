#include "state/db.h"

fm_status fm_state_put_run(fm_state *s, const fm_run_row *row, fm_error *err)
{
    return fm_db_run(s, err,
                     "INSERT INTO run (number, time, kind, undoes, who, command, version, rules, status, message)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET time = excluded.time,"
                     " kind = excluded.kind, undoes = excluded.undoes, who = excluded.who, command = excluded.command,"
                     " version = excluded.version, rules = excluded.rules, status = excluded.status,"
                     " message = excluded.message",
                     "ississssis", row->number, row->time, row->kind, row->undoes, row->who, row->command, row->version,
                     row->rules, row->status, row->message);
}

fm_status fm_state_runs(fm_cursor **out, fm_state *s, fm_error *err)
{
    return fm_db_query(out, s, err,
                       "SELECT number, time, kind, undoes, who, command, version, rules, status, message FROM run"
                       " ORDER BY number DESC",
                       "");
}

fm_status fm_run_next(fm_cursor *cursor, fm_run_row *row, fm_error *err)
{
    *row = (fm_run_row){0};
    fm_status status = fm_db_next(cursor, err);
    if (status != FM_PENDING)
        return status;
    row->number = fm_db_integer(cursor, 0);
    row->time = fm_db_text(cursor, 1);
    row->kind = fm_db_text(cursor, 2);
    row->undoes = fm_db_integer(cursor, 3);
    row->who = fm_db_text(cursor, 4);
    row->command = fm_db_text(cursor, 5);
    row->version = fm_db_text(cursor, 6);
    row->rules = fm_db_text(cursor, 7);
    row->status = fm_db_integer(cursor, 8);
    row->message = fm_db_text(cursor, 9);
    return status;
}

fm_status fm_state_put_change(fm_state *s, const fm_change_row *row, fm_error *err)
{
    return fm_db_run(s, err,
                     "INSERT INTO change (run, target, key, reason, decided_by, doc) VALUES (?, ?, ?, ?, ?, ?)"
                     " ON CONFLICT (run, target, key) DO UPDATE SET reason = excluded.reason,"
                     " decided_by = excluded.decided_by, doc = excluded.doc",
                     "issssb", row->run, row->target, row->key, row->reason, row->decided_by, row->doc, row->doc_len);
}

#define CHANGE_COLUMNS "SELECT run, target, key, reason, decided_by, doc FROM change "
#define CHANGE_ORDER   "ORDER BY run DESC, target, key"

fm_status fm_state_changes(fm_cursor **out, fm_state *s, const char *key, int64_t run, fm_error *err)
{
    static const char all[] = CHANGE_COLUMNS CHANGE_ORDER;
    static const char of_key[] = CHANGE_COLUMNS "WHERE key = ? " CHANGE_ORDER;
    static const char of_run[] = CHANGE_COLUMNS "WHERE run = ? " CHANGE_ORDER;
    static const char of_both[] = CHANGE_COLUMNS "WHERE key = ? AND run = ? " CHANGE_ORDER;
    if (key && run >= 0)
        return fm_db_query(out, s, err, of_both, "si", key, run);
    if (key)
        return fm_db_query(out, s, err, of_key, "s", key);
    if (run >= 0)
        return fm_db_query(out, s, err, of_run, "i", run);
    return fm_db_query(out, s, err, all, "");
}

fm_status fm_change_next(fm_cursor *cursor, fm_change_row *row, fm_error *err)
{
    *row = (fm_change_row){0};
    fm_status status = fm_db_next(cursor, err);
    if (status != FM_PENDING)
        return status;
    row->run = fm_db_integer(cursor, 0);
    row->target = fm_db_text(cursor, 1);
    row->key = fm_db_text(cursor, 2);
    row->reason = fm_db_text(cursor, 3);
    row->decided_by = fm_db_text(cursor, 4);
    row->doc = fm_db_bytes(cursor, 5, &row->doc_len);
    return status;
}

static fm_status forget(int64_t *runs, fm_state *s, const char *before, int64_t below, fm_error *err)
{
    fm_status status =
        fm_db_number(runs, s, err, "SELECT count(*) FROM run WHERE time < ? AND number < ?", "si", before, below);
    if (!status)
        status = fm_db_run(s, err, "DELETE FROM history WHERE time < ? AND run < ?", "si", before, below);
    if (!status)
        status =
            fm_db_run(s, err, "DELETE FROM change WHERE run IN (SELECT number FROM run WHERE time < ? AND number < ?)",
                      "si", before, below);
    if (!status)
        status = fm_db_run(s, err, "DELETE FROM run WHERE time < ? AND number < ?", "si", before, below);
    return status;
}

fm_status fm_state_prune(size_t *runs, fm_state *s, const char *before, int64_t below, fm_error *err)
{
    fm_db_page page;
    int64_t found = 0;
    fm_status status = fm_db_page_begin(&page, s, err);
    if (!status)
        status = forget(&found, s, before, below, err);
    status = fm_db_page_end(&page, status, err);
    *runs = status ? 0 : (size_t)found;
    return status;
}
