/*
 * The remote rows as a provider's sink. A transaction is opened at the first row of a page that has to
 * be written, so that a run which finds nothing new takes no lock and writes nothing. What a listing has shown,
 * and what follows for the rows that it has not, is absence.c's.
 */
#include "state/absence.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

struct fm_remote_sink {
    fm_target *target;
    fm_sink_mode mode;
    fm_db_page page;
    fm_absence absence;
    bool read_again;    /* the next listing has to be a full one */
    bool has_token;     /* the target has one; if not, a complete listing is under way */
    char *asked;        /* href of the last question for an ETag */
    char *known;        /* and the ETag answered */
    int64_t known_id;   /* the row's id, 0: there is none */
    bool known_missing; /* and whether it was missing from the last listing */
    fm_remote_counts counts;
};

/* A row as far as it is compared with what comes in. */
typedef struct known_row {
    int64_t id; /* 0: there is none */
    bool gone;
    bool unread;
    bool same_text;
    bool same_etag; /* both have one, and it is the same */
    bool no_etag;   /* one of the two has none */
} known_row;

static fm_status open_page(fm_remote_sink *sink, fm_error *err)
{
    return sink->page.open ? FM_OK : fm_db_page_begin(&sink->page, sink->target->state, err);
}

static fm_status find_row(known_row *row, fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    fm_cursor *cursor;
    *row = (known_row){0};
    fm_status status = fm_db_row(&cursor, sink->target->state, err,
                                 "SELECT id, gone, text, unread, etag FROM remote LEFT JOIN remote_text ON remote = id"
                                 " WHERE target = ? AND href = ?",
                                 "is", sink->target->id, object->href);
    if (status == FM_PENDING) {
        size_t len;
        row->id = fm_db_integer(cursor, 0);
        row->gone = fm_db_integer(cursor, 1) != 0;
        const char *text = fm_db_bytes(cursor, 2, &len);
        const char *etag = fm_db_text(cursor, 4);
        row->unread = fm_db_text(cursor, 3) != NULL;
        row->no_etag = !etag || !object->etag;
        row->same_etag = !row->no_etag && strcmp(etag, object->etag) == 0;
        row->same_text = text && object->text && len == object->text_len && memcmp(text, object->text, len) == 0;
        status = FM_OK;
    }
    fm_cursor_free(cursor);
    return status;
}

static fm_status note_seen(fm_remote_sink *sink, int64_t id, fm_error *err)
{
    return sink->mode == FM_SINK_FETCH ? FM_OK : fm_absence_shown(&sink->absence, id, err);
}

static void forget_asked(fm_remote_sink *sink)
{
    free(sink->asked);
    free(sink->known);
    sink->asked = sink->known = NULL;
    sink->known_id = 0;
    sink->known_missing = false;
}

/* ------------------------------------------------------------------ objects */

static fm_status take_deleted(fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    known_row row;
    fm_status status = find_row(&row, sink, object, err);
    if (status || !row.id)
        return status;
    if (sink->mode != FM_SINK_FETCH)
        return fm_absence_named(&sink->absence, row.id, err);
    status = open_page(sink, err);
    if (!status)
        status = fm_db_run(sink->target->state, err, "DELETE FROM remote WHERE id = ?", "i", row.id);
    sink->counts.deleted += !status;
    return status;
}

/* Looks a row up by its href. Most often it is the one whose ETag was asked for a moment ago. */
static fm_status look_up(fm_remote_sink *sink, const char *href, fm_error *err)
{
    fm_cursor *cursor;
    if (sink->asked && strcmp(sink->asked, href) == 0)
        return FM_OK;
    forget_asked(sink);
    fm_status status = fm_db_row(
        &cursor, sink->target->state, err,
        "SELECT id, doubt, CASE WHEN gone = 1 THEN NULL WHEN unread IS NULL THEN etag ELSE coalesce(etag, '') END"
        " FROM remote WHERE target = ? AND href = ?",
        "is", sink->target->id, href);
    if (status == FM_PENDING) {
        const char *etag = fm_db_text(cursor, 2);
        sink->known_id = fm_db_integer(cursor, 0);
        sink->known_missing = fm_db_integer(cursor, 1) == FM_DOUBT_MISSING;
        sink->known = etag ? strdup(etag) : NULL;
        status = FM_OK;
    }
    fm_cursor_free(cursor);
    sink->asked = status ? NULL : strdup(href);
    return status;
}

