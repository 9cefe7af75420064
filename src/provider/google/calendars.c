/* Opening a calendar, and listing those of the account. */
#include "core/json/tree.h"
#include "core/url.h"
#include "provider/google/call.h"
#include "provider/google/event/object.h"
#include "provider/google/place.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More pages than any account has. */
#define PAGES_MAX      100
#define PATH_MAX_BYTES 8192

/* ------------------------------------------------------------------ one entry of the list */

typedef fm_status (*entry_fn)(void *data, const cJSON *entry, fm_error *err);

static bool may_write(const cJSON *entry)
{
    return fm_json_tree_is(entry, "accessRole", "owner") || fm_json_tree_is(entry, "accessRole", "writer");
}

static bool is_primary(const cJSON *entry)
{
    return cJSON_IsTrue(fm_json_tree_at(entry, "primary"));
}

/* The name a person sees: one's own for it, else the owner's. */
static const char *name_of(const cJSON *entry)
{
    const char *name = fm_json_tree_text(entry, "summaryOverride");
    if (!name)
        name = fm_json_tree_text(entry, "summary");
    return name ? name : fm_json_tree_text(entry, "id");
}

/* ------------------------------------------------------------------ pages of the list */

/* A listing of all calendars within an operation. */
typedef struct listing {
    fm_remote_op *op;
    entry_fn each;
    void (*done)(fm_remote_op *op, const fm_google_result *failed);
    void *data;
    unsigned pages;
} listing;

static void next_page(listing *l, const char *page_token);

static fm_status each_entry(listing *l, const cJSON *page, fm_error *err)
{
    const cJSON *entry;
    fm_status status = FM_OK;
    cJSON_ArrayForEach(entry, fm_json_tree_at(page, "items")) if (!status) status = l->each(l->data, entry, err);
    return status;
}

static void on_page(void *data, const fm_google_result *result)
{
    listing *l = data;
    if (result->status) {
        l->done(l->op, result);
        return;
    }
    cJSON *page = fm_json_tree(result->body.at, result->body.len);
    const char *token = fm_json_tree_text(page, "nextPageToken");
    fm_status status = page ? each_entry(l, page, &l->op->error) : fm_error_no_memory(&l->op->error, FM_GOOGLE_DOMAIN);
    if (status)
        fm_remote_op_end(l->op, status);
    else if (token && ++l->pages < PAGES_MAX)
        next_page(l, token);
    else
        l->done(l->op, NULL);
    cJSON_Delete(page);
}

static void next_page(listing *l, const char *page_token)
{
    fm_buf path;
    fm_error err = {0};
    fm_buf_init(&path, PATH_MAX_BYTES);
    fm_buf_adds(&path, "/users/me/calendarList?maxResults=250&prettyPrint=false");
    if (page_token) {
        fm_buf_adds(&path, "&pageToken=");
        fm_url_encode(&path, page_token, strlen(page_token));
    }
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "listing the calendars",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .is_answer = fm_google_has_items,
                                 .done = on_page,
                                 .data = l};
    if (path.status ? fm_error_no_memory(&err, FM_GOOGLE_DOMAIN) : fm_google_submit(l->op, &request, &err))
        fm_remote_op_fail(l->op, &err);
    fm_buf_free(&path);
}

/* ------------------------------------------------------------------ list */

typedef struct list {
    fm_remote_op op;
    listing listing;
    fm_calendar_fn fn;
    void *data;
} list;

static fm_status show_entry(void *data, const cJSON *entry, fm_error *err)
{
    const list *l = data;
    fm_calendar calendar = {.id = fm_json_tree_text(entry, "id"),
                            .name = name_of(entry),
                            .color = fm_json_tree_text(entry, "backgroundColor"),
                            .writable = may_write(entry),
                            .events = true,
                            .primary = is_primary(entry)};
    return calendar.id ? l->fn(l->data, &calendar, err) : FM_OK;
}

static void on_listed(fm_remote_op *op, const fm_google_result *failed)
{
    if (failed)
        fm_remote_op_fail(op, &failed->error);
    else
        fm_remote_op_end(op, FM_OK);
}

static void destroy_list(fm_op *op)
{
    fm_remote_cancel_all((fm_remote_op *)op);
    free(op);
}

