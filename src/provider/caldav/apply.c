#include "core/ical.h"
#include "core/url.h"
#include "provider/caldav/apply_impl.h"

#include <stdlib.h>
#include <string.h>

/* PUTs or DELETEs of one write before it is given up. */
#define TRIES_MAX 3
/* So many writes in a row that reach no server end the whole operation. */
#define UNREACHABLE_MAX 3

static void start_more(fm_caldav_batch *a);

/* ------------------------------------------------------------------ outcomes */

static void release(fm_caldav_job *job)
{
    free(job->key);
    free(job->url);
    free(job->etag);
    free(job->found_key);
    free(job->found_etag);
    fm_buf_free(&job->found_text);
    *job = (fm_caldav_job){0};
}

static bool set_text(char **member, const char *text)
{
    *member = text ? strdup(text) : NULL;
    return *member || !text;
}

void fm_caldav_apply_fail(fm_caldav_batch *a, const fm_error *error)
{
    fm_caldav_op_fail(&a->op, error);
}

/* Tells the caller, frees the place, and goes on. */
static void conclude(fm_caldav_job *job, fm_outcome outcome)
{
    fm_caldav_batch *a = job->apply;
    fm_write *write = job->write;
    write->outcome = outcome;
    release(job);
    a->in_flight--;
    fm_status status = a->fn ? a->fn(a->data, write, &a->op.error) : FM_OK;
    if (status)
        fm_caldav_op_end(&a->op, status);
    else
        start_more(a);
}

static void out_of_memory(fm_caldav_job *job)
{
    fm_error error;
    fm_caldav_no_memory(&error);
    fm_caldav_apply_fail(job->apply, &error);
}

void fm_caldav_job_done(fm_caldav_job *job, const char *key, const char *etag)
{
    fm_write *write = job->write;
    bool creates = write->kind == FM_WRITE_CREATE;
    job->apply->unreachable = 0;
    if (set_text(&write->new_href, creates ? key : NULL) && set_text(&write->new_etag, etag))
        conclude(job, FM_OUTCOME_DONE);
    else
        out_of_memory(job);
}

void fm_caldav_job_changed(fm_caldav_job *job, const char *key, const char *etag, const char *text, size_t len)
{
    fm_write *write = job->write;
    job->apply->unreachable = 0;
    write->current_text = malloc(len + 1);
    if (!write->current_text || !set_text(&write->new_href, key) || !set_text(&write->new_etag, etag)) {
        out_of_memory(job);
        return;
    }
    memcpy(write->current_text, text, len);
    write->current_text[len] = '\0';
    write->current_len = len;
    conclude(job, FM_OUTCOME_CHANGED);
}

void fm_caldav_job_gone(fm_caldav_job *job)
{
    job->apply->unreachable = 0;
    job->write->current_gone = true;
    conclude(job, FM_OUTCOME_CHANGED);
}

void fm_caldav_job_refused(fm_caldav_job *job, const fm_error *reason)
{
    job->apply->unreachable = 0;
    job->write->error = *reason;
    conclude(job, FM_OUTCOME_REFUSED);
}

/* Nobody answers, or the server wants to be left alone: the next writes would fare the same. */
static bool is_unreachable(const fm_error *reason)
{
    return fm_status_is_transient(reason->status) &&
           (!reason->http_status || reason->http_status == 429 || reason->http_status == 503);
}

void fm_caldav_job_failed(fm_caldav_job *job, const fm_error *reason)
{
    fm_caldav_batch *a = job->apply;
    fm_error last = *reason;
    a->unreachable = is_unreachable(reason) ? a->unreachable + 1 : 0;
    job->write->error = last;
    conclude(job, FM_OUTCOME_FAILED);
    if (a->unreachable >= UNREACHABLE_MAX)
        fm_caldav_apply_fail(a, &last);
}

/* ------------------------------------------------------------------ answers */

/* A server error, or no answer to a request that may have arrived: what it did is not known. */
static bool is_unknown(const fm_dav_result *result)
{
    if (!result->code)
        return result->reply->maybe_done;
    return result->code == 500 || result->code == 502 || result->code == 504;
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
        return job->write->kind == FM_WRITE_CREATE; /* Nextcloud */
    return is_one_of(result->code, codes, sizeof codes / sizeof codes[0]);
}

static void on_failure(fm_caldav_job *job, const fm_dav_result *result)
{
    job->reason = result->error;
    job->unknown = is_unknown(result);
    job->lost = job->lost || job->unknown || result->reply->maybe_done;
    job->refused_uid = result->summary->conditions & FM_DAV_UID_CONFLICT;
    if (result->status == FM_EAUTH || result->status == FM_ENOMEM)
        fm_caldav_apply_fail(job->apply, &result->error);
    else if (job->unknown || (result->code == 412 && !job->refused_uid))
        fm_caldav_settle(job);
    else if (fm_status_is_transient(result->status))
        fm_caldav_job_failed(job, &result->error);
    else if (may_be_elsewhere(job, result))
        fm_caldav_search(job, result->url, result->summary->condition_href);
    else
        fm_caldav_job_refused(job, &result->error);
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
    const fm_write *write = job->write;
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
        .body = deletes ? NULL : body.data,
        .body_len = body.len,
        .if_match = job->etag,
        .if_none_match = write->kind == FM_WRITE_CREATE,
        .retry = FM_HTTP_RETRY_UNSENT | FM_HTTP_RETRY_REFUSED,
        .done = deletes ? on_delete : on_put,
        .data = job,
    };
    fm_status status = fm_dav_submit(&job->apply->op, &request, err);
    fm_buf_free(&body);
    return status;
}

