/*
 * What changed since a token. With sync-collection (RFC 6578) the token is the server's, "sync:" before it;
 * without, it is the calendar's ctag, "ctag:" before it, and a new ctag means listing every ETag.
 *
 * A listing counts only when all of it has arrived: its rows are kept until the answer is whole, and a full
 * listing commits nothing before its last page, so that what is missing from it is known to be gone. What makes it one
 * stands in provider/evidence.h.
 */
#include "core/xml.h"
#include "provider/caldav/bodies.h"
#include "provider/evidence.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNC_TOKEN "sync:"
#define CTAG_TOKEN "ctag:"
/* A server that never ends its pages is broken. */
#define PAGES_MAX   10000
#define REQUEST_MAX 65536

typedef struct changes {
    fm_remote_op op;
    fm_object_sink sink;
    char *token;      /* the server's own, of the next request; NULL: everything */
    fm_op *discovery; /* the remembered place was wrong: the calendar is being looked for again */
    bool full;        /* this is a full listing */
    bool token_tried; /* the caller's token was refused; do not come here again */
    unsigned pages;

    /* of the page at hand */
    fm_caldav_rows rows, gone;
    fm_caldav_rows outside; /* what lies where no object of the calendar does; `failed` is the row's status */
    bool self;              /* the calendar itself was a row */
    int self_failed;        /* and how, where it was listed with a failure */
    bool more;              /* the server says there is another page */
    char *next_token;       /* what the caller gets with this page, and the next page is asked with */
    fm_caldav_bodies bodies;
    size_t listed; /* rows of all pages */
} changes;

/* An answer that starts anew starts from nothing. */
static void forget_rows(void *data)
{
    changes *c = data;
    fm_caldav_rows_free(&c->rows);
    fm_caldav_rows_free(&c->gone);
    fm_caldav_rows_free(&c->outside);
    c->more = c->self = false;
    c->self_failed = 0;
}

static void clear_page(changes *c)
{
    forget_rows(c);
    fm_caldav_bodies_free(&c->bodies);
}

static void destroy(fm_op *op)
{
    changes *c = (changes *)op;
    fm_remote_cancel_all(&c->op);
    fm_op_free(c->discovery);
    clear_page(c);
    free(c->token);
    free(c->next_token);
    free(c);
}

static void end(changes *c, fm_status status)
{
    fm_remote_op_end(&c->op, status);
}

static fm_status set_text(char **member, const char *text, fm_error *err)
{
    return fm_text_set(member, text) ? fm_error_no_memory(err, FM_CALDAV_DOMAIN) : FM_OK;
}

/* ------------------------------------------------------------------ rows */

static bool is_failure(int code)
{
    return code && (code < 200 || code > 299);
}

/* Adds a row to a list; consumes `key`. */
static fm_status add(fm_caldav_rows *rows, char *key, const char *etag, int code, fm_error *err)
{
    fm_status status = fm_caldav_rows_add(rows, key, etag, err);
    if (!status)
        rows->items[rows->count - 1].failed = is_failure(code) ? code : 0;
    return status;
}

/*
 * One object of a listing. One that the server lists with any other failure than "gone" is there. A first listing may
 * name objects that were deleted before: nobody has them (Radicale).
 */
static fm_status add_object(changes *c, char *key, const char *etag, int code, fm_error *err)
{
    if (code != 404 && code != 410)
        return add(&c->rows, key, etag, code, err);
    if (c->token)
        return fm_caldav_rows_add(&c->gone, key, NULL, err);
    free(key);
    return FM_OK;
}

/* Whether a path is the calendar's own, however it ends. */
static bool is_self(const char *key, const char *calendar)
{
    size_t len = strlen(calendar);
    return strcmp(key, calendar) == 0 || (strncmp(key, calendar, len - 1) == 0 && strlen(key) == len - 1);
}

