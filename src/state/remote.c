#include "state/db.h"

#define NARROW "SELECT href, uid, etag, pending, gone, NULL, unread FROM remote "
#define WIDE   "SELECT href, uid, etag, pending, gone, text, unread FROM remote LEFT JOIN remote_text ON remote = id "

fm_status fm_target_remote(fm_cursor **out, fm_target *t, const char *href, fm_error *err)
{
    return fm_db_query(out, t->state, err, WIDE "WHERE target = ? AND href = ?", "is", t->id, href);
}

fm_status fm_target_remote_by_uid(fm_cursor **out, fm_target *t, const char *uid, fm_error *err)
{
    return fm_db_query(out, t->state, err, WIDE "WHERE target = ? AND uid = ? ORDER BY href", "is", t->id, uid);
}

fm_status fm_target_remotes(fm_cursor **out, fm_target *t, fm_error *err)
{
    return fm_db_query(out, t->state, err, NARROW "WHERE target = ? ORDER BY href", "i", t->id);
}

fm_status fm_target_unbased(fm_cursor **out, fm_target *t, fm_error *err)
{
    return fm_db_query(out, t->state, err,
                       NARROW "WHERE target = ?1 AND gone = 0 AND NOT EXISTS"
                              " (SELECT 1 FROM base WHERE base.target = ?1 AND base.uid = remote.uid"
                              " AND (base.href IS NULL OR base.href = remote.href)) ORDER BY href",
                       "i", t->id);
}

fm_status fm_target_pending(fm_cursor **out, fm_target *t, fm_error *err)
{
    return fm_db_query(out, t->state, err, NARROW "WHERE target = ? AND pending = 1 ORDER BY href", "i", t->id);
}

fm_status fm_target_unread(fm_cursor **out, fm_target *t, fm_error *err)
{
    return fm_db_query(out, t->state, err, NARROW "WHERE target = ? AND unread IS NOT NULL ORDER BY href", "i", t->id);
}

fm_status fm_remote_next(fm_cursor *cursor, fm_remote_row *row, fm_error *err)
{
    *row = (fm_remote_row){0};
    fm_status status = fm_db_next(cursor, err);
    if (status != FM_PENDING)
        return status;
    row->href = fm_db_text(cursor, 0);
    row->uid = fm_db_text(cursor, 1);
    row->etag = fm_db_text(cursor, 2);
    row->pending = fm_db_integer(cursor, 3) != 0;
    row->gone = fm_db_integer(cursor, 4) != 0;
    row->text = fm_db_bytes(cursor, 5, &row->text_len);
    row->unread = fm_db_text(cursor, 6);
    return status;
}

fm_status fm_remote_put(int64_t *id, fm_target *t, const fm_remote_row *row, fm_error *err)
{
    fm_status status = fm_db_run(
        t->state, err,
        "INSERT INTO remote (target, href, uid, etag, pending, gone, unread) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (target, href) DO UPDATE SET uid = excluded.uid, etag = excluded.etag,"
        " pending = excluded.pending, gone = excluded.gone, unread = excluded.unread, doubt = 0",
        "isssiis", t->id, row->href, row->uid, row->etag, (int64_t)row->pending, (int64_t)row->gone, row->unread);
    if (!status && !*id)
        *id = t->state->driver->inserted(t->state);
    if (status || !row->text)
        return status;
    return fm_db_run(t->state, err,
                     "INSERT INTO remote_text (remote, text) VALUES (?, ?)"
                     " ON CONFLICT (remote) DO UPDATE SET text = excluded.text",
                     "ib", *id, row->text, row->text_len);
}

fm_status fm_target_put_remote(fm_target *t, const fm_remote_row *row, fm_error *err)
{
    int64_t id;
    fm_db_page page;
    fm_status status = fm_db_page_begin(&page, t->state, err);
    if (!status)
        status = fm_db_number(&id, t->state, err, "SELECT id FROM remote WHERE target = ? AND href = ?", "is", t->id,
                              row->href);
    if (!status)
        status = fm_remote_put(&id, t, row, err);
    return fm_db_page_end(&page, status, err);
}

fm_status fm_target_unconfirmed(fm_cursor **out, fm_target *t, fm_error *err)
{
    return fm_db_query(out, t->state, err, NARROW "WHERE target = ? AND unconfirmed = 1 ORDER BY href", "i", t->id);
}

static fm_status set_unconfirmed(fm_target *t, const char *href, int64_t value, fm_error *err)
{
    return fm_db_run(t->state, err, "UPDATE remote SET unconfirmed = ? WHERE target = ? AND href = ?", "iis", value,
                     t->id, href);
}

fm_status fm_target_expect(fm_target *t, const char *href, fm_error *err)
{
    return set_unconfirmed(t, href, 1, err);
}

fm_status fm_target_confirm(fm_target *t, const char *href, fm_error *err)
{
    return set_unconfirmed(t, href, 0, err);
}

fm_status fm_target_delete_remote(fm_target *t, const char *href, fm_error *err)
{
    return fm_db_run(t->state, err, "DELETE FROM remote WHERE target = ? AND href = ?", "is", t->id, href);
}

fm_status fm_target_settle(fm_target *t, const char *href, fm_error *err)
{
    fm_status status =
        fm_db_run(t->state, err, "DELETE FROM remote WHERE target = ? AND href = ? AND gone = 1", "is", t->id, href);
    if (status)
        return status;
    return fm_db_run(t->state, err, "UPDATE remote SET pending = 0 WHERE target = ? AND href = ? AND pending = 1", "is",
                     t->id, href);
}
