#include "provider/google/apply_impl.h"
#include "provider/google/body.h"
#include "provider/google/event_path.h"
#include "provider/google/exceptions.h"
#include "provider/google/reread.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Writing requests for one id before the write is given up. */
#define TRIES_MAX 3
#define BODY_MAX  ((size_t)4 << 20)

/* ------------------------------------------------------------------ outcomes */

/* Google answers a write with what it made of it, which saves reading it. False where memory runs out. */
static bool keep_answer(fm_write *write, const fm_json_span *event)
{
    fm_json_span start;
    if (!fm_google_member(&start, event, "start") || fm_google_is_cancelled(event))
        return true;
    write->current_text = strndup(event->at, event->len);
    write->current_len = event->len;
    return write->current_text != NULL;
}

void fm_google_job_done(fm_google_job *job, const fm_json_span *event)
{
    fm_write *write = job->base.write;
    fm_status status = event ? fm_google_string(&write->new_etag, event, "etag") : FM_OK;
    if (!status && event && !keep_answer(write, event))
        status = FM_ENOMEM;
    if (!status && write->kind == FM_WRITE_CREATE)
        status = fm_text_set(&write->new_href, job->id);
    if (status)
        fm_remote_apply_no_memory(job->apply);
    else
        fm_batch_conclude(&job->base, FM_OUTCOME_DONE);
}

void fm_google_job_changed(fm_google_job *job, const fm_json_span *event)
{
    fm_write *write = job->base.write;
    write->current_text = strndup(event->at, event->len);
    write->current_len = event->len;
    if (!write->current_text || fm_google_string(&write->new_etag, event, "etag") ||
        fm_text_set(&write->new_href, job->id))
        fm_remote_apply_no_memory(job->apply);
    else
        fm_batch_conclude(&job->base, FM_OUTCOME_CHANGED);
}

/* ------------------------------------------------------------------ answers */

/* A server error, or no answer to a request that may have arrived: what it did is not known. */
static bool is_unknown(const fm_google_result *result)
{
    return result->code ? result->code >= 500 && result->code != 501 && result->code != 503 : result->maybe_done;
}

/* Failures of the sign-in or of memory: every further write would share them. */
static bool ends_all(const fm_google_job *job, const fm_google_result *result)
{
    bool no_calendar = job->verb == FM_GOOGLE_INSERT && (result->code == 404 || result->code == 410);
    return result->status == FM_EAUTH || result->status == FM_ENOMEM || no_calendar;
}

/* An answer that says that something else has the id, or nothing. */
static bool is_contradiction(const fm_google_result *result)
{
    return result->code == 409 || result->code == 412 || result->code == 404 || result->code == 410;
}

static void next_id(fm_google_job *job);

static void on_failure(fm_google_job *job, const fm_google_result *result)
{
    job->reason = result->error;
    job->unknown = is_unknown(result);
    job->base.lost = job->base.lost || result->maybe_done || job->unknown;
    if (ends_all(job, result))
        fm_remote_apply_fail(job->apply, &result->error);
    else if (job->unknown || is_contradiction(result))
        fm_google_reread(job);
    else if (fm_status_is_transient(result->status))
        fm_batch_failed(&job->base, &result->error);
    else if (job->verb == FM_GOOGLE_REVIVE && (result->code == 403 || result->code == 400))
        next_id(job);
    else
        fm_batch_refused(&job->base, &result->error);
}

static void on_written(void *data, const fm_google_result *result)
{
    fm_google_job *job = data;
    bool gone = result->code == 404 || result->code == 410;
    if (job->verb == FM_GOOGLE_DELETE && (!result->status || gone))
        fm_google_job_done(job, NULL);
    else if (result->status)
        on_failure(job, result);
    else if (job->verb == FM_GOOGLE_PATCH && fm_google_is_cancelled(&result->body))
        fm_batch_gone(&job->base);
    else
        fm_google_job_done(job, &result->body);
}

/* ------------------------------------------------------------------ requests */