fm_status fm_google_list(fm_provider *provider, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy_list};
    fm_status status = fm_google_credentials_check(&((fm_google *)provider)->credentials, err);
    if (status)
        return status;
    list *l = fm_remote_op_new(sizeof *l, &klass, provider, err);
    if (!l)
        return FM_ENOMEM;
    l->fn = fn;
    l->data = data;
    l->listing = (listing){.op = &l->op, .each = show_entry, .done = on_listed, .data = l};
    *op = &l->op.op;
    next_page(&l->listing, NULL);
    return FM_OK;
}

/* ------------------------------------------------------------------ open */

/*
 * The calendar is looked for in the account's list by its id; then, for it may be shared with a service account
 * without being in its list, or the granted scopes may not show the list, by reading its events; then by its name.
 */
typedef struct opening {
    fm_remote_op op;
    listing listing;
    fm_remote_waiter waiter; /* where a bookmark says all but whether the sign-in still holds */
    fm_google_place place;
    char *account; /* owned; NULL: not known */
} opening;

static void bind_place(opening *o)
{
    fm_google_place *place = &o->place;
    const char *email = fm_google_of(&o->op)->credentials.client_id;
    fm_error err = {0};
    if (!place->account)
        place->account = o->account ? strdup(o->account) : strdup(email ? email : "service account");
    if (!place->zone)
        place->zone = strdup("UTC");
    fm_status status = fm_google_bind(fm_google_of(&o->op), place, &err);
    *place = (fm_google_place){0};
    if (status)
        fm_remote_op_fail(&o->op, &err);
    else
        fm_remote_op_end(&o->op, FM_OK);
}

/* The place that an entry describes; what it does not say is left out. */
static fm_status read_place(opening *o, const char *id, const cJSON *entry, fm_error *err)
{
    const char *name = name_of(entry);
    fm_google_place_clear(&o->place);
    o->place.writable = may_write(entry);
    if (fm_text_set(&o->place.id, id) || fm_text_set(&o->place.name, name ? name : id) ||
        fm_text_set(&o->place.zone, fm_json_tree_text(entry, "timeZone")))
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    return FM_OK;
}

static fm_status take_entry(opening *o, const cJSON *entry, fm_error *err)
{
    const char *id = fm_json_tree_text(entry, "id");
    if (!id)
        return fm_error_set(err, FM_EPROTOCOL, FM_GOOGLE_DOMAIN, "a calendar without an id");
    if (is_primary(entry) && !o->account && fm_text_set(&o->account, id))
        return fm_error_no_memory(err, FM_GOOGLE_DOMAIN);
    return read_place(o, id, entry, err);
}

/* An entry of the account's list, or what a listing of events says of its calendar. */
static bool is_entry(const void *data, const fm_json_span *body)
{
    static const char *const members[] = {"id", "kind", "summary", "timeZone", "accessRole"};
    bool any = false;
    (void)data;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        any = any || fm_google_has(body, members[i]);
    return any;
}

static void ask(opening *o, const char *before, const char *calendar, const char *after, fm_google_done_fn done)
{
    fm_buf path;
    fm_error err = {0};
    fm_buf_init(&path, PATH_MAX_BYTES);
    fm_buf_adds(&path, before);
    fm_url_encode(&path, calendar, strlen(calendar));
    fm_buf_adds(&path, after);
    fm_google_request request = {.method = "GET",
                                 .path = path.data,
                                 .what = "opening the calendar",
                                 .retry = FM_HTTP_RETRY_ALL,
                                 .is_answer = is_entry,
                                 .done = done,
                                 .data = o};
    if (path.status ? fm_error_no_memory(&err, FM_GOOGLE_DOMAIN) : fm_google_submit(&o->op, &request, &err))
        fm_remote_op_fail(&o->op, &err);
    fm_buf_free(&path);
}

static bool is_not_there(const fm_google_result *result)
{
    return result->code == 404 || result->code == 400 || result->code == 410;
}

static fm_status match_name(void *data, const cJSON *entry, fm_error *err)
{
    opening *o = data;
    const char *wanted = o->op.p->calendar;
    bool named = fm_json_tree_is(entry, "summary", wanted) || fm_json_tree_is(entry, "summaryOverride", wanted);
    return named && !o->place.id ? take_entry(o, entry, err) : FM_OK;
}

