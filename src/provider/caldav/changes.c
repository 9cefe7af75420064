/*
 * What changed since a token. With sync-collection (RFC 6578) the token is the server's, "sync:" before it;
 * without, it is the calendar's ctag, "ctag:" before it, and a new ctag means listing every ETag.
 *
 * A listing counts only when all of it has arrived: its rows are kept until the answer is whole, and a full
 * listing commits nothing before its last page, so that what is missing from it is known to be gone.
 */
#include "core/xml.h"
#include "provider/caldav/bodies.h"

#include <stdlib.h>
#include <string.h>

#define SYNC_TOKEN "sync:"
#define CTAG_TOKEN "ctag:"
/* A server that never ends its pages is broken. */
#define PAGES_MAX   10000
#define REQUEST_MAX 65536

typedef struct changes {
    fm_caldav_op op;
    fm_object_sink sink;
    char *token;      /* the server's own, of the next request; NULL: everything */
    fm_op *discovery; /* the remembered place was wrong: the calendar is being looked for again */
    bool full;        /* this is a full listing */
    bool token_tried; /* the caller's token was refused; do not come here again */
    unsigned pages;

    /* of the page at hand */
    fm_caldav_rows rows, gone;
    bool more;        /* the server says there is another page */
    char *next_token; /* what the caller gets with this page, and the next page is asked with */
    fm_caldav_bodies bodies;
    size_t listed; /* rows of all pages */
} changes;

static void clear_page(changes *c)
{
    fm_caldav_rows_free(&c->rows);
    fm_caldav_rows_free(&c->gone);
    fm_caldav_bodies_free(&c->bodies);
    c->more = false;
}

static void destroy(fm_op *op)
{
    changes *c = (changes *)op;
    fm_dav_cancel_all(&c->op);
    fm_op_free(c->discovery);
    clear_page(c);
    free(c->token);
    free(c->next_token);
    free(c);
}

static void end(changes *c, fm_status status)
{
    fm_caldav_op_end(&c->op, status);
}

static fm_status set_text(char **member, const char *text, fm_error *err)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        return fm_caldav_no_memory(err);
    free(*member);
    *member = copy;
    return FM_OK;
}

/* ------------------------------------------------------------------ the end of a page */

static fm_status commit(changes *c, const char *kind)
{
    fm_buf token;
    fm_buf_init(&token, REQUEST_MAX);
    if (c->next_token)
        fm_buf_addf(&token, "%s%s", kind, c->next_token);
    fm_status status =
        token.status ? fm_caldav_no_memory(&c->op.error)
                     : c->sink.page(c->sink.data, c->next_token ? token.data : NULL, c->full && !c->more, &c->op.error);
    fm_buf_free(&token);
    return status;
}

static void ask_sync(changes *c);

static void on_bodies(fm_caldav_op *op, const fm_error *err)
{
    changes *c = (changes *)op;
    bool more = c->more;
    if (err) {
        fm_caldav_op_fail(op, err);
        return;
    }
    /* Half of a full listing must not be taken for a state to go on from. */
    fm_status status = c->full && more ? FM_OK : commit(c, op->p->place.sync ? SYNC_TOKEN : CTAG_TOKEN);
    clear_page(c);
    if (!status && more)
        status = set_text(&c->token, c->next_token, &op->error);
    if (status || !more)
        end(c, status);
    else
        ask_sync(c);
}

