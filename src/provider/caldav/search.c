/*
 * Where a UID lies that is not where it was expected: at the href the server named (RFC 4791 section 5.3.2.1), else by
 * a calendar-query for the UID, else by a listing of all events, which several writes then share.
 */
#include "provider/caldav/search.h"
#include "core/url.h"
#include "core/xml.h"
#include "provider/caldav/reread.h"
#include "provider/caldav/same_event.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define REQUEST_MAX 65536
#define QUERY_START                                                                                                    \
    "<C:calendar-query xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><prop><getetag/><C:calendar-data/>"    \
    "</prop><C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">"
#define QUERY_END "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"

static void search_by_listing(fm_caldav_job *job);

/* It is nowhere in this calendar. */
static void not_found(fm_caldav_job *job)
{
    fm_error error = job->reason;
    if (job->base.write->kind != FM_WRITE_CREATE && !job->refused_uid) {
        fm_batch_gone(&job->base);
        return;
    }
    if (job->refused_uid || error.http_status == 412)
        fm_error_set(&error, FM_EUIDCONFLICT, FM_CALDAV_DOMAIN,
                     "the UID %s is in use elsewhere in this account, in another calendar or its trash: delete that "
                     "event, or move it here",
                     job->base.write->uid);
    fm_batch_refused(&job->base, &error);
}

/* A failure that says nothing about the UID. True where it ended the job or the operation. */
static bool ends_search(fm_caldav_job *job, const fm_dav_result *result)
{
    if (result->status == FM_EAUTH || result->status == FM_ENOMEM || result->status == FM_ENOTFOUND)
        fm_remote_apply_fail(&job->apply->base, &result->error);
    else if (fm_status_is_transient(result->status))
        fm_batch_failed(&job->base, &result->error);
    else
        return false;
    return true;
}

/* ------------------------------------------------------------------ what was found */

static void forget_found(void *data)
{
    fm_caldav_job *job = data;
    free(job->found_key);
    free(job->found_etag);
    job->found_key = job->found_etag = NULL;
    fm_buf_reset(&job->found_text);
}

/* The object with the UID, kept until its answer is whole. */
static fm_status keep(fm_caldav_job *job, const char *url, const fm_dav_response *response, fm_error *err)
{
    const fm_dav_props *props = &response->props;
    const char *etag = props->text[FM_DAV_ETAG];
    forget_found(job);
    fm_status status =
        fm_hrefs_key(&fm_caldav_of(&job->apply->base.op)->hrefs, &job->found_key, url, response->href, err);
    if (status)
        return status;
    job->found_etag = etag ? strdup(etag) : NULL;
    fm_buf_add(&job->found_text, props->text[FM_DAV_DATA], props->data_len);
    return job->found_text.status || (etag && !job->found_etag) ? fm_error_no_memory(err, FM_CALDAV_DOMAIN) : FM_OK;
}

static void conclude(fm_caldav_job *job)
{
    if (!job->found_key) {
        not_found(job);
        return;
    }
    char *key = job->found_key, *etag = job->found_etag;
    fm_buf text = job->found_text;
    job->found_key = job->found_etag = NULL;
    fm_buf_init(&job->found_text, FM_DAV_OBJECT_MAX);
    fm_caldav_reread_found(job, key, etag, text.data, text.len);
    free(key);
    free(etag);
    fm_buf_free(&text);
}

/* ------------------------------------------------------------------ by query */

static fm_status on_query_object(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    fm_caldav_job *job = data;
    const char *text = response->props.text[FM_DAV_DATA];
    if (!text || !fm_caldav_has_uid(text, response->props.data_len, job->base.write->uid))
        return FM_OK;
    return keep(job, url, response, err);
}

static void on_query_done(void *data, const fm_dav_result *result)
{
    fm_caldav_job *job = data;
    if (result->status && ends_search(job, result))
        return;
    if (!job->found_key && (result->status || job->refused_uid))
        search_by_listing(job);
    else
        conclude(job);
}

static fm_status send_query(fm_caldav_apply_op *a, fm_buf *body, void (*begin)(void *), fm_dav_each_fn each,
                            fm_dav_done_fn done, void *data, fm_error *err)
{
    fm_dav_request request = {.method = "REPORT",
                              .url = fm_caldav_of(&a->base.op)->place.url,
                              .what = "looking for an event by its UID",
                              .depth = 1,
                              .body = body,
                              .retry = FM_HTTP_RETRY_ALL,
                              .begin = begin,
                              .each = each,
                              .done = done,
                              .data = data};
    return fm_dav_submit(&a->base.op, &request, err);
}