static fm_status on_row(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    changes *c = data;
    const char *calendar = fm_caldav_of(&c->op)->place.id, *etag = response->props.text[FM_DAV_ETAG];
    char *key;
    fm_status status = fm_hrefs_key(&fm_caldav_of(&c->op)->hrefs, &key, url, response->href, err);
    if (status == FM_EINVAL && (key = strdup(response->href)))
        return add(&c->outside, key, NULL, response->status, err);
    if (status)
        return status;
    bool collection = (response->props.kinds & FM_DAV_COLLECTION) || key[strlen(key) - 1] == '/';
    if (response->status == 507) {
        c->more = true;
    } else if (is_self(key, calendar)) {
        c->self = true;
        c->self_failed = is_failure(response->status) ? response->status : 0;
    } else if (fm_href_is_within(key, calendar)) {
        if (!collection)
            return add_object(c, key, etag, response->status, err);
    } else if (strncmp(key, calendar, strlen(calendar)) != 0) {
        return add(&c->outside, key, etag, response->status, err);
    }
    free(key);
    return FM_OK;
}

/* A calendar that is listed as failed is not empty. */
static fm_status check_self(changes *c)
{
    int code = c->self_failed;
    if (!code)
        return FM_OK;
    fm_status status = fm_http_code_status(code);
    return fm_error_set(&c->op.error, status ? status : FM_EPROTOCOL, FM_CALDAV_DOMAIN,
                        "listing the calendar: it answers with HTTP %d for itself", code);
}

/* The collection that a path lies in, with the slash at its end; a collection's path is its own. Owned by the caller.
 */
static char *collection_of(const char *key)
{
    const char *slash = strrchr(key, '/');
    return slash ? strndup(key, (size_t)(slash - key) + 1) : NULL;
}

/* Whether all that lies outside lies in one collection, which may be this one as a server behind a proxy calls it. */
static bool is_inner_name(const changes *c, const char *inner)
{
    size_t len = strlen(inner);
    if (c->rows.count || c->gone.count || c->self || !fm_href_may_be(inner, fm_caldav_of(&c->op)->place.id))
        return false;
    for (size_t i = 0; i < c->outside.count; i++) {
        const char *key = c->outside.items[i].key;
        if (strncmp(key, inner, len) != 0 || strchr(key + len, '/'))
            return false;
    }
    return true;
}

/* Takes rows in that were named by the inner path. */
static fm_status take_in(changes *c, const char *inner)
{
    fm_error *err = &c->op.error;
    fm_status status = fm_hrefs_map(&fm_caldav_of(&c->op)->hrefs, inner, fm_caldav_of(&c->op)->place.id, err);
    for (size_t i = 0; i < c->outside.count && !status; i++) {
        fm_caldav_row *row = &c->outside.items[i];
        char *key = NULL;
        if (row->key[strlen(inner)] == '\0') {
            c->self = true;
            c->self_failed = row->failed;
        } else if (!(status = fm_hrefs_key(&fm_caldav_of(&c->op)->hrefs, &key, fm_caldav_of(&c->op)->place.url,
                                           row->key, err))) {
            status = add_object(c, key, row->etag, row->failed, err);
        }
    }
    fm_caldav_rows_free(&c->outside);
    return status ? status : check_self(c);
}

static fm_status take_in_outside(changes *c)
{
    if (!c->outside.count)
        return FM_OK;
    char *inner = collection_of(c->outside.items[0].key);
    fm_status status = inner && is_inner_name(c, inner) ? take_in(c, inner) : FM_OK;
    free(inner);
    return status;
}

/* ------------------------------------------------------------------ the end of a page */

static fm_status commit(changes *c, const char *kind)
{
    fm_buf token;
    fm_buf_init(&token, REQUEST_MAX);
    if (c->next_token)
        fm_buf_addf(&token, "%s%s", kind, c->next_token);
    fm_status status =
        token.status ? fm_error_no_memory(&c->op.error, FM_CALDAV_DOMAIN)
                     : c->sink.page(c->sink.data, c->next_token ? token.data : NULL, c->full && !c->more, &c->op.error);
    fm_buf_free(&token);
    return status;
}

static void ask_sync(changes *c);