/* A row that was missing is back as it was: who waited for it is to look again. */
static fm_status take_back(fm_remote_sink *sink, int64_t id, fm_error *err)
{
    fm_status status = open_page(sink, err);
    return status ? status
                  : fm_db_run(sink->target->state, err,
                              "UPDATE remote SET doubt = 0, unread = NULL, pending = 1 WHERE id = ?", "i", id);
}

static fm_status take_seen(fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    fm_status status = look_up(sink, object->href, err);
    if (!status && sink->known_id)
        status = note_seen(sink, sink->known_id, err);
    if (!status && sink->known_missing)
        status = take_back(sink, sink->known_id, err);
    sink->counts.seen += !status;
    return status;
}

static fm_status put_row(int64_t *id, fm_remote_sink *sink, const fm_object *object, bool pending, fm_error *err)
{
    const fm_remote_row row = {.href = object->href,
                               .uid = object->uid,
                               .etag = object->etag,
                               .text = object->text,
                               .text_len = object->text_len,
                               .pending = pending};
    return fm_remote_put(id, sink->target, &row, err);
}

static fm_status touch_etag(fm_remote_sink *sink, int64_t id, const char *etag, fm_error *err)
{
    return fm_db_run(sink->target->state, err, "UPDATE remote SET etag = ?1 WHERE id = ?2 AND etag IS DISTINCT FROM ?1",
                     "si", etag, id);
}

static fm_status take_changed(fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    known_row row;
    fm_status status = find_row(&row, sink, object, err);
    if (!status)
        status = open_page(sink, err);
    if (status)
        return status;
    bool unchanged = row.same_text && !row.gone && !row.unread && sink->mode != FM_SINK_FETCH;
    if (unchanged)
        status = touch_etag(sink, row.id, object->etag, err);
    else
        status = put_row(&row.id, sink, object, sink->mode != FM_SINK_FETCH, err);
    forget_asked(sink);
    if (!status)
        status = note_seen(sink, row.id, err);
    if (!status && unchanged)
        sink->counts.seen++;
    else if (!status)
        sink->counts.changed++;
    return status;
}

/* What it held when it could be read stays, with its UID. */
static fm_status put_unread(fm_remote_sink *sink, const fm_object *object, known_row *row, bool suspect, fm_error *err)
{
    fm_status status = open_page(sink, err);
    if (status)
        return status;
    const fm_remote_row made = {
        .href = object->href, .uid = object->uid, .etag = object->etag, .unread = object->why, .pending = true};
    if (!row->id && (status = fm_remote_put(&row->id, sink->target, &made, err)))
        return status;
    return fm_db_run(sink->target->state, err,
                     "UPDATE remote SET unread = ?1, etag = ?2, gone = 0, pending = 1, doubt = CASE WHEN ?3 = 1 THEN 2"
                     " WHEN doubt = 1 THEN 0 ELSE doubt END WHERE id = ?4",
                     "ssii", object->why, object->etag, (int64_t)suspect, row->id);
}

/* An object that could not be read before either, or that has the version which was read, is no other one now. */
static bool is_known_object(const known_row *row)
{
    return row->id && (row->same_etag || (row->unread && row->no_etag));
}

static fm_status take_unread(fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    known_row row;
    sink->counts.unread++;
    sink->read_again = sink->read_again || !object->etag;
    if (sink->mode == FM_SINK_FETCH)
        return FM_OK;
    fm_status status = find_row(&row, sink, object, err);
    bool suspect = !object->uid && !is_known_object(&row);
    if (!status && suspect)
        status = fm_absence_suspect(&sink->absence, object->href, object->why, err);
    if (!status)
        status = put_unread(sink, object, &row, suspect, err);
    forget_asked(sink);
    return status ? status : note_seen(sink, row.id, err);
}

