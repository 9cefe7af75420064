#include "core/ical/ical.h"
#include "core/url.h"
#include "provider/caldav/apply_impl.h"
#include "provider/caldav/reread.h"
#include "provider/caldav/search.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* PUTs or DELETEs of one write before it is given up. */
#define TRIES_MAX 3

/* ------------------------------------------------------------------ outcomes */

void fm_caldav_job_done(fm_caldav_job *job, const char *key, const char *etag)
{
    fm_write *write = job->base.write;
    bool creates = write->kind == FM_WRITE_CREATE;
    if (fm_text_set(&write->new_href, creates ? key : NULL) || fm_text_set(&write->new_etag, etag))
        fm_remote_apply_no_memory(&job->apply->base);
    else
        fm_batch_conclude(&job->base, FM_OUTCOME_DONE);
}

void fm_caldav_job_changed(fm_caldav_job *job, const char *key, const char *etag, const char *text, size_t len)
{
    fm_write *write = job->base.write;
    fm_buf kept;
    fm_buf_init(&kept, FM_DAV_OBJECT_MAX);
    fm_ical_lf(&kept, text, len);
    write->current_text = fm_buf_take(&kept, &write->current_len);
    if (!write->current_text || fm_text_set(&write->new_href, key) || fm_text_set(&write->new_etag, etag)) {
        fm_remote_apply_no_memory(&job->apply->base);
        return;
    }
    fm_batch_conclude(&job->base, FM_OUTCOME_CHANGED);
}

/* ------------------------------------------------------------------ answers */

/* A server error, or no answer to a request that may have arrived, or one that is none: what it did is not known. */
static bool is_unknown(const fm_dav_result *result)
{
    if (!result->code)
        return result->reply->maybe_done;
    return result->code < 400 || result->code == 500 || result->code == 502 || result->code == 504;
}

static bool is_one_of(int code, const int *codes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (codes[i] == code)
            return true;
    return false;
}

/* Answers that come when the UID is somewhere else, or the object is: worth a look around. */
static bool may_be_elsewhere(const fm_caldav_job *job, const fm_dav_result *result)
{
    static const int codes[] = {404, 409, 410};
    if (result->summary->conditions & FM_DAV_UID_CONFLICT)
        return true;
    if (result->code == 400)
        return job->base.write->kind == FM_WRITE_CREATE; /* Nextcloud */
    return is_one_of(result->code, codes, sizeof codes / sizeof codes[0]);
}

static void on_failure(fm_caldav_job *job, const fm_dav_result *result)
{
    job->reason = result->error;
    job->unknown = is_unknown(result);
    job->base.lost = job->base.lost || job->unknown || result->reply->maybe_done;
    job->refused_uid = result->summary->conditions & FM_DAV_UID_CONFLICT;
    if (result->status == FM_EAUTH || result->status == FM_ENOMEM)
        fm_remote_apply_fail(&job->apply->base, &result->error);
    else if (job->unknown || (result->code == 412 && !job->refused_uid))
        fm_caldav_reread(job);
    else if (fm_status_is_transient(result->status))
        fm_batch_failed(&job->base, &result->error);
    else if (may_be_elsewhere(job, result))
        fm_caldav_search(job, result->url, result->summary->condition_href);
    else
        fm_batch_refused(&job->base, &result->error);
}

static void on_put(void *data, const fm_dav_result *result)
{
    fm_caldav_job *job = data;
    if (result->status)
        on_failure(job, result);
    else
        fm_caldav_job_done(job, job->key, fm_http_reply_header(result->reply, "ETag"));
}

static void on_delete(void *data, const fm_dav_result *result)
{
    fm_caldav_job *job = data;
    if (!result->status || result->code == 404 || result->code == 410)
        fm_caldav_job_done(job, NULL, NULL);
    else
        on_failure(job, result);
}

/* ------------------------------------------------------------------ requests */

