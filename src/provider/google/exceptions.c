/*
 * Before the start of a series moves: has it occurrences that were changed or cancelled one by one? To Google they are
 * events of their own, which name the time of their occurrence for ever: a series that moves away from them would get
 * its cancelled occurrences back, and the changed ones twice. They have the iCalUID of the series.
 */
#include "provider/google/exceptions.h"
#include "core/url.h"
#include "provider/google/event/json.h"
#include "provider/google/event_path.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static void ask(fm_google_job *job, const char *page_token);

/* Ids of occurrences are the series' own and the time: "abc_20270318T090000Z". After "_R" it is a series that follows.
 */
static bool is_exception(const fm_google_job *job, const char *id)
{
    size_t len = strlen(job->id);
    return strncmp(id, job->id, len) == 0 && id[len] == '_' && id[len + 1] != 'R';
}

static fm_status find_exception(fm_google_job *job, const fm_json_span *items, bool *found)
{
    fm_json_span event;
    fm_json_scan scan;
    fm_status status = FM_OK;
    fm_json_begin(&scan, items->at, items->len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &event)
    {
        char *id = NULL;
        if (!status)
            status = fm_google_string(&id, &event, "id");
        *found = *found || (id && is_exception(job, id));
        free(id);
    }
    return status;
}

static void refuse(fm_google_job *job)
{
    fm_error err = {0};
    fm_error_set(&err, FM_EINVAL, FM_GOOGLE_DOMAIN,
                 "the series cannot be moved, because single occurrences of it were changed or cancelled in Google "
                 "Calendar, where they would stay behind: move it there");
    fm_batch_refused(&job->base, &err);
}

static void on_page(void *data, const fm_google_result *result)
{
    fm_google_job *job = data;
    fm_json_span items;
    bool found = false;
    char *next = NULL;
    if (result->status == FM_EAUTH || result->status == FM_ENOMEM) {
        fm_remote_apply_fail(job->apply, &result->error);
        return;
    }
    if (result->status) {
        fm_batch_failed(&job->base, &result->error);
        return;
    }
    fm_google_member(&items, &result->body, "items");
    if (find_exception(job, &items, &found) || fm_google_string(&next, &result->body, "nextPageToken"))
        fm_remote_apply_no_memory(job->apply);
    else if (found)
        refuse(job);
    else if (next)
        ask(job, next);
    else
        fm_google_job_send(job);
    free(next);
}

static void add_query(fm_buf *path, const char *name, const char *value)
{
    fm_buf_addf(path, "&%s=", name);
    fm_url_encode(path, value, strlen(value));
}

static void ask(fm_google_job *job, const char *page_token)
{
    const fm_write *write = job->base.write;
    fm_json_span event = {write->text, write->text_len};
    fm_error err = {0};
    fm_buf path, given;
    char *uid = NULL;
    if (fm_google_string(&uid, &event, "iCalUID")) {
        fm_remote_apply_no_memory(job->apply);
        return;
    }
    fm_google_event_path(&path, fm_google_of(&job->apply->op), NULL,
                         "maxResults=2500&showDeleted=true&prettyPrint=false");
    fm_buf_init(&given, 2 * FM_GOOGLE_ID_MAX);
    fm_buf_addf(&given, "%s@google.com", job->id); /* what Google gives an event that was made with an id */
    add_query(&path, "iCalUID", uid ? uid : given.data);
    fm_buf_free(&given);
    if (page_token)
        add_query(&path, "pageToken", page_token);
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "looking for changed occurrences",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .is_answer = fm_google_has_items,
                                 .done = on_page,
                                 .data = job};
    if (path.status ? fm_error_no_memory(&err, FM_GOOGLE_DOMAIN) : fm_google_submit(&job->apply->op, &request, &err))
        fm_remote_apply_fail(job->apply, &err);
    fm_buf_free(&path);
    free(uid);
}

bool fm_google_moves_series(const fm_write *write)
{
    fm_json_span event = {write->text, write->text_len}, mark;
    return write->kind == FM_WRITE_UPDATE && fm_json_check(event.at, event.len, FM_JSON_DEPTH_LIMIT, NULL) == FM_OK &&
           fm_google_member(&mark, &event, FM_GOOGLE_MOVES_SERIES);
}

void fm_google_send_when_whole(fm_google_job *job)
{
    ask(job, NULL);
}
