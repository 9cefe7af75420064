/*
 * What has an id when an answer does not say: after a lost reply or a server error, and after 404, 409 and 412.
 */
#include "provider/google/reread.h"
#include "provider/google/event/json.h"
#include "provider/google/event_path.h"
#include "provider/google/presence.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static bool has_uid(const fm_json_span *event, const char *uid)
{
    char *found = NULL;
    bool same = !fm_google_uid(&found, event, NULL) && found && strcmp(found, uid) == 0;
    free(found);
    return same;
}

/* Whether what is there is what the write was to leave there. */
static bool is_as_asked(const fm_google_job *job, const fm_json_span *event)
{
    fm_json_span text = {job->base.write->text, job->base.write->text_len};
    return fm_google_same_event(&text, event, job->apply->op.p->base.zones);
}

/* The id of a deleted event stays taken: the event is brought back under it (events.update with its sequence). */
static void revive(fm_google_job *job, const fm_json_span *event)
{
    fm_json_span sequence;
    job->verb = FM_GOOGLE_REVIVE;
    job->sequence = fm_google_member(&sequence, event, "sequence") ? strtoll(sequence.at, NULL, 10) : -1;
    free(job->etag);
    if (fm_google_string(&job->etag, event, "etag")) {
        fm_remote_apply_no_memory(job->apply);
        return;
    }
    fm_google_job_send(job);
}

/* The id is ours alone, so whoever took the property off the event changed our event. */
static void name_taken(fm_google_job *job)
{
    fm_error error = {0};
    fm_error_set(&error, FM_EEXIST, FM_GOOGLE_DOMAIN,
                 "the event %s has lost its private property \"uid\", another program seems to have replaced it: "
                 "delete that event, then it is made again",
                 job->id);
    fm_batch_refused(&job->base, &error);
}

static void on_there_to_create(fm_google_job *job, const fm_json_span *event)
{
    if (fm_google_is_cancelled(event))
        revive(job, event);
    else if (!has_uid(event, job->base.write->uid))
        name_taken(job);
    else if (is_as_asked(job, event))
        fm_google_job_done(job, event);
    else
        fm_google_job_changed(job, event);
}

/* An update that was plainly refused is not ours, however alike what is there looks. */
static void on_there_to_change(fm_google_job *job, const fm_json_span *event)
{
    bool updates = job->base.write->kind == FM_WRITE_UPDATE;
    bool untouched = job->base.write->etag && fm_google_is(event, "etag", job->base.write->etag);
    if (fm_google_is_cancelled(event)) {
        if (updates)
            fm_batch_gone(&job->base);
        else
            fm_google_job_done(job, NULL);
    } else if (job->unknown && (untouched || !job->base.write->etag)) {
        fm_google_job_send(job);
    } else if (updates && job->base.lost && is_as_asked(job, event)) {
        fm_google_job_done(job, event);
    } else {
        fm_google_job_changed(job, event);
    }
}

static void on_presence(void *data, const fm_google_result *result)
{
    fm_google_job *job = data;
    if (!result->status)
        fm_batch_gone(&job->base);
    else if (fm_status_is_transient(result->status))
        fm_batch_failed(&job->base, &result->error);
    else
        fm_remote_apply_fail(job->apply, &result->error);
}

/* The event is not there, and not as a deleted one either: is the calendar? */
static void ask_presence(fm_google_job *job)
{
    fm_error err = {0};
    if (fm_google_ask_presence(&job->apply->op, on_presence, job, &err))
        fm_remote_apply_fail(job->apply, &err);
}

static void on_not_there(fm_google_job *job)
{
    if (job->base.write->kind == FM_WRITE_CREATE) {
        job->verb = FM_GOOGLE_INSERT;
        fm_text_set(&job->etag, NULL);
        fm_google_job_send(job);
    } else if (job->base.write->kind == FM_WRITE_UPDATE) {
        ask_presence(job);
    } else {
        fm_google_job_done(job, NULL);
    }
}

static void on_event(void *data, const fm_google_result *result)
{
    fm_google_job *job = data;
    if (result->code == 404 || result->code == 410)
        on_not_there(job);
    else if (result->status == FM_EAUTH || result->status == FM_ENOMEM)
        fm_remote_apply_fail(job->apply, &result->error);
    else if (result->status)
        fm_batch_failed(&job->base, &result->error);
    else if (job->base.write->kind == FM_WRITE_CREATE)
        on_there_to_create(job, &result->body);
    else
        on_there_to_change(job, &result->body);
}

bool fm_google_is_job_s(const void *job, const fm_json_span *body)
{
    return fm_google_is(body, "id", ((const fm_google_job *)job)->id);
}

void fm_google_reread(fm_google_job *job)
{
    fm_buf path;
    fm_error err = {0};
    fm_google_event_path(&path, fm_google_of(&job->apply->op), job->id, "prettyPrint=false");
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "reading the event again",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .is_answer = fm_google_is_job_s,
                                 .done = on_event,
                                 .data = job};
    if (path.status ? fm_error_no_memory(&err, FM_GOOGLE_DOMAIN) : fm_google_submit(&job->apply->op, &request, &err))
        fm_remote_apply_fail(job->apply, &err);
    fm_buf_free(&path);
}