static void on_bodies(fm_remote_op *op, const fm_error *err)
{
    changes *c = (changes *)op;
    bool more = c->more;
    if (err) {
        fm_remote_op_fail(op, err);
        return;
    }
    /* Half of a full listing must not be taken for a state to go on from. */
    fm_status status = c->full && more ? FM_OK : commit(c, fm_caldav_of(op)->place.sync ? SYNC_TOKEN : CTAG_TOKEN);
    clear_page(c);
    if (!status && more)
        status = set_text(&c->token, c->next_token, &op->error);
    if (status || !more)
        end(c, status);
    else
        ask_sync(c);
}

static fm_status say_failed(changes *c, const fm_caldav_row *row)
{
    char why[96];
    snprintf(why, sizeof why, "the calendar lists it with HTTP %d", row->failed);
    return fm_evidence_unread(&c->sink, row->key, NULL, NULL, why, &c->op.error);
}

/* Rows that cannot be this calendar's: what they are is not known, so that they may be anything. */
static fm_status say_outside(changes *c)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < c->outside.count && !status; i++)
        status = fm_evidence_unread(&c->sink, c->outside.items[i].key, NULL, NULL,
                                    "the calendar lists it, and it lies elsewhere", &c->op.error);
    return status;
}

/* Tells the caller what needs no body and collects what does. */
static fm_status sort_rows(changes *c)
{
    fm_status status = say_outside(c);
    for (size_t i = 0; i < c->gone.count && !status; i++) {
        fm_object object = {.kind = FM_OBJECT_DELETED, .href = c->gone.items[i].key};
        status = c->sink.object(c->sink.data, &object, &c->op.error);
    }
    for (size_t i = 0; i < c->rows.count && !status; i++) {
        fm_caldav_row *row = &c->rows.items[i];
        const char *known = c->sink.known_etag ? c->sink.known_etag(c->sink.data, row->key) : NULL;
        if (row->failed) {
            status = say_failed(c, row);
        } else if (known && row->etag && strcmp(known, row->etag) == 0) {
            fm_object object = {.kind = FM_OBJECT_SEEN, .href = row->key, .etag = row->etag};
            status = c->sink.object(c->sink.data, &object, &c->op.error);
        } else {
            status = fm_caldav_rows_add(&c->bodies.wanted, row->key, row->etag, &c->op.error);
            row->key = NULL;
        }
    }
    return status;
}

static void finish_page(changes *c)
{
    fm_caldav_bodies_init(&c->bodies, &c->op, &c->sink, on_bodies);
    c->bodies.listed = true;
    fm_status status = check_self(c);
    if (!status)
        status = take_in_outside(c);
    if (!status)
        status = sort_rows(c);
    if (status) {
        end(c, status);
        return;
    }
    c->listed += c->rows.count;
    c->bodies.all = c->full && !c->more && c->bodies.wanted.count * 2 >= c->listed;
    fm_caldav_bodies_start(&c->bodies);
}

/* ------------------------------------------------------------------ sync-collection */

static void ask_ctag(changes *c);

/* ------------------------------------------------------------------ a calendar that moved */

static void ask_first(changes *c)
{
    if (fm_caldav_of(&c->op)->place.sync)
        ask_sync(c);
    else
        ask_ctag(c);
}

/* What was remembered may be out of date: providers move accounts between hosts. */
static bool may_have_moved(const changes *c, const fm_dav_result *result)
{
    return fm_caldav_of(&c->op)->from_bookmark && (result->code == 404 || result->code == 410 || result->code == 421);
}

/* Looks for the calendar again; should that fail, what failed first is the answer. */
static void rediscover(changes *c, const fm_dav_result *result)
{
    c->op.error = result->error;
    if (fm_caldav_discover(fm_caldav_of(&c->op), &c->discovery, NULL))
        end(c, result->error.status);
}

/* The search for the calendar has ended: is it the same one? */
static void go_on_where_it_is(changes *c, fm_status found, const char *id)
{
    bool same = !found && strcmp(fm_caldav_of(&c->op)->place.id, id) == 0;
    fm_op_free(c->discovery);
    c->discovery = NULL;
    if (same)
        ask_first(c);
    else
        end(c, c->op.error.status);
}