static void on_searched(fm_remote_op *op, const fm_google_result *failed)
{
    opening *o = (opening *)op;
    fm_error err = {0};
    if (o->place.id) {
        bind_place(o);
        return;
    }
    if (failed && failed->code != 403) {
        fm_remote_op_fail(op, &failed->error);
        return;
    }
    fm_error_set(&err, FM_ENOTFOUND, FM_GOOGLE_DOMAIN, "there is no calendar \"%s\" in this Google account",
                 op->p->calendar);
    fm_remote_op_fail(op, &err);
}

static void end(opening *o, fm_status status, const fm_error *err)
{
    if (status)
        fm_remote_op_fail(&o->op, err);
    else
        bind_place(o);
}

static void on_probed(void *data, const fm_google_result *result)
{
    opening *o = data;
    fm_error err = {0};
    if (is_not_there(result)) {
        o->listing = (listing){.op = &o->op, .each = match_name, .done = on_searched, .data = o};
        next_page(&o->listing, NULL);
    } else if (result->status) {
        fm_remote_op_fail(&o->op, &result->error);
    } else {
        cJSON *said = fm_json_tree(result->body.at, result->body.len);
        end(o, read_place(o, o->op.p->calendar, said, &err), &err);
        cJSON_Delete(said);
    }
}

static void take_answer(opening *o, const fm_google_result *result)
{
    fm_error err = {0};
    cJSON *entry = fm_json_tree(result->body.at, result->body.len);
    end(o, take_entry(o, entry, &err), &err);
    cJSON_Delete(entry);
}

static void on_entry(void *data, const fm_google_result *result)
{
    opening *o = data;
    if (is_not_there(result) || result->status == FM_EACCESS)
        ask(o, "/calendars/", o->op.p->calendar,
            "/events?maxResults=1&fields=summary,timeZone,accessRole&prettyPrint=false", on_probed);
    else if (result->status)
        fm_remote_op_fail(&o->op, &result->error);
    else
        take_answer(o, result);
}

static void ask_entry(opening *o)
{
    ask(o, "/users/me/calendarList/", o->op.p->calendar, "?prettyPrint=false", on_entry);
}

/* The primary calendar has the account's address for its id. */
static void on_primary(void *data, const fm_google_result *result)
{
    opening *o = data;
    if (result->status && !is_not_there(result) && result->status != FM_EACCESS)
        fm_remote_op_fail(&o->op, &result->error);
    else if (!result->status && fm_google_string(&o->account, &result->body, "id"))
        fm_remote_op_end(&o->op, FM_ENOMEM);
    else if (!result->status && strcmp(o->op.p->calendar, "primary") == 0)
        on_entry(o, result);
    else
        ask_entry(o);
}

static void on_signed_in(void *data, const fm_error *failed)
{
    opening *o = data;
    if (failed)
        fm_remote_op_fail(&o->op, failed);
    else
        bind_place(o);
}

/* A place that is known needs no request but for a token: a sign-in that has ended is to be told now. */
static void start(opening *o)
{
    fm_google *p = fm_google_of(&o->op);
    fm_error err = {0};
    bool known = p->remote.discovery && fm_google_place_read(p, p->remote.discovery, &o->place) == FM_OK;
    if (!known)
        ask(o, "/users/me/calendarList/", "primary", "?prettyPrint=false", on_primary);
    else if (fm_remote_token(&p->remote))
        bind_place(o);
    else if (fm_remote_token_wait(&p->remote, &o->waiter, &err))
        fm_remote_op_fail(&o->op, &err);
}

static void destroy_opening(fm_op *op)
{
    opening *o = (opening *)op;
    fm_remote_token_forget(o->op.p, &o->waiter);
    fm_remote_cancel_all(&o->op);
    fm_google_place_clear(&o->place);
    free(o->account);
    free(o);
}

fm_status fm_google_open(fm_provider *provider, fm_op **op, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy_opening};
    fm_status status = fm_google_credentials_check(&((fm_google *)provider)->credentials, err);
    if (status)
        return status;
    opening *o = fm_remote_op_new(sizeof *o, &klass, provider, err);
    if (!o)
        return FM_ENOMEM;
    o->waiter.fn = on_signed_in;
    o->waiter.data = o;
    *op = &o->op.op;
    start(o);
    return FM_OK;
}
