#include "provider/caldav/bodies.h"
#include "core/ical/ical.h"
#include "core/url.h"
#include "core/xml.h"
#include "provider/evidence.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Up to here one multiget is cheap on every server, also where it costs several ms an object. */
#define FEW         15
#define REQUEST_MAX ((size_t)4 << 20)

#define NAMESPACES "xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\""
#define PROPERTIES "<prop><getetag/><C:calendar-data/></prop>"

enum { STAGE_QUERY, STAGE_MULTIGET, STAGE_GET, STAGE_END };

fm_status fm_caldav_rows_add(fm_caldav_rows *rows, char *key, const char *etag, fm_error *err)
{
    char *etag_copy = NULL;
    if (fm_text_set(&etag_copy, etag) || fm_grow(&rows->items, &rows->capacity, rows->count + 1, sizeof *rows->items)) {
        free(key);
        free(etag_copy);
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    }
    rows->items[rows->count++] = (fm_caldav_row){.key = key, .etag = etag_copy};
    return FM_OK;
}

void fm_caldav_rows_free(fm_caldav_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->items[i].key);
        free(rows->items[i].etag);
    }
    free(rows->items);
    *rows = (fm_caldav_rows){0};
}

void fm_caldav_bodies_init(fm_caldav_bodies *b, fm_remote_op *op, const fm_object_sink *sink,
                           fm_caldav_bodies_done_fn done)
{
    *b = (fm_caldav_bodies){.op = op, .sink = *sink, .done = done};
    fm_strmap_init(&b->index, fm_caldav_of(op)->hrefs.spellings.seed);
}

void fm_caldav_bodies_free(fm_caldav_bodies *b)
{
    fm_caldav_rows_free(&b->wanted);
    fm_strmap_free(&b->index);
}

/* ------------------------------------------------------------------ handing on */

static fm_status hand_on(fm_caldav_bodies *b, fm_caldav_row *row, const fm_object *object, fm_error *err)
{
    row->done = true;
    return b->sink.object(b->sink.data, object, err);
}

/* `etag`: of a version that will never be read; NULL: it is tried again by the next run. */
static fm_status hand_on_unread(fm_caldav_bodies *b, fm_caldav_row *row, const char *etag, const char *why,
                                fm_error *err)
{
    row->done = true;
    return fm_evidence_unread(&b->sink, row->key, NULL, etag, why, err);
}

/* It is not at its place. */
static fm_status hand_on_gone(fm_caldav_bodies *b, fm_caldav_row *row, int code, fm_error *err)
{
    fm_object object = {.kind = FM_OBJECT_DELETED, .href = row->key};
    char why[96];
    snprintf(why, sizeof why, "the calendar lists it, and answers HTTP %d when it is read", code);
    return b->listed ? hand_on_unread(b, row, NULL, why, err) : hand_on(b, row, &object, err);
}

/* What a report gave of an object; what is none is read once more, alone. */
static fm_status hand_on_reported(fm_caldav_bodies *b, fm_caldav_row *row, const char *etag, const char *text,
                                  size_t len, fm_error *err)
{
    fm_evidence_object found;
    fm_status status = fm_evidence_of_object(&found, text, len, err);
    const fm_object object = {
        .kind = FM_OBJECT_CHANGED, .href = row->key, .uid = found.uid, .etag = etag, .text = text, .text_len = len};
    if (!status && !found.wrong)
        status = hand_on(b, row, &object, err);
    free(found.uid);
    return status;
}

/* One object of a multiget or a query. What was not asked for is passed over. */
static fm_status on_object(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    fm_caldav_bodies *b = data;
    char *key;
    b->given++;
    if (fm_hrefs_key(&fm_caldav_of(b->op)->hrefs, &key, url, response->href, NULL))
        return FM_OK;
    const fm_strmap_entry *entry = fm_strmap_find(&b->index, key);
    free(key);
    fm_caldav_row *row = entry ? &b->wanted.items[entry->number] : NULL;
    if (!row || row->done)
        return FM_OK;
    const fm_dav_props *props = &response->props;
    if (!props->text[FM_DAV_DATA] || !props->data_len)
        return FM_OK; /* also where it says 404: some servers do of what they list, and give it when it is read alone */
    const char *etag = props->text[FM_DAV_ETAG] ? props->text[FM_DAV_ETAG] : row->etag;
    return hand_on_reported(b, row, etag, props->text[FM_DAV_DATA], props->data_len, err);
}

/* ------------------------------------------------------------------ requests */

static void go_on(fm_caldav_bodies *b);

static void end(fm_caldav_bodies *b, const fm_error *err)
{
    b->stage = STAGE_END;
    b->done(b->op, err);
}