void fm_caldav_job_send(fm_caldav_job *job)
{
    fm_error err = {0};
    if (job->tries++ >= TRIES_MAX) {
        fm_caldav_job_failed(job, &job->reason);
        return;
    }
    fm_status status = submit(job, &err);
    if (status == FM_ELIMIT)
        fm_caldav_job_refused(job, &err);
    else if (status)
        fm_caldav_apply_fail(job->apply, &err);
}

/* Path and URL of the object: named after the UID where it is new. */
static fm_status locate(fm_caldav_job *job, fm_error *err)
{
    const fm_caldav *p = job->apply->op.p;
    const fm_write *write = job->write;
    fm_buf name;
    fm_buf_init(&name, 65536);
    if (write->kind == FM_WRITE_CREATE)
        fm_href_name(&name, write->uid);
    else
        fm_buf_adds(&name, fm_hrefs_spelling(&p->hrefs, write->href));
    fm_status status = name.status ? fm_caldav_no_memory(err) : fm_url_resolve(&job->url, p->place.url, name.data, err);
    if (!status)
        status = fm_url_canonical_path(&job->key, job->url, err);
    fm_buf_free(&name);
    return status;
}

static fm_status check_writable(const fm_caldav *p, fm_error *err)
{
    if (p->place.writable)
        return FM_OK;
    return fm_error_set(
        err, FM_EACCESS, FM_CALDAV_DOMAIN,
        "the calendar \"%s\" is read-only for %s: choose another, or ask its owner for the right to write",
        p->place.name, p->username ? p->username : "this user");
}

static void begin(fm_caldav_batch *a, fm_caldav_job *job, fm_write *write)
{
    fm_error err = {0};
    *job = (fm_caldav_job){.apply = a, .write = write};
    fm_buf_init(&job->found_text, FM_DAV_OBJECT_MAX);
    a->in_flight++;
    fm_status status = check_writable(a->op.p, &err);
    if (!status)
        status = locate(job, &err);
    if (status == FM_EINVAL || status == FM_EACCESS)
        fm_caldav_job_refused(job, &err);
    else if (status || !set_text(&job->etag, write->etag))
        out_of_memory(job);
    else
        fm_caldav_job_send(job);
}

/* ------------------------------------------------------------------ the operation */

static size_t places(const fm_caldav_batch *a)
{
    return (size_t)a->op.p->config.max_in_flight * 2;
}

static fm_caldav_job *free_place(fm_caldav_batch *a)
{
    for (size_t i = 0; i < places(a); i++)
        if (!a->jobs[i].write)
            return &a->jobs[i];
    return NULL;
}

/* Keeps enough requests queued for the window to be full. A write that fails at once comes back here. */
static void start_more(fm_caldav_batch *a)
{
    fm_caldav_job *job;
    if (a->starting)
        return;
    a->starting = true;
    while (!a->op.done && a->next < a->count && (job = free_place(a)))
        begin(a, job, &a->writes[a->next++]);
    a->starting = false;
    if (!a->op.done && !a->in_flight)
        fm_caldav_op_end(&a->op, FM_OK);
}

/* The first writes begin with the first step: their outcome may be known at once, and the caller be told. */
static fm_status step(fm_op *op, int timeout_ms, fm_error *err)
{
    fm_caldav_batch *a = (fm_caldav_batch *)op;
    if (a->next == 0)
        start_more(a);
    return fm_caldav_op_step(op, timeout_ms, err);
}

static void destroy(fm_op *op)
{
    fm_caldav_batch *a = (fm_caldav_batch *)op;
    fm_dav_cancel_all(&a->op);
    for (size_t i = 0; i < places(a); i++)
        if (a->jobs[i].write)
            release(&a->jobs[i]);
    free(a->jobs);
    free(a);
}

fm_status fm_caldav_apply(fm_provider *provider, fm_write *writes, size_t count, fm_written_fn fn, void *data,
                          fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = step, .destroy = destroy};
    fm_caldav *p = (fm_caldav *)provider;
    fm_caldav_batch *a = calloc(1, sizeof *a);
    if (!a)
        return fm_caldav_no_memory(err);
    a->op.op.klass = &klass;
    a->op.p = p;
    a->writes = writes;
    a->count = count;
    a->fn = fn;
    a->data = data;
    a->jobs = calloc(places(a), sizeof *a->jobs);
    if (!a->jobs) {
        free(a);
        return fm_caldav_no_memory(err);
    }
    *op = &a->op.op;
    return FM_OK;
}