static fm_status submit(fm_google_job *job, fm_error *err)
{
    static const struct {
        const char *method, *what;
    } verbs[] = {
        [FM_GOOGLE_INSERT] = {"POST", "creating the event"},
        [FM_GOOGLE_REVIVE] = {"PUT", "restoring the event"},
        [FM_GOOGLE_PATCH] = {"PATCH", "updating the event"},
        [FM_GOOGLE_DELETE] = {"DELETE", "deleting the event"},
    };
    fm_buf path, body;
    fm_buf_init(&body, BODY_MAX);
    fm_google_event_path(&path, fm_google_of(&job->apply->op), job->verb == FM_GOOGLE_INSERT ? NULL : job->id,
                         "sendUpdates=none&prettyPrint=false");
    fm_status status = path.status ? fm_error_no_memory(err, FM_GOOGLE_DOMAIN) : FM_OK;
    if (!status && job->verb != FM_GOOGLE_DELETE)
        status = fm_google_body(&body, job, err);
    fm_google_request request = {
        .method = verbs[job->verb].method,
        .path = path.data,
        .what = verbs[job->verb].what,
        .body = job->verb == FM_GOOGLE_DELETE ? NULL : &body,
        .if_match = job->etag,
        .retry = FM_HTTP_RETRY_UNSENT | FM_HTTP_RETRY_REFUSED,
        .is_answer = fm_google_is_job_s,
        .done = on_written,
        .data = job,
    };
    if (!status)
        status = fm_google_submit(&job->apply->op, &request, err);
    fm_buf_free(&path);
    fm_buf_free(&body);
    return status;
}

void fm_google_job_send(fm_google_job *job)
{
    fm_error err = {0};
    if (job->tries++ >= TRIES_MAX) {
        fm_batch_failed(&job->base, &job->reason);
        return;
    }
    fm_status status = submit(job, &err);
    if (status == FM_EINVAL || status == FM_ELIMIT)
        fm_batch_refused(&job->base, &err);
    else if (status)
        fm_remote_apply_fail(job->apply, &err);
}

static void insert(fm_google_job *job, fm_error *err)
{
    char id[FM_GOOGLE_ID_MAX];
    fm_status status = fm_google_id(id, job->base.write->uid, job->generation, err);
    free(job->etag);
    job->etag = NULL;
    job->tries = 0;
    job->verb = FM_GOOGLE_INSERT;
    if (status || fm_text_set(&job->id, id))
        fm_remote_apply_fail(job->apply, status ? err : (fm_error_no_memory(err, FM_GOOGLE_DOMAIN), err));
    else
        fm_google_job_send(job);
}

/* Goes on with the next id of a new event. */
static void next_id(fm_google_job *job)
{
    fm_error err = {0};
    if (++job->generation < FM_GOOGLE_GENERATIONS)
        insert(job, &err);
    else
        fm_batch_refused(&job->base, &job->reason);
}

static void begin(fm_batch_job *base)
{
    fm_google_job *job = (fm_google_job *)base;
    const fm_write *write = base->write;
    fm_error err = {0};
    job->apply = base->batch->owner;
    if (fm_remote_check_writable(job->apply->op.p, fm_google_of(&job->apply->op)->place.account, &err)) {
        fm_batch_refused(&job->base, &err);
        return;
    }
    if (write->kind == FM_WRITE_CREATE) {
        insert(job, &err);
        return;
    }
    job->verb = write->kind == FM_WRITE_UPDATE ? FM_GOOGLE_PATCH : FM_GOOGLE_DELETE;
    if (fm_text_set(&job->id, write->href) || fm_text_set(&job->etag, write->etag))
        fm_remote_apply_no_memory(job->apply);
    else if (fm_google_moves_series(write))
        fm_google_send_when_whole(job);
    else
        fm_google_job_send(job);
}

static void release(fm_batch_job *base)
{
    fm_google_job *job = (fm_google_job *)base;
    free(job->id);
    free(job->etag);
}

fm_status fm_google_apply(fm_provider *provider, fm_write *writes, size_t count, fm_written_fn fn, void *data,
                          fm_op **op, fm_error *err)
{
    static const fm_batch_class klass = {
        .job_size = sizeof(fm_google_job), .begin = begin, .release = release, .end = fm_remote_apply_end};
    return fm_remote_apply_new(sizeof(fm_remote_apply), &klass, provider, writes, count, fn, data, op, err);
}
