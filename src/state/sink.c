/*
 * The remote rows as a provider's sink. A transaction is opened at the first row of a page that has to
 * be written, so that a run which finds nothing new takes no lock and writes nothing. Which rows a
 * listing has shown is kept in the temporary table `seen`, in memory.
 */
#include "state/sqlite.h"
#include "util/buf.h"

#include <stdlib.h>
#include <string.h>

struct fm_remote_sink {
    fm_target *target;
    const fm_provider *provider;
    fm_sink_mode mode;
    fm_db_page page;
    bool has_token; /* the target has one; if not, a complete listing is under way */
    char *asked;    /* href of the last question for an ETag */
    char *known;    /* and the ETag answered */
    int64_t known_id;
    fm_remote_counts counts;
};

/* A row as far as it is compared with what comes in. */
typedef struct known_row {
    int64_t id; /* 0: there is none */
    bool gone;
    bool same_text;
} known_row;

static fm_status open_page(fm_remote_sink *sink, fm_error *err)
{
    return sink->page.open ? FM_OK : fm_db_page_begin(&sink->page, sink->target->state, err);
}

static fm_status find_row(known_row *row, fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    fm_cursor *cursor = NULL;
    *row = (known_row){0};
    fm_status status = fm_db_query(&cursor, sink->target->state, err,
                                   "SELECT id, gone, text FROM remote LEFT JOIN remote_text ON remote = id"
                                   " WHERE target = ? AND href = ?",
                                   "is", sink->target->id, object->href);
    if (!status)
        status = fm_db_next(cursor, err);
    if (status == FM_PENDING) {
        size_t len;
        row->id = fm_db_integer(cursor, 0);
        row->gone = fm_db_integer(cursor, 1) != 0;
        const char *text = fm_db_bytes(cursor, 2, &len);
        row->same_text = text && object->text && len == object->text_len && memcmp(text, object->text, len) == 0;
        status = FM_OK;
    }
    fm_cursor_free(cursor);
    return status;
}

static fm_status note_seen(fm_remote_sink *sink, int64_t id, fm_error *err)
{
    if (sink->mode == FM_SINK_FETCH)
        return FM_OK;
    return fm_db_run(sink->target->state, err, "INSERT OR IGNORE INTO seen VALUES (?)", "i", id);
}

/* ------------------------------------------------------------------ objects */

static fm_status take_deleted(fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    known_row row;
    fm_status status = find_row(&row, sink, object, err);
    if (status || !row.id || (row.gone && sink->mode == FM_SINK_CHANGES))
        return status;
    status = open_page(sink, err);
    if (!status && sink->mode == FM_SINK_FETCH)
        status = fm_db_run(sink->target->state, err, "DELETE FROM remote WHERE id = ?", "i", row.id);
    else if (!status)
        status = fm_db_run(sink->target->state, err,
                           "UPDATE remote SET gone = 1, pending = 1, unconfirmed = 0 WHERE id = ?", "i", row.id);
    sink->counts.deleted += !status;
    return status;
}

/* The id of a row, 0 where there is none. Most often it is the one whose ETag was asked for a moment ago. */
static fm_status find_id(int64_t *id, fm_remote_sink *sink, const char *href, fm_error *err)
{
    if (sink->asked && strcmp(sink->asked, href) == 0) {
        *id = sink->known_id;
        return FM_OK;
    }
    fm_cursor *cursor = NULL;
    *id = 0;
    fm_status status = fm_db_query(&cursor, sink->target->state, err,
                                   "SELECT id FROM remote WHERE target = ? AND href = ?", "is", sink->target->id, href);
    if (!status)
        status = fm_db_next(cursor, err);
    if (status == FM_PENDING) {
        *id = fm_db_integer(cursor, 0);
        status = FM_OK;
    }
    fm_cursor_free(cursor);
    return status;
}

static fm_status take_seen(fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    int64_t id;
    fm_status status = find_id(&id, sink, object->href, err);
    if (!status && id)
        status = note_seen(sink, id, err);
    sink->counts.seen += !status;
    return status;
}

/* The UID of an object that came without it; an object that cannot be read has none. */
static fm_status find_uid(fm_event *event, const fm_remote_sink *sink, const fm_object *object, const char **uid)
{
    *uid = object->uid;
    if (*uid || !sink->provider || !object->text)
        return FM_OK;
    fm_status status = fm_provider_decode(sink->provider, object->text, object->text_len, event, NULL);
    *uid = event->uid;
    return status == FM_ENOMEM ? status : FM_OK;
}

static fm_status put_row(fm_remote_sink *sink, const fm_object *object, bool pending, fm_error *err)
{
    fm_event event = {0};
    fm_remote_row row = {.href = object->href,
                         .etag = object->etag,
                         .text = object->text,
                         .text_len = object->text_len,
                         .pending = pending};
    fm_status status = find_uid(&event, sink, object, &row.uid);
    if (status)
        fm_error_set(err, status, FM_STATE_DOMAIN, "out of memory");
    else
        status = fm_target_put_remote(sink->target, &row, err);
    fm_event_clear(&event);
    return status;
}

static fm_status touch_etag(fm_remote_sink *sink, int64_t id, const char *etag, fm_error *err)
{
    return fm_db_run(sink->target->state, err, "UPDATE remote SET etag = ?1 WHERE id = ?2 AND etag IS NOT ?1", "si",
                     etag, id);
}

