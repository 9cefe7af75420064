#include "state/db.h"

#define BASE                                                                                                           \
    "SELECT base.key, uid, href, status, fingerprint, day, doc FROM base JOIN mark USING (target, key) WHERE target "  \
    "= "                                                                                                               \
    "? "

fm_status fm_target_base(fm_cursor **out, fm_target *t, const char *key, fm_error *err)
{
    return fm_db_query(out, t->state, err, BASE "AND base.key = ?", "is", t->id, key);
}

fm_status fm_target_base_by_uid(fm_cursor **out, fm_target *t, const char *uid, fm_error *err)
{
    return fm_db_query(out, t->state, err, BASE "AND uid = ? ORDER BY base.key", "is", t->id, uid);
}

/* A fingerprint of another length is none: the entry then counts as changed. */
static const unsigned char *fingerprint(fm_cursor *cursor, int column)
{
    size_t len;
    const char *bytes = fm_db_bytes(cursor, column, &len);
    return len == FM_FINGERPRINT_BYTES ? (const unsigned char *)bytes : NULL;
}

fm_status fm_base_next(fm_cursor *cursor, fm_base_row *row, fm_error *err)
{
    *row = (fm_base_row){0};
    fm_status status = fm_db_next(cursor, err);
    if (status != FM_PENDING)
        return status;
    row->key = fm_db_text(cursor, 0);
    row->uid = fm_db_text(cursor, 1);
    row->href = fm_db_text(cursor, 2);
    row->status = fm_db_text(cursor, 3);
    row->fingerprint = fingerprint(cursor, 4);
    row->day = fm_db_text(cursor, 5);
    row->doc = fm_db_bytes(cursor, 6, &row->doc_len);
    return status;
}

fm_status fm_target_bases(fm_cursor **out, fm_target *t, const char *status, fm_error *err)
{
    if (!status)
        return fm_db_query(out, t->state, err, "SELECT key FROM mark WHERE target = ? ORDER BY key", "i", t->id);
    return fm_db_query(out, t->state, err, "SELECT key FROM mark WHERE target = ? AND status = ? ORDER BY key", "is",
                       t->id, status);
}

static fm_status put(fm_target *t, const fm_base_row *row, fm_error *err)
{
    size_t fingerprint_len = row->fingerprint ? FM_FINGERPRINT_BYTES : 0;
    fm_status status = fm_db_run(t->state, err,
                                 "INSERT INTO mark (target, key, fingerprint, status, day) VALUES (?, ?, ?, ?, ?)"
                                 " ON CONFLICT (target, key) DO UPDATE SET fingerprint = excluded.fingerprint,"
                                 " status = excluded.status, day = excluded.day",
                                 "isbss", t->id, row->key, row->fingerprint, fingerprint_len, row->status, row->day);
    if (status)
        return status;
    return fm_db_run(t->state, err,
                     "INSERT INTO base (target, key, uid, href, doc) VALUES (?, ?, ?, ?, ?)"
                     " ON CONFLICT (target, key) DO UPDATE SET uid = excluded.uid, href = excluded.href,"
                     " doc = excluded.doc",
                     "isssb", t->id, row->key, row->uid, row->href, row->doc, row->doc_len);
}

fm_status fm_target_put_base(fm_target *t, const fm_base_row *row, fm_error *err)
{
    fm_db_page page;
    fm_status status = fm_db_page_begin(&page, t->state, err);
    if (!status)
        status = put(t, row, err);
    return fm_db_page_end(&page, status, err);
}

fm_status fm_target_delete_base(fm_target *t, const char *key, fm_error *err)
{
    return fm_db_run(t->state, err, "DELETE FROM mark WHERE target = ? AND key = ?", "is", t->id, key);
}

fm_status fm_target_count(size_t *count, fm_target *t, fm_error *err)
{
    int64_t found;
    fm_status status = fm_db_number(&found, t->state, err, "SELECT count(*) FROM mark WHERE target = ?", "i", t->id);
    *count = (size_t)found;
    return status;
}

fm_status fm_target_fingerprints(fm_target *t, fm_fingerprint_fn fn, void *data, fm_error *err)
{
    fm_cursor *cursor = NULL;
    fm_status status =
        fm_db_query(&cursor, t->state, err,
                    "SELECT key, fingerprint, status, day FROM mark WHERE target = ? ORDER BY key", "i", t->id);
    if (status)
        return status;
    while ((status = fm_db_next(cursor, err)) == FM_PENDING) {
        status = fn(data, fm_db_text(cursor, 0), fingerprint(cursor, 1), fm_db_text(cursor, 2), fm_db_text(cursor, 3));
        if (status < 0) {
            fm_error_set(err, status, FM_STATE_DOMAIN, "comparing with the state %s was ended", t->state->path);
            break;
        }
    }
    fm_cursor_free(cursor);
    return status;
}
