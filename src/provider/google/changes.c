/*
 * What changed: events.list with a sync token, or all of it. Only the last page carries the next token, so that a
 * page commits nothing. A token that is refused (410, or 400 for one that is damaged) leads to a full listing.
 */
#include "core/json/value.h"
#include "core/url.h"
#include "provider/google/call.h"
#include "provider/google/deliver.h"
#include "provider/google/event_path.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

/* Ends what never ends. */
#define PAGES_MAX 100000
/*
 * The same for each request of a token, as Google demands. Series stay series; of the other types of events (birthdays,
 * working locations, …) Google lets a program change little.
 */
#define QUERY "maxResults=2500&singleEvents=false&eventTypes=default&prettyPrint=false"

typedef struct changes {
    fm_remote_op op;
    fm_object_sink sink;
    char *token;      /* of the caller, owned; NULL: a full listing */
    char *page_token; /* of the page asked for, owned; NULL: the first */
    unsigned pages;
} changes;

static void ask(changes *c);

static void destroy(fm_op *op)
{
    changes *c = (changes *)op;
    fm_remote_cancel_all(&c->op);
    free(c->token);
    free(c->page_token);
    free(c);
}

static fm_status deliver_items(changes *c, const fm_json_span *page, fm_error *err)
{
    fm_json_span items, event;
    fm_json_scan scan;
    fm_status status = FM_OK;
    if (!fm_google_member(&items, page, "items"))
        return FM_OK;
    fm_json_begin(&scan, items.at, items.len, FM_JSON_DEPTH_LIMIT);
    FM_GOOGLE_EACH(&scan, &event)
    if (!status)
        status = fm_google_deliver(&c->sink, &event, err);
    return status;
}

/* The page has been delivered: asks for the next one, or commits. */
static void go_on(changes *c, const fm_json_span *page)
{
    fm_error err = {0};
    char *next = NULL, *token = NULL;
    fm_status status = fm_google_string(&next, page, "nextPageToken");
    if (!status)
        status = fm_google_string(&token, page, "nextSyncToken");
    if (status) {
        fm_error_no_memory(&err, FM_GOOGLE_DOMAIN);
    } else if (next && ((c->page_token && strcmp(next, c->page_token) == 0) || ++c->pages > PAGES_MAX)) {
        status = fm_error_set(&err, FM_EPROTOCOL, FM_GOOGLE_DOMAIN, "listing the calendar: its pages do not end");
    } else if (next) {
        free(c->page_token);
        c->page_token = next;
        next = NULL;
        ask(c);
    } else {
        status = c->sink.page(c->sink.data, token, c->token == NULL, &err);
        if (!status)
            fm_remote_op_end(&c->op, FM_OK);
    }
    free(next);
    free(token);
    if (status) {
        err.status = status;
        fm_remote_op_fail(&c->op, &err);
    }
}

/* Begins anew without the token. */
static void list_everything(changes *c)
{
    fm_error err = {0};
    free(c->token);
    free(c->page_token);
    c->token = c->page_token = NULL;
    c->pages = 0;
    fm_status status = c->sink.page(c->sink.data, NULL, false, &err);
    if (!status) {
        ask(c);
        return;
    }
    err.status = status;
    fm_remote_op_fail(&c->op, &err);
}

static void on_page(void *data, const fm_google_result *result)
{
    changes *c = data;
    fm_error err = {0};
    if (c->token && (result->code == 410 || result->code == 400)) {
        list_everything(c);
        return;
    }
    fm_status status = result->status;
    if (status)
        err = result->error;
    else
        status = deliver_items(c, &result->body, &err);
    if (!status) {
        go_on(c, &result->body);
        return;
    }
    err.status = status;
    fm_remote_op_fail(&c->op, &err);
}

/* A page of events, with what comes after it: the next page, or the token of the whole. */
static bool is_page(const void *data, const fm_json_span *body)
{
    return fm_google_has_items(data, body) &&
           (fm_google_has(body, "nextPageToken") || fm_google_has(body, "nextSyncToken"));
}

static void add_query(fm_buf *path, const char *name, const char *value)
{
    fm_buf_addf(path, "&%s=", name);
    fm_url_encode(path, value, strlen(value));
}

static void ask(changes *c)
{
    fm_buf path;
    fm_error err = {0};
    fm_google_event_path(&path, fm_google_of(&c->op), NULL, QUERY);
    if (c->token)
        add_query(&path, "syncToken", c->token);
    if (c->page_token)
        add_query(&path, "pageToken", c->page_token);
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "listing the calendar",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .is_answer = is_page,
                                 .done = on_page,
                                 .data = c};
    if (path.status ? fm_error_no_memory(&err, FM_GOOGLE_DOMAIN) : fm_google_submit(&c->op, &request, &err))
        fm_remote_op_fail(&c->op, &err);
    fm_buf_free(&path);
}

fm_status fm_google_changes(fm_provider *provider, const char *token, const fm_object_sink *sink, fm_op **op,
                            fm_error *err)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy};
    changes *c = fm_remote_op_new(sizeof *c, &klass, provider, err);
    if (!c)
        return FM_ENOMEM;
    c->sink = *sink;
    if (token && !(c->token = strdup(token))) {
        free(c);
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    }
    *op = &c->op.op;
    ask(c);
    return FM_OK;
}
