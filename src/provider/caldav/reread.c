/*
 * What lies on the server when an answer does not say: after a lost reply or a server error, and after 412.
 */
#include "provider/caldav/reread.h"
#include "provider/caldav/same_event.h"
#include "provider/caldav/search.h"
#include "provider/evidence.h"

#include <stdlib.h>
#include <string.h>

static bool is_weak(const char *etag)
{
    return etag && strncmp(etag, "W/", 2) == 0;
}

/* Whether two tags name the same version, weak or not (RFC 9110 section 8.8.3.2). */
static bool same_version(const char *a, const char *b)
{
    if (!a || !b)
        return false;
    return strcmp(is_weak(a) ? a + 2 : a, is_weak(b) ? b + 2 : b) == 0;
}

/* Some servers take "*" for a version like any other (Radicale 3.1). It is there, so nothing can be made by mistake. */
static bool try_unconditionally(fm_caldav_job *job)
{
    if (!job->etag || strcmp(job->etag, "*") != 0)
        return false;
    free(job->etag);
    job->etag = NULL;
    fm_caldav_job_send(job);
    return true;
}

/* A weak tag never matches If-Match (RFC 9110 section 13.1.1); some servers give out no other. Tried once. */
static bool try_strong(fm_caldav_job *job)
{
    if (!is_weak(job->etag))
        return false;
    memmove(job->etag, job->etag + 2, strlen(job->etag + 2) + 1);
    fm_caldav_job_send(job);
    return true;
}

/*
 * Whether what is there may be the work of this write. An update that was plainly refused is not: what looks the
 * same there is somebody else's version, with more in it perhaps than an event shows.
 */
static bool may_be_ours(const fm_caldav_job *job)
{
    return job->base.write->kind == FM_WRITE_CREATE || (job->base.write->kind == FM_WRITE_UPDATE && job->base.lost);
}

void fm_caldav_reread_found(fm_caldav_job *job, const char *key, const char *etag, const char *text, size_t len)
{
    const fm_write *write = job->base.write;
    if (may_be_ours(job) &&
        fm_caldav_same_event(fm_caldav_of(&job->apply->base.op), write->text, write->text_len, text, len))
        fm_caldav_job_done(job, key, etag);
    else
        fm_caldav_job_changed(job, key, etag, text, len);
}

/* Another object lies where a new one was to go. */
static void name_taken(fm_caldav_job *job)
{
    fm_error error = {0};
    fm_error_set(&error, FM_EEXIST, FM_CALDAV_DOMAIN, "%s holds an event with another UID: rename or delete it",
                 job->key);
    fm_batch_refused(&job->base, &error);
}

static void on_there(fm_caldav_job *job, const fm_dav_result *result)
{
    const fm_write *write = job->base.write;
    const char *etag = fm_http_reply_header(result->reply, "ETag");
    bool untouched = write->kind != FM_WRITE_CREATE && same_version(write->etag, etag);
    if (untouched && job->unknown)
        fm_caldav_job_send(job);
    else if ((untouched && try_strong(job)) || (!job->base.lost && try_unconditionally(job)))
        return;
    else if (write->kind == FM_WRITE_CREATE && !fm_caldav_has_uid(result->body, result->body_len, write->uid))
        name_taken(job);
    else
        fm_caldav_reread_found(job, job->key, etag, result->body, result->body_len);
}

static void on_not_there(fm_caldav_job *job, const fm_dav_result *result)
{
    if (job->base.write->kind == FM_WRITE_DELETE)
        fm_caldav_job_done(job, NULL, NULL);
    else if (job->base.write->kind == FM_WRITE_CREATE && job->unknown)
        fm_caldav_job_send(job);
    else
        fm_caldav_search(job, result->url, NULL);
}

/* Whether what a GET gave is a calendar object; else the job has failed. */
static bool is_object(fm_caldav_job *job, const fm_dav_result *result)
{
    fm_evidence_object found;
    fm_error error = {0};
    if (fm_evidence_of_object(&found, result->body, result->body_len, &error)) {
        fm_remote_apply_fail(&job->apply->base, &error);
        return false;
    }
    free(found.uid);
    if (!found.wrong)
        return true;
    fm_evidence_no_answer(&error, FM_CALDAV_DOMAIN, "reading the event again", found.wrong);
    fm_batch_failed(&job->base, &error);
    return false;
}

static void on_get(void *data, const fm_dav_result *result)
{
    fm_caldav_job *job = data;
    if (result->code == 404 || result->code == 410)
        on_not_there(job, result);
    else if (result->status == FM_EAUTH || result->status == FM_ENOMEM)
        fm_remote_apply_fail(&job->apply->base, &result->error);
    else if (result->status)
        fm_batch_failed(&job->base, &result->error);
    else if (!is_object(job, result))
        return;
    else
        on_there(job, result);
}

void fm_caldav_reread(fm_caldav_job *job)
{
    fm_error err = {0};
    fm_dav_request request = {.method = "GET",
                              .url = job->url,
                              .what = "reading the event again",
                              .depth = -1,
                              .retry = FM_HTTP_RETRY_ALL,
                              .done = on_get,
                              .data = job};
    if (fm_dav_submit(&job->apply->base.op, &request, &err))
        fm_remote_apply_fail(&job->apply->base, &err);
}