static fm_status sink_object(void *data, const fm_object *object, fm_error *err)
{
    fm_remote_sink *sink = data;
    switch (object->kind) {
    case FM_OBJECT_DELETED:
        return take_deleted(sink, object, err);
    case FM_OBJECT_SEEN:
        return take_seen(sink, object, err);
    case FM_OBJECT_UNREAD:
        return take_unread(sink, object, err);
    case FM_OBJECT_CHANGED:
        break;
    }
    return take_changed(sink, object, err);
}

static const char *sink_known_etag(void *data, const char *href)
{
    fm_remote_sink *sink = data;
    return look_up(sink, href, NULL) ? NULL : sink->known;
}

/* ------------------------------------------------------------------ pages */

/*
 * A token of a listing that is not complete would hide what the rest of it would have shown as missing; a token would
 * also hide that an object can be read now, or that a missing row is back.
 */
static fm_status keep_token(fm_remote_sink *sink, const char *token, bool complete, fm_error *err)
{
    if (token && !complete && !sink->has_token)
        return FM_OK;
    if (sink->read_again)
        token = NULL;
    char *old = NULL;
    fm_status status = fm_target_token(&old, sink->target, err);
    bool same = token == old || (token && old && strcmp(token, old) == 0);
    free(old);
    if (!status && !same) {
        status = open_page(sink, err);
        if (!status)
            status = fm_target_set_token(sink->target, token, err);
    }
    if (!status)
        sink->has_token = token != NULL;
    return status;
}

static fm_status sink_page(void *data, const char *token, bool complete, fm_error *err)
{
    fm_remote_sink *sink = data;
    bool missing = false;
    fm_status status = fm_absence_conclude(&sink->absence, &sink->page, complete, &sink->counts.deleted, err);
    if (!status)
        status = fm_absence_open(&missing, &sink->absence, err);
    sink->read_again = sink->read_again || missing;
    if (!status)
        status = fm_absence_confirm(&sink->absence, &sink->page, err);
    if (!status)
        status = keep_token(sink, token, complete, err);
    status = fm_db_page_end(&sink->page, status, err);
    if (!status && complete)
        sink->counts.full = true;
    return status;
}

/* ------------------------------------------------------------------ life */

fm_status fm_remote_sink_new(fm_remote_sink **out, fm_target *t, fm_sink_mode mode, fm_error *err)
{
    *out = NULL;
    if (t->state->sink_active)
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN, "the state is taking changes in already");
    char *token = NULL;
    fm_absence absence = {0};
    fm_status status = fm_target_token(&token, t, err);
    if (!status)
        status = fm_absence_begin(&absence, t, mode == FM_SINK_CATCH_UP, err);
    fm_remote_sink *sink = status ? NULL : calloc(1, sizeof *sink);
    if (!status && !sink)
        status = fm_error_no_memory(err, FM_STATE_DOMAIN);
    if (sink) {
        *sink = (fm_remote_sink){.target = t, .mode = mode, .absence = absence, .has_token = token != NULL};
        t->state->sink_active = true;
        t->state->references++;
        *out = sink;
    }
    free(token);
    return status;
}

fm_object_sink fm_remote_sink_callbacks(fm_remote_sink *sink)
{
    return (fm_object_sink){.data = sink, .known_etag = sink_known_etag, .object = sink_object, .page = sink_page};
}

fm_status fm_remote_sink_finish(fm_remote_sink *sink, fm_error *err)
{
    return fm_db_page_end(&sink->page, FM_OK, err);
}

fm_remote_counts fm_remote_sink_counts(const fm_remote_sink *sink)
{
    return sink->counts;
}

void fm_remote_sink_free(fm_remote_sink *sink)
{
    if (!sink)
        return;
    fm_db_page_end(&sink->page, FM_ECANCELED, NULL);
    sink->target->state->sink_active = false;
    fm_state_close(sink->target->state); /* gives its reference back */
    forget_asked(sink);
    fm_absence_end(&sink->absence);
    free(sink);
}