/*
 * What ends the whole reading; anything else is tried again the next way: what one object has spoilt for all others
 * in smaller parts, down to each alone. A calendar that answers 403, 404 or
 * 410 cannot be reached: its objects are not to be taken for deleted.
 */
static bool is_fatal(const fm_dav_result *result)
{
    static const int codes[] = {0, 401, 404, 410, 429, 503};
    if (!result->status || (result->spoilt && result->status != FM_ENOMEM && result->status != FM_ECANCELED))
        return false;
    if (result->code && result->code < 400)
        return true;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (result->code == codes[i])
            return true;
    return result->code == 403 && !result->summary->condition_name;
}

static void on_report_done(void *data, const fm_dav_result *result)
{
    fm_caldav_bodies *b = data;
    b->in_flight--;
    if (b->stage == STAGE_QUERY)
        fm_caldav_of(b->op)->queried = b->given;
    if (is_fatal(result))
        end(b, &result->error);
    else
        go_on(b);
}

/* Depth counts for calendar-query alone: of a calendar-multiget it is not to be sent (RFC 4791 section 7.9). */
static fm_status send_report(fm_caldav_bodies *b, fm_buf *body, int depth)
{
    fm_dav_request request = {.method = "REPORT",
                              .url = fm_caldav_of(b->op)->place.url,
                              .what = "reading events",
                              .depth = depth,
                              .body = body,
                              .retry = FM_HTTP_RETRY_ALL,
                              .each = on_object,
                              .done = on_report_done,
                              .data = b};
    fm_status status = fm_dav_submit(b->op, &request, &b->failure);
    if (!status)
        b->in_flight++;
    return status;
}

static fm_status send_query(fm_caldav_bodies *b)
{
    fm_buf body;
    fm_buf_init(&body, REQUEST_MAX);
    fm_buf_adds(&body, "<C:calendar-query " NAMESPACES ">" PROPERTIES
                       "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\"/></C:comp-filter>"
                       "</C:filter></C:calendar-query>");
    fm_status status = send_report(b, &body, 1);
    fm_buf_free(&body);
    return status;
}

/* The next row that is not done, NULL past the last. */
static fm_caldav_row *next_row(fm_caldav_bodies *b)
{
    while (b->next < b->wanted.count)
        if (!b->wanted.items[b->next++].done)
            return &b->wanted.items[b->next - 1];
    return NULL;
}

static fm_status send_multiget(fm_caldav_bodies *b)
{
    fm_buf body;
    fm_caldav_row *row = next_row(b);
    if (!row)
        return FM_OK;
    fm_buf_init(&body, REQUEST_MAX);
    fm_buf_adds(&body, "<C:calendar-multiget " NAMESPACES ">" PROPERTIES);
    for (size_t count = 0; row; row = ++count < fm_caldav_of(b->op)->profile->multiget_batch ? next_row(b) : NULL) {
        fm_buf_adds(&body, "<href>");
        fm_xml_escape(&body, fm_hrefs_spelling(&fm_caldav_of(b->op)->hrefs, row->key));
        fm_buf_adds(&body, "</href>");
    }
    fm_buf_adds(&body, "</C:calendar-multiget>");
    fm_status status = send_report(b, &body, -1);
    fm_buf_free(&body);
    return status;
}

/* What was read alone: nothing better will come. */
static fm_status hand_on_read(fm_caldav_bodies *b, fm_caldav_row *row, const char *etag, const char *text, size_t len,
                              fm_error *err)
{
    fm_status status = hand_on_reported(b, row, etag, text, len, err);
    if (status || row->done)
        return status;
    fm_evidence_object found;
    status = fm_evidence_of_object(&found, text, len, err);
    row->done = true;
    if (!status)
        status = fm_evidence_unread(&b->sink, row->key, found.uid, NULL, found.wrong, err);
    free(found.uid);
    return status;
}

/* Hands on a body with the line ends of a report, so that the same object is the same text. */
static fm_status hand_on_body(fm_caldav_bodies *b, fm_caldav_row *row, const fm_dav_result *result, fm_error *err)
{
    const char *etag = fm_http_reply_header(result->reply, "ETag");
    fm_buf text;
    fm_buf_init(&text, FM_DAV_OBJECT_MAX);
    fm_status status = fm_ical_lf(&text, result->body, result->body_len)
                           ? fm_error_no_memory(err, FM_CALDAV_DOMAIN)
                           : hand_on_read(b, row, etag ? etag : row->etag, text.len ? text.data : "", text.len, err);
    fm_buf_free(&text);
    return status;
}

/* A failure of this object alone: the server answers, and lets us in. */
static bool is_of_object(const fm_dav_result *result)
{
    if (!result->status || result->status == FM_EAUTH || result->status == FM_ENOMEM)
        return false;
    return result->spoilt || (result->code && result->code != 429 && result->code != 503);
}