static fm_status step(fm_op *op, int timeout_ms, fm_error *err)
{
    changes *c = (changes *)op;
    if (!c->discovery)
        return fm_remote_op_step(op, timeout_ms, err);
    char *id = strdup(fm_caldav_of(&c->op)->place.id);
    if (!id)
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    fm_status status = fm_op_step(c->discovery, timeout_ms, err);
    if (status != FM_PENDING)
        go_on_where_it_is(c, status, id);
    free(id);
    return FM_PENDING;
}

/* Whether an answer says that nothing can be known of the calendar now, rather than that the question was wrong. */
static bool is_unreachable(const fm_dav_result *result)
{
    return !result->code || result->code == 401 || result->code == 404 || result->code == 410 || result->code == 429 ||
           result->code == 503 || result->code < 400;
}

/* Lists everything, the token forgotten. */
static void start_anew(changes *c)
{
    c->token_tried = true;
    c->full = true;
    set_text(&c->token, NULL, NULL);
    ask_sync(c);
}

static void do_without_sync(changes *c)
{
    fm_caldav_of(&c->op)->place.sync = false;
    c->full = true;
    set_text(&c->token, NULL, NULL);
    ask_ctag(c);
}

/* An answer without the token that every one has is no word about what changed. */
static void on_sync_without_token(changes *c)
{
    forget_rows(c);
    if (c->token && !c->token_tried)
        start_anew(c);
    else
        do_without_sync(c);
}

static void on_sync_failed(changes *c, const fm_dav_result *result)
{
    bool token_refused =
        c->token && result->code >= 400 && result->code != 401 && result->code != 429 && result->code != 503;
    if (may_have_moved(c, result)) {
        rediscover(c, result);
    } else if (token_refused && !c->token_tried) {
        start_anew(c);
    } else if (is_unreachable(result) || (result->code == 403 && !result->summary->condition_name)) {
        fm_remote_op_fail(&c->op, &result->error);
    } else {
        do_without_sync(c);
    }
}

static void on_sync_done(void *data, const fm_dav_result *result)
{
    changes *c = data;
    fm_error *err = &c->op.error;
    if (result->status) {
        forget_rows(c);
        on_sync_failed(c, result);
        return;
    }
    const char *token = result->summary->sync_token;
    if (!token && !c->more) {
        on_sync_without_token(c);
        return;
    }
    bool stuck = c->more && (!token || (c->token && strcmp(token, c->token) == 0) || ++c->pages > PAGES_MAX);
    if (stuck) {
        end(c, fm_error_set(err, FM_EPROTOCOL, FM_CALDAV_DOMAIN, "%s never ends its listing", result->url));
        return;
    }
    fm_status status = set_text(&c->next_token, token, err);
    if (status)
        end(c, status);
    else
        finish_page(c);
}

static void ask_sync(changes *c)
{
    fm_buf body;
    fm_buf_init(&body, REQUEST_MAX);
    fm_buf_adds(&body, "<sync-collection xmlns=\"DAV:\"><sync-token>");
    fm_xml_escape(&body, c->token ? c->token : "");
    fm_buf_adds(&body, "</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>");
    /* With a token, a server error may mean the token (Xandikos). */
    unsigned retry = c->token ? FM_HTTP_RETRY_ALL & ~(unsigned)FM_HTTP_RETRY_SERVER : FM_HTTP_RETRY_ALL;
    fm_dav_request request = {.method = "REPORT",
                              .url = fm_caldav_of(&c->op)->place.url,
                              .what = "asking what changed",
                              .depth = 0,
                              .body = &body,
                              .retry = retry,
                              .begin = forget_rows,
                              .each = on_row,
                              .done = on_sync_done,
                              .data = c};
    fm_status status = fm_dav_submit(&c->op, &request, &c->op.error);
    fm_buf_free(&body);
    if (status)
        end(c, status);
}

/* ------------------------------------------------------------------ ctag and ETags */