static void search_by_query(fm_caldav_job *job)
{
    fm_error err = {0};
    fm_buf body;
    if (fm_caldav_of(&job->apply->base.op)->profile->no_uid_query) {
        search_by_listing(job);
        return;
    }
    fm_buf_init(&body, REQUEST_MAX);
    fm_buf_adds(&body, QUERY_START "<C:prop-filter name=\"UID\"><C:text-match collation=\"i;octet\">");
    fm_xml_escape(&body, job->base.write->uid);
    fm_buf_adds(&body, "</C:text-match></C:prop-filter>" QUERY_END);
    if (send_query(job->apply, &body, forget_found, on_query_object, on_query_done, job, &err))
        fm_remote_apply_fail(&job->apply->base, &err);
    fm_buf_free(&body);
}

/* ------------------------------------------------------------------ by listing */

static fm_status on_listed_object(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    fm_caldav_apply_op *a = data;
    const char *text = response->props.text[FM_DAV_DATA];
    for (fm_caldav_job *job = a->looked_for; text && job; job = job->next)
        if (fm_caldav_has_uid(text, response->props.data_len, job->base.write->uid))
            return keep(job, url, response, err);
    return FM_OK;
}

static void forget_listed(void *data)
{
    for (fm_caldav_job *job = ((fm_caldav_apply_op *)data)->looked_for; job; job = job->next)
        forget_found(job);
}

static void list_for_waiting(fm_caldav_apply_op *a);

static void on_listing_done(void *data, const fm_dav_result *result)
{
    fm_caldav_apply_op *a = data;
    while (a->looked_for && !a->base.op.done) {
        fm_caldav_job *job = a->looked_for;
        a->looked_for = job->next;
        job->next = NULL;
        if (result->status && ends_search(job, result))
            continue;
        conclude(job);
    }
    if (!a->base.op.done && a->waiting && !a->looked_for)
        list_for_waiting(a);
}

static void list_for_waiting(fm_caldav_apply_op *a)
{
    fm_error err = {0};
    fm_buf body;
    fm_buf_init(&body, REQUEST_MAX);
    fm_buf_adds(&body, QUERY_START QUERY_END);
    a->looked_for = a->waiting;
    a->waiting = NULL;
    if (send_query(a, &body, forget_listed, on_listed_object, on_listing_done, a, &err))
        fm_remote_apply_fail(&a->base, &err);
    fm_buf_free(&body);
}

/* One listing serves all that wait when it starts. */
static void search_by_listing(fm_caldav_job *job)
{
    fm_caldav_apply_op *a = job->apply;
    job->next = a->waiting;
    a->waiting = job;
    if (!a->looked_for)
        list_for_waiting(a);
}

/* ------------------------------------------------------------------ at the href the server named */

static void on_named(void *data, const fm_dav_result *result)
{
    fm_caldav_job *job = data;
    bool is_it = !result->status && fm_caldav_has_uid(result->body, result->body_len, job->base.write->uid);
    if (result->status && result->code != 404 && ends_search(job, result))
        return;
    if (!is_it) {
        forget_found(job);
        search_by_query(job);
        return;
    }
    char *key = job->found_key;
    job->found_key = NULL;
    fm_caldav_reread_found(job, key, fm_http_reply_header(result->reply, "ETag"), result->body, result->body_len);
    free(key);
}

/* The UID lies in another calendar: nothing this provider may touch. */
static void elsewhere(fm_caldav_job *job)
{
    fm_error error = {0};
    fm_error_set(&error, FM_EUIDCONFLICT, FM_CALDAV_DOMAIN,
                 "the UID %s is in use in another calendar of this account, at %s: delete that event, or move it here",
                 job->base.write->uid, job->found_key);
    fm_batch_refused(&job->base, &error);
}

void fm_caldav_search(fm_caldav_job *job, const char *base_url, const char *href)
{
    fm_caldav *p = fm_caldav_of(&job->apply->base.op);
    fm_error err = {0};
    char *url = NULL;
    if (!href || !*href || fm_hrefs_key(&p->hrefs, &job->found_key, base_url, href, NULL)) {
        search_by_query(job);
        return;
    }
    if (!fm_href_is_within(job->found_key, p->place.id)) {
        elsewhere(job);
        return;
    }
    fm_status status = fm_url_resolve(&url, base_url, href, &err);
    fm_dav_request request = {.method = "GET",
                              .url = url,
                              .what = "reading the event with that UID",
                              .depth = -1,
                              .retry = FM_HTTP_RETRY_ALL,
                              .done = on_named,
                              .data = job};
    if (!status)
        status = fm_dav_submit(&job->apply->base.op, &request, &err);
    free(url);
    if (status)
        fm_remote_apply_fail(&job->apply->base, &err);
}