static void on_get_done(void *data, const fm_dav_result *result)
{
    fm_caldav_get *get = data;
    fm_caldav_bodies *b = get->bodies;
    fm_caldav_row *row = &b->wanted.items[get->row];
    fm_status status = FM_OK;
    get->bodies = NULL;
    b->in_flight--;
    if (result->code == 404 || result->code == 410) {
        status = hand_on_gone(b, row, result->code, &b->failure);
    } else if (is_of_object(result)) {
        const char *too_large = result->status == FM_ELIMIT ? row->etag : NULL;
        status = hand_on_unread(b, row, too_large, result->error.message, &b->failure);
    } else if (result->status) {
        end(b, &result->error);
        return;
    } else {
        status = hand_on_body(b, row, result, &b->failure);
    }
    if (status)
        end(b, &b->failure);
    else
        go_on(b);
}

/* There is one: no more requests are sent than there are places. */
static fm_caldav_get *free_get(fm_caldav_bodies *b)
{
    fm_caldav_get *get = b->gets;
    while (get->bodies)
        get++;
    return get;
}

static fm_status send_get(fm_caldav_bodies *b)
{
    char *url = NULL;
    fm_caldav_row *row = next_row(b);
    if (!row)
        return FM_OK;
    fm_status status = fm_url_resolve(&url, fm_caldav_of(b->op)->place.url,
                                      fm_hrefs_spelling(&fm_caldav_of(b->op)->hrefs, row->key), &b->failure);
    if (status)
        return status;
    fm_caldav_get *get = free_get(b);
    *get = (fm_caldav_get){.bodies = b, .row = b->next - 1};
    fm_dav_request request = {.method = "GET",
                              .url = url,
                              .what = "reading an event",
                              .depth = -1,
                              .retry = FM_HTTP_RETRY_ALL,
                              .done = on_get_done,
                              .data = get};
    status = fm_dav_submit(b->op, &request, &b->failure);
    if (status)
        get->bodies = NULL;
    else
        b->in_flight++;
    free(url);
    return status;
}

/* ------------------------------------------------------------------ stages */

static size_t count_open(const fm_caldav_bodies *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->wanted.count; i++)
        count += !b->wanted.items[i].done;
    return count;
}

/* What is wanted of a calendar that is known to hold this many times more is named instead. */
#define SHARE      2
#define SHARE_SLOW 50

/* Whether one query for everything is cheaper than naming the objects. */
static bool query_pays(const fm_caldav_bodies *b)
{
    const fm_caldav *p = fm_caldav_of(b->op);
    size_t count = b->wanted.count;
    if (count <= FEW || !p->profile->query_above)
        return false;
    if (b->all)
        return true;
    if (count < p->queried / (p->place.slow_multiget ? SHARE_SLOW : SHARE))
        return false;
    return p->place.slow_multiget || count > p->profile->query_above;
}

/* How reading begins: the other ways follow for what it has not given. */
static int first_stage(const fm_caldav_bodies *b)
{
    if (query_pays(b))
        return STAGE_QUERY;
    return b->spread && fm_caldav_of(b->op)->place.slow_multiget && b->wanted.count <= FEW ? STAGE_GET : STAGE_MULTIGET;
}

/* Sends what this stage may have in flight. */
static fm_status send_more(fm_caldav_bodies *b)
{
    fm_status status = FM_OK;
    while (!status && b->in_flight < FM_CALDAV_BODIES_IN_FLIGHT && b->next < b->wanted.count) {
        if (b->stage == STAGE_QUERY) {
            b->next = b->wanted.count;
            status = send_query(b);
        } else {
            status = b->stage == STAGE_MULTIGET ? send_multiget(b) : send_get(b);
        }
    }
    return status;
}

static void go_on(fm_caldav_bodies *b)
{
    while (b->stage != STAGE_END) {
        if (send_more(b)) {
            end(b, &b->failure);
            return;
        }
        if (b->in_flight)
            return;
        b->stage++;
        b->next = 0;
        if (!count_open(b))
            b->stage = STAGE_END;
    }
    b->done(b->op, NULL);
}

/* Of an href that is wanted twice the first counts. */
static fm_status index_rows(fm_caldav_bodies *b)
{
    for (size_t i = 0; i < b->wanted.count; i++) {
        fm_caldav_row *row = &b->wanted.items[i];
        if (fm_strmap_find(&b->index, row->key))
            row->done = true;
        else if (fm_strmap_set(&b->index, row->key, i, NULL))
            return fm_error_no_memory(&b->failure, FM_CALDAV_DOMAIN);
    }
    return FM_OK;
}

void fm_caldav_bodies_start(fm_caldav_bodies *b)
{
    if (index_rows(b)) {
        end(b, &b->failure);
        return;
    }
    b->stage = first_stage(b);
    b->next = 0;
    go_on(b);
}