/* A PROPFIND of a collection has a row for the collection, also where that is empty (RFC 4918 section 9.1). */
static bool names_itself(changes *c)
{
    if (take_in_outside(c))
        return false;
    if (!c->self)
        fm_evidence_no_answer(&c->op.error, FM_CALDAV_DOMAIN, "listing the calendar",
                              "the answer to PROPFIND does not name the calendar itself");
    return c->self;
}

static void on_listing_done(void *data, const fm_dav_result *result)
{
    changes *c = data;
    if (result->status)
        fm_remote_op_fail(&c->op, &result->error);
    else if (!names_itself(c))
        end(c, c->op.error.status);
    else
        finish_page(c);
}

static fm_status ask_properties(changes *c, int depth, const char *question, fm_dav_each_fn each, fm_dav_done_fn done)
{
    fm_buf body;
    fm_buf_init(&body, REQUEST_MAX);
    fm_buf_adds(&body, question);
    fm_dav_request request = {.method = "PROPFIND",
                              .url = fm_caldav_of(&c->op)->place.url,
                              .what = "listing the calendar",
                              .depth = depth,
                              .body = &body,
                              .retry = FM_HTTP_RETRY_ALL,
                              .begin = forget_rows,
                              .each = each,
                              .done = done,
                              .data = c};
    fm_status status = fm_dav_submit(&c->op, &request, &c->op.error);
    fm_buf_free(&body);
    return status;
}

static void ask_listing(changes *c)
{
    static const char body[] = "<propfind xmlns=\"DAV:\"><prop><getetag/><resourcetype/></prop></propfind>";
    c->full = true;
    fm_status status = ask_properties(c, 1, body, on_row, on_listing_done);
    if (status)
        end(c, status);
}

static fm_status on_ctag(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    const char *ctag = response->props.text[FM_DAV_CTAG];
    fm_status status = on_row(data, url, response, err);
    return !status && ctag && *ctag ? set_text(&((changes *)data)->next_token, ctag, err) : status;
}

static void on_ctag_done(void *data, const fm_dav_result *result)
{
    changes *c = data;
    if (may_have_moved(c, result))
        rediscover(c, result);
    else if (result->status)
        fm_remote_op_fail(&c->op, &result->error);
    else if (!names_itself(c) || check_self(c))
        end(c, c->op.error.status);
    else if (c->token && c->next_token && strcmp(c->token, c->next_token) == 0)
        end(c, commit(c, CTAG_TOKEN));
    else
        ask_listing(c);
}

/* The ctag is read before the listing: what changes between the two is found again next time. */
static void ask_ctag(changes *c)
{
    static const char body[] =
        "<propfind xmlns=\"DAV:\" xmlns:S=\"http://calendarserver.org/ns/\"><prop><S:getctag/></prop></propfind>";
    set_text(&c->next_token, NULL, NULL);
    fm_status status = ask_properties(c, 0, body, on_ctag, on_ctag_done);
    if (status)
        end(c, status);
}

/* ------------------------------------------------------------------ the start */

/* The server's part of a token, where it is of the kind in use now; else NULL. */
static const char *own_part(const char *token, const char *kind)
{
    size_t len = strlen(kind);
    return token && strncmp(token, kind, len) == 0 && token[len] ? token + len : NULL;
}

fm_status fm_caldav_changes(fm_provider *provider, const char *token, const fm_object_sink *sink, fm_op **op,
                            fm_error *err)
{
    static const fm_op_class klass = {.step = step, .destroy = destroy};
    fm_caldav *p = (fm_caldav *)provider;
    const char *own = own_part(token, p->place.sync ? SYNC_TOKEN : CTAG_TOKEN);
    changes *c = fm_remote_op_new(sizeof *c, &klass, &p->remote.base, err);
    if (!c)
        return FM_ENOMEM;
    c->sink = *sink;
    c->full = own == NULL;
    fm_caldav_bodies_init(&c->bodies, &c->op, sink, on_bodies);
    fm_status status = set_text(&c->token, own, err);
    if (status) {
        free(c);
        return status;
    }
    *op = &c->op.op;
    ask_first(c);
    return FM_OK;
}