static fm_status submit(fm_caldav_job *job, fm_error *err)
{
    const fm_write *write = job->base.write;
    bool deletes = write->kind == FM_WRITE_DELETE;
    fm_buf body;
    fm_buf_init(&body, FM_DAV_OBJECT_MAX);
    if (!deletes && fm_ical_crlf(&body, write->text, write->text_len))
        return fm_error_set(err, FM_ELIMIT, FM_CALDAV_DOMAIN, "the event is larger than %zu bytes", FM_DAV_OBJECT_MAX);
    fm_dav_request request = {
        .method = deletes ? "DELETE" : "PUT",
        .url = job->url,
        .what = deletes ? "deleting the event" : "writing the event",
        .depth = -1,
        .body = deletes ? NULL : &body,
        .if_match = job->etag,
        .if_none_match = write->kind == FM_WRITE_CREATE,
        .retry = FM_HTTP_RETRY_UNSENT | FM_HTTP_RETRY_REFUSED,
        .done = deletes ? on_delete : on_put,
        .data = job,
    };
    fm_status status = fm_dav_submit(&job->apply->base.op, &request, err);
    fm_buf_free(&body);
    return status;
}

void fm_caldav_job_send(fm_caldav_job *job)
{
    fm_error err = {0};
    if (job->tries++ >= TRIES_MAX) {
        fm_batch_failed(&job->base, &job->reason);
        return;
    }
    fm_status status = submit(job, &err);
    if (status == FM_ELIMIT)
        fm_batch_refused(&job->base, &err);
    else if (status)
        fm_remote_apply_fail(&job->apply->base, &err);
}

/* Path and URL of the object: named after the UID where it is new. */
static fm_status locate(fm_caldav_job *job, fm_error *err)
{
    const fm_caldav *p = fm_caldav_of(&job->apply->base.op);
    const fm_write *write = job->base.write;
    fm_buf name;
    fm_buf_init(&name, 65536);
    if (write->kind == FM_WRITE_CREATE)
        fm_href_name(&name, write->uid);
    else
        fm_buf_adds(&name, fm_hrefs_spelling(&p->hrefs, write->href));
    fm_status status = name.status ? fm_error_no_memory(err, FM_CALDAV_DOMAIN)
                                   : fm_url_resolve(&job->url, p->place.url, name.data, err);
    if (!status)
        status = fm_href_canonical(&job->key, job->url, err);
    fm_buf_free(&name);
    return status;
}

/* An update never makes an object: where no version is known, there must be one. */
static const char *precondition_of(const fm_write *write)
{
    return write->kind == FM_WRITE_UPDATE && !write->etag ? "*" : write->etag;
}

static void begin(fm_batch_job *base)
{
    fm_caldav_job *job = (fm_caldav_job *)base;
    fm_error err = {0};
    job->apply = base->batch->owner;
    fm_buf_init(&job->found_text, FM_DAV_OBJECT_MAX);
    const char *who = fm_caldav_of(&job->apply->base.op)->username;
    fm_status status = fm_remote_check_writable(job->apply->base.op.p, who ? who : "this user", &err);
    if (!status)
        status = locate(job, &err);
    if (status == FM_EINVAL || status == FM_EACCESS)
        fm_batch_refused(&job->base, &err);
    else if (status || fm_text_set(&job->etag, precondition_of(base->write)))
        fm_remote_apply_no_memory(&job->apply->base);
    else
        fm_caldav_job_send(job);
}

static void release(fm_batch_job *base)
{
    fm_caldav_job *job = (fm_caldav_job *)base;
    free(job->key);
    free(job->url);
    free(job->etag);
    free(job->found_key);
    free(job->found_etag);
    fm_buf_free(&job->found_text);
}

fm_status fm_caldav_apply(fm_provider *provider, fm_write *writes, size_t count, fm_written_fn fn, void *data,
                          fm_op **op, fm_error *err)
{
    static const fm_batch_class klass = {
        .job_size = sizeof(fm_caldav_job), .begin = begin, .release = release, .end = fm_remote_apply_end};
    return fm_remote_apply_new(sizeof(fm_caldav_apply_op), &klass, provider, writes, count, fn, data, op, err);
}