/* Tells the caller what needs no body and collects what does. */
static fm_status sort_rows(changes *c)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < c->gone.count && !status; i++) {
        fm_object object = {.kind = FM_OBJECT_DELETED, .href = c->gone.items[i].key};
        status = c->sink.object(c->sink.data, &object, &c->op.error);
    }
    for (size_t i = 0; i < c->rows.count && !status; i++) {
        fm_caldav_row *row = &c->rows.items[i];
        const char *known = c->sink.known_etag ? c->sink.known_etag(c->sink.data, row->key) : NULL;
        if (row->settled || (known && row->etag && strcmp(known, row->etag) == 0)) {
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
    fm_status status = sort_rows(c);
    if (status) {
        end(c, status);
        return;
    }
    c->listed += c->rows.count;
    c->bodies.all = c->full && !c->more && c->bodies.wanted.count * 2 >= c->listed;
    fm_caldav_bodies_start(&c->bodies);
}

/* ------------------------------------------------------------------ rows */

/*
 * One object of a listing. One that the server lists with any other failure than "gone" is there, and not to be
 * read now: it is seen.
 */
static fm_status add_row(changes *c, char *key, const fm_dav_response *response, fm_error *err)
{
    bool failed = response->status && (response->status < 200 || response->status > 299);
    fm_status status = fm_caldav_rows_add(&c->rows, key, response->props.text[FM_DAV_ETAG], err);
    if (!status)
        c->rows.items[c->rows.count - 1].settled = failed;
    return status;
}

static fm_status on_row(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    changes *c = data;
    const char *calendar = c->op.p->place.id;
    char *key;
    fm_status status = fm_hrefs_key(&c->op.p->hrefs, &key, url, response->href, err);
    if (status)
        return status == FM_ENOMEM ? status : FM_OK;
    if (response->status == 507) {
        c->more = true;
    } else if (fm_href_is_within(key, calendar) && !(response->props.kinds & FM_DAV_COLLECTION)) {
        if (response->status != 404 && response->status != 410)
            return add_row(c, key, response, err);
        /* A first listing may name objects that were deleted before: nobody has them (Radicale). */
        if (c->token)
            return fm_caldav_rows_add(&c->gone, key, NULL, err);
    }
    free(key);
    return FM_OK;
}

/* An answer that starts anew starts from nothing. */
static void forget_rows(void *data)
{
    changes *c = data;
    fm_caldav_rows_free(&c->rows);
    fm_caldav_rows_free(&c->gone);
    c->more = false;
}

/* ------------------------------------------------------------------ sync-collection */

static void ask_listing(changes *c);
static void ask_ctag(changes *c);

/* ------------------------------------------------------------------ a calendar that moved */

static void ask_first(changes *c)
{
    if (c->op.p->place.sync)
        ask_sync(c);
    else
        ask_ctag(c);
}

/* What was remembered may be out of date: providers move accounts between hosts. */
static bool may_have_moved(const changes *c, const fm_dav_result *result)
{
    return c->op.p->from_bookmark && (result->code == 404 || result->code == 410 || result->code == 421);
}

/* Looks for the calendar again; should that fail, what failed first is the answer. */
static void rediscover(changes *c, const fm_dav_result *result)
{
    c->op.error = result->error;
    if (fm_caldav_discover(c->op.p, &c->discovery, NULL))
        end(c, result->error.status);
}

/* The search for the calendar has ended: is it the same one? */
static void go_on_where_it_is(changes *c, fm_status found, const char *id)
{
    bool same = !found && strcmp(c->op.p->place.id, id) == 0;
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
        return fm_caldav_op_step(op, timeout_ms, err);
    char *id = strdup(c->op.p->place.id);
    if (!id)
        return fm_caldav_no_memory(err);
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
           result->code == 503 || (result->code >= 200 && result->code < 300);
}

static void on_sync_failed(changes *c, const fm_dav_result *result)
{
    bool token_refused = c->token && result->code && result->code != 401 && result->code != 429 && result->code != 503;
    if (may_have_moved(c, result)) {
        rediscover(c, result);
    } else if (token_refused && !c->token_tried && result->code >= 300) {
        c->token_tried = true;
        c->full = true;
        set_text(&c->token, NULL, NULL);
        ask_sync(c);
    } else if (is_unreachable(result) || (result->code == 403 && !result->summary->condition_name)) {
        fm_caldav_op_fail(&c->op, &result->error);
    } else {
        c->op.p->place.sync = false;
        c->full = true;
        ask_ctag(c);
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
                              .url = c->op.p->place.url,
                              .what = "asking what changed",
                              .depth = 0,
                              .body = body.data,
                              .body_len = body.len,
                              .retry = retry,
                              .begin = forget_rows,
                              .each = on_row,
                              .done = on_sync_done,
                              .data = c};
    fm_status status = body.status ? fm_caldav_no_memory(&c->op.error) : fm_dav_submit(&c->op, &request, &c->op.error);
    fm_buf_free(&body);
    if (status)
        end(c, status);
}

/* ------------------------------------------------------------------ ctag and ETags */

static void on_listing_done(void *data, const fm_dav_result *result)
{
    changes *c = data;
    if (result->status)
        fm_caldav_op_fail(&c->op, &result->error);
    else
        finish_page(c);
}

static fm_status ask_properties(changes *c, int depth, const char *body, fm_dav_each_fn each, fm_dav_done_fn done)
{
    fm_dav_request request = {.method = "PROPFIND",
                              .url = c->op.p->place.url,
                              .what = "listing the calendar",
                              .depth = depth,
                              .body = body,
                              .body_len = strlen(body),
                              .retry = FM_HTTP_RETRY_ALL,
                              .begin = forget_rows,
                              .each = each,
                              .done = done,
                              .data = c};
    return fm_dav_submit(&c->op, &request, &c->op.error);
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
    (void)url;
    return ctag && *ctag ? set_text(&((changes *)data)->next_token, ctag, err) : FM_OK;
}

static void on_ctag_done(void *data, const fm_dav_result *result)
{
    changes *c = data;
    if (may_have_moved(c, result))
        rediscover(c, result);
    else if (result->status)
        fm_caldav_op_fail(&c->op, &result->error);
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
    changes *c = calloc(1, sizeof *c);
    if (!c)
        return fm_caldav_no_memory(err);
    c->op.op.klass = &klass;
    c->op.p = p;
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