static fm_status take_changed(fm_remote_sink *sink, const fm_object *object, fm_error *err)
{
    known_row row;
    fm_status status = find_row(&row, sink, object, err);
    if (!status)
        status = open_page(sink, err);
    if (status)
        return status;
    bool unchanged = row.same_text && !row.gone && sink->mode == FM_SINK_CHANGES;
    if (unchanged)
        status = touch_etag(sink, row.id, object->etag, err);
    else
        status = put_row(sink, object, sink->mode == FM_SINK_CHANGES, err);
    if (!status && !row.id)
        status = find_row(&row, sink, object, err); /* its id */
    if (!status)
        status = note_seen(sink, row.id, err);
    if (!status && unchanged)
        sink->counts.seen++;
    else if (!status)
        sink->counts.changed++;
    return status;
}

static fm_status sink_object(void *data, const fm_object *object, fm_error *err)
{
    fm_remote_sink *sink = data;
    switch (object->kind) {
    case FM_OBJECT_DELETED:
        return take_deleted(sink, object, err);
    case FM_OBJECT_SEEN:
        return take_seen(sink, object, err);
    case FM_OBJECT_CHANGED:
        break;
    }
    return take_changed(sink, object, err);
}

static void forget_asked(fm_remote_sink *sink)
{
    free(sink->asked);
    free(sink->known);
    sink->asked = NULL;
    sink->known = NULL;
    sink->known_id = 0;
}

static const char *sink_known_etag(void *data, const char *href)
{
    fm_remote_sink *sink = data;
    fm_cursor *cursor = NULL;
    forget_asked(sink);
    fm_status status = fm_db_query(&cursor, sink->target->state, NULL,
                                   "SELECT id, etag FROM remote WHERE target = ? AND href = ? AND gone = 0", "is",
                                   sink->target->id, href);
    if (!status)
        status = fm_db_next(cursor, NULL);
    const char *etag = status == FM_PENDING ? fm_db_text(cursor, 1) : NULL;
    if (etag) {
        sink->known_id = fm_db_integer(cursor, 0);
        sink->asked = strdup(href);
        sink->known = strdup(etag);
    }
    fm_cursor_free(cursor);
    return sink->known;
}

/* ------------------------------------------------------------------ pages */

static fm_status mark_missing(fm_remote_sink *sink, fm_error *err)
{
    static const char missing[] = "SELECT count(*) FROM remote WHERE target = ? AND gone = 0"
                                  " AND id NOT IN (SELECT id FROM seen)";
    fm_state *s = sink->target->state;
    fm_cursor *cursor = NULL;
    int64_t count = 0;
    fm_status status = fm_db_query(&cursor, s, err, missing, "i", sink->target->id);
    if (!status)
        status = fm_db_next(cursor, err);
    if (status == FM_PENDING) {
        count = fm_db_integer(cursor, 0);
        status = FM_OK;
    }
    fm_cursor_free(cursor);
    if (status || !count)
        return status;
    status = open_page(sink, err);
    if (!status)
        status = fm_db_run(s, err,
                           "UPDATE remote SET gone = 1, pending = 1, unconfirmed = 0 WHERE target = ? AND gone = 0"
                           " AND id NOT IN (SELECT id FROM seen)",
                           "i", sink->target->id);
    sink->counts.deleted += status ? 0 : (size_t)count;
    return status;
}

/* Rows that fmcal made itself and that the listing has shown are confirmed. */
static fm_status confirm_seen(fm_remote_sink *sink, fm_error *err)
{
#define SEEN " FROM remote WHERE target = ? AND unconfirmed = 1 AND id IN (SELECT id FROM seen)"
    fm_state *s = sink->target->state;
    fm_cursor *cursor = NULL;
    fm_status status = fm_db_query(&cursor, s, err, "SELECT 1" SEEN " LIMIT 1", "i", sink->target->id);
    if (!status)
        status = fm_db_next(cursor, err);
    bool any = status == FM_PENDING;
    fm_cursor_free(cursor);
    if (!any)
        return status;
    status = open_page(sink, err);
    if (!status)
        status = fm_db_run(s, err, "UPDATE remote SET unconfirmed = 0 WHERE id IN (SELECT id" SEEN ")", "i",
                           sink->target->id);
    return status;
#undef SEEN
}

/* A token of a listing that is not complete would hide what the rest of it would have shown as missing. */
static fm_status keep_token(fm_remote_sink *sink, const char *token, bool complete, fm_error *err)
{
    if (token && !complete && !sink->has_token)
        return FM_OK;
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
    fm_status status = complete ? mark_missing(sink, err) : FM_OK;
    if (!status)
        status = confirm_seen(sink, err);
    if (!status)
        status = keep_token(sink, token, complete, err);
    status = fm_db_page_end(&sink->page, status, err);
    if (!status && complete)
        sink->counts.full = true;
    return status;
}

/* ------------------------------------------------------------------ life */

fm_status fm_remote_sink_new(fm_remote_sink **out, fm_target *t, fm_sink_mode mode, const fm_provider *provider,
                             fm_error *err)
{
    *out = NULL;
    if (t->state->sink_active)
        return fm_error_set(err, FM_EINVAL, FM_STATE_DOMAIN, "the state is taking changes in already");
    char *token = NULL;
    fm_status status = fm_target_token(&token, t, err);
    if (!status)
        status = fm_db_run(t->state, err, "DELETE FROM seen", "");
    fm_remote_sink *sink = status ? NULL : calloc(1, sizeof *sink);
    if (!status && !sink)
        status = fm_error_set(err, FM_ENOMEM, FM_STATE_DOMAIN, "out of memory");
    if (sink) {
        *sink = (fm_remote_sink){.target = t, .provider = provider, .mode = mode, .has_token = token != NULL};
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
    free(sink);
}
