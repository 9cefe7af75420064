/*
 * From a server's address to its calendars (RFC 6764 section 6, RFC 5397, RFC 4791 section 6.2.1): the address, or
 * /.well-known/caldav, names the principal; the principal names its home sets; they hold the calendars.
 */
#include "core/dns.h"
#include "core/url.h"
#include "provider/caldav/calendars.h"
#include "provider/caldav/dav.h"
#include "provider/caldav/place.h"
#include "provider/event/people.h"
#include "provider/op.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STARTS_MAX 4
/* Room for thousands of calendars. */
#define ANSWER_MAX ((size_t)16 << 20)

/* One question for every step: a server answers what it has of it. */
static const char question[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<propfind xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:I=\"http://apple.com/ns/ical/\"><prop>"
    "<current-user-principal/><C:calendar-home-set/><C:calendar-user-address-set/><resourcetype/><displayname/"
    "><current-user-privilege-set/>"
    "<supported-report-set/><C:supported-calendar-component-set/><C:schedule-default-calendar-URL/>"
    "<I:calendar-color/><I:calendar-order/></prop></propfind>";

typedef struct discovery {
    fm_remote_op op;
    fm_calendar_fn fn; /* of `list`; NULL for `open` */
    void *data;

    char *starts[STARTS_MAX]; /* URLs to begin at, in turn */
    size_t start_count, start;
    size_t named_start;   /* which of them DNS names; STARTS_MAX for none */
    char *principal;      /* URL; NULL while unknown */
    char *principal_path; /* canonical */
    bool at_principal;    /* the principal is being asked */
    char *homes[FM_DAV_HOMES_MAX];
    size_t home_count, homes_left;
    fm_strings addresses; /* of the principal */
    fm_caldav_calendars calendars;
    bool unauthenticated;
    bool slow_multiget;
    fm_error failure; /* the first one, for when nothing else leads on */
} discovery;

static void destroy(fm_op *op)
{
    discovery *d = (discovery *)op;
    fm_remote_cancel_all(&d->op);
    for (size_t i = 0; i < d->start_count; i++)
        free(d->starts[i]);
    for (size_t i = 0; i < d->home_count; i++)
        free(d->homes[i]);
    fm_strings_clear(&d->addresses);
    free(d->principal);
    free(d->principal_path);
    fm_caldav_calendars_free(&d->calendars);
    free(d);
}

static void end(discovery *d, fm_status status)
{
    fm_remote_op_end(&d->op, status);
}

/* ------------------------------------------------------------------ answers */

static fm_status note_homes(discovery *d, const char *url, const fm_dav_props *props, fm_error *err)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < FM_DAV_HOMES_MAX && props->homes[i] && d->home_count < FM_DAV_HOMES_MAX && !status; i++) {
        status = fm_url_resolve(&d->homes[d->home_count], url, props->homes[i], err);
        if (!status)
            d->home_count++;
    }
    return status;
}

/* Of the account's principal alone: others may share a home set. */
static fm_status note_addresses(discovery *d, const fm_dav_props *props)
{
    fm_status status = FM_OK;
    for (size_t i = 0; i < FM_DAV_ADDRESSES_MAX && props->addresses[i] && !status; i++)
        status = fm_people_add(&d->addresses, fm_span_of(props->addresses[i]));
    return status;
}

static fm_status note_principal(discovery *d, const char *url, const char *href, fm_error *err)
{
    if (d->principal || !href || !*href)
        return FM_OK;
    fm_status status = fm_url_resolve(&d->principal, url, href, err);
    return status ? status : fm_href_canonical(&d->principal_path, d->principal, err);
}

static fm_status on_resource(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    discovery *d = data;
    d->unauthenticated = d->unauthenticated || response->props.unauthenticated;
    fm_status status = note_principal(d, url, response->props.text[FM_DAV_PRINCIPAL], err);
    if (!status)
        status = note_homes(d, url, &response->props, err);
    if (!status && note_addresses(d, &response->props))
        status = fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    return status ? status : fm_caldav_calendars_add(&d->calendars, url, response, err);
}

static fm_status on_calendar(void *data, const char *url, const fm_dav_response *response, fm_error *err)
{
    return fm_caldav_calendars_add(&((discovery *)data)->calendars, url, response, err);
}

static void note_failure(discovery *d, const fm_dav_result *result)
{
    if (!d->failure.status)
        d->failure = result->error;
}

/* Xandikos opens its whole store for each object of a multiget; nothing else tells it apart. */
static void note_server(discovery *d, const fm_dav_result *result)
{
    const char *server = fm_http_reply_header(result->reply, "Server");
    d->slow_multiget = d->slow_multiget || (server && strstr(server, "aiohttp"));
}

static fm_status ask(discovery *d, const char *url, int depth, const char *what, fm_dav_each_fn each,
                     fm_dav_done_fn done)
{
    fm_buf body;
    fm_buf_init(&body, sizeof question);
    fm_buf_adds(&body, question);
    fm_dav_request request = {.method = "PROPFIND",
                              .url = url,
                              .what = what,
                              .depth = depth,
                              .body = &body,
                              .max_bytes = ANSWER_MAX,
                              .retry = FM_HTTP_RETRY_ALL,
                              .each = each,
                              .done = done,
                              .data = d};
    fm_status status = fm_dav_submit(&d->op, &request, &d->op.error);
    fm_buf_free(&body);
    return status;
}

/* ------------------------------------------------------------------ the end */

static fm_status hand_over_list(discovery *d)
{
    const fm_caldav_calendar *primary = fm_caldav_primary(&d->calendars);
    fm_status status = FM_OK;
    for (size_t i = 0; i < d->calendars.count && !status; i++) {
        const fm_caldav_calendar *c = &d->calendars.items[i];
        fm_calendar calendar = {.id = c->path,
                                .name = c->name,
                                .color = c->color,
                                .writable = c->writable,
                                .events = c->events,
                                .primary = c == primary};
        status = d->fn(d->data, &calendar, &d->op.error);
    }
    return status;
}

static const char *account_of(const discovery *d)
{
    if (d->principal_path)
        return d->principal_path;
    return fm_caldav_of(&d->op)->username ? fm_caldav_of(&d->op)->username : "";
}

static fm_status bind_chosen(discovery *d)
{
    fm_caldav *p = fm_caldav_of(&d->op);
    const fm_caldav_calendar *c;
    const char *who = p->username ? p->username : p->endpoint;
    fm_status status = fm_caldav_choose(&c, &d->calendars, p->remote.calendar, who, &d->op.error);
    if (status)
        return status;
    fm_caldav_place place = {.url = strdup(c->url),
                             .id = strdup(c->path),
                             .account = strdup(account_of(d)),
                             .name = strdup(c->name),
                             .writable = c->writable,
                             .sync = c->sync,
                             .slow_multiget = d->slow_multiget,
                             .addresses = d->addresses};
    d->addresses = (fm_strings){0};
    return fm_caldav_bind(p, &place, &d->op.error);
}

static void finish(discovery *d)
{
    end(d, d->fn ? hand_over_list(d) : bind_chosen(d));
}

/* ------------------------------------------------------------------ the steps */

static void on_home_done(void *data, const fm_dav_result *result)
{
    discovery *d = data;
    if (result->status)
        note_failure(d, result);
    note_server(d, result);
    if (--d->homes_left)
        return;
    if (d->failure.status && !d->calendars.count)
        fm_remote_op_fail(&d->op, &d->failure);
    else
        finish(d);
}

static void ask_homes(discovery *d)
{
    fm_error_clear(&d->failure);
    d->homes_left = d->home_count;
    for (size_t i = 0; i < d->home_count; i++) {
        fm_status status = ask(d, d->homes[i], 1, "listing the calendars", on_calendar, on_home_done);
        if (status) {
            end(d, status);
            return;
        }
    }
}

static void ask_next_start(discovery *d);

/* Whether what was found at the address leaves one choice, without looking at the whole account. */
static bool choice_is_clear(const discovery *d)
{
    const fm_caldav_calendar *c;
    if (d->fn || !d->calendars.count)
        return false;
    return strcmp(fm_caldav_of(&d->op)->remote.calendar, "primary") == 0 ||
           (fm_caldav_of(&d->op)->remote.calendar[0] == '/' &&
            !fm_caldav_choose(&c, &d->calendars, fm_caldav_of(&d->op)->remote.calendar, "", NULL));
}

/* Says what a refusal at the door means: the codes alone speak of a resource or of the request. */
static void explain_failure(discovery *d)
{
    const fm_caldav *p = fm_caldav_of(&d->op);
    fm_error *e = &d->failure;
    switch (e->http_status) {
    case 403:
    case 423:
        e->status = FM_EACCESS;
        if (p->username)
            fm_error_prefix(e, "%s may not sign in (is the account locked, or not allowed to use CalDAV?)",
                            p->username);
        else
            fm_error_prefix(e, "nobody signs in: there is no user name");
        break;
    case 200:
    case 204:
    case 400:
    case 404:
    case 405:
    case 410:
    case 501:
        e->status = FM_ENOTFOUND;
        fm_error_prefix(e, "is %s the address of a CalDAV server?", p->endpoint);
        break;
    default:
        break;
    }
}

static void no_way_on(discovery *d)
{
    if (d->calendars.count) {
        finish(d);
        return;
    }
    if (d->failure.status) {
        explain_failure(d);
        fm_remote_op_fail(&d->op, &d->failure);
        return;
    }
    fm_error *err = &d->op.error;
    if (d->principal)
        end(d,
            fm_error_set(err, FM_ENOTFOUND, FM_CALDAV_DOMAIN,
                         "%s lets %s in but names no calendars: some servers do that to slow clients down (try again "
                         "in some minutes), others where calendars are switched off for the account",
                         fm_caldav_of(&d->op)->endpoint,
                         fm_caldav_of(&d->op)->username ? fm_caldav_of(&d->op)->username : "everybody"));
    else
        end(d,
            fm_error_set(err, FM_ENOTFOUND, FM_CALDAV_DOMAIN,
                         "%s has no calendars: is it the address of a CalDAV server?", fm_caldav_of(&d->op)->endpoint));
}

/* Nobody answers, and what is left to ask lies on the same server: only the one that DNS names is another. */
static bool is_dead_end(const discovery *d, const fm_dav_result *result)
{
    return result->status && !result->code && d->start != d->named_start + 1;
}

static void on_resource_done(void *data, const fm_dav_result *result)
{
    discovery *d = data;
    bool was_principal = d->at_principal;
    d->at_principal = false;
    if (result->status == FM_EAUTH || result->status == FM_ENOMEM) {
        fm_remote_op_fail(&d->op, &result->error);
        return;
    }
    if (is_dead_end(d, result)) {
        fm_remote_op_fail(&d->op, d->failure.status ? &d->failure : &result->error);
        return;
    }
    if (result->status)
        note_failure(d, result);
    note_server(d, result);
    if (d->unauthenticated && !d->principal) {
        end(d, fm_error_set(&d->op.error, FM_EAUTH, FM_CALDAV_DOMAIN,
                            "%s lets nobody in: check the user name and the password", result->url));
    } else if (choice_is_clear(d)) {
        finish(d);
    } else if (d->home_count) {
        ask_homes(d);
    } else if (d->principal && !was_principal) {
        d->at_principal = true;
        fm_status status = ask(d, d->principal, 0, "asking for the calendar home", on_resource, on_resource_done);
        if (status)
            end(d, status);
    } else {
        ask_next_start(d);
    }
}

static void ask_next_start(discovery *d)
{
    if (d->start == d->start_count) {
        no_way_on(d);
        return;
    }
    fm_status status = ask(d, d->starts[d->start++], 0, "signing in", on_resource, on_resource_done);
    if (status)
        end(d, status);
}

/* ------------------------------------------------------------------ the start */

static fm_status add_start(discovery *d, const char *base, const char *reference, fm_error *err)
{
    fm_status status = fm_url_resolve(&d->starts[d->start_count], base, reference, err);
    if (!status)
        d->start_count++;
    return status;
}

/* A domain as people know it: no scheme, no port, no path, and not this machine. */
static bool is_domain(const char *endpoint)
{
    return strchr(endpoint, '.') && !strpbrk(endpoint, ":/") && !fm_url_is_loopback(endpoint);
}

/*
 * A server that the domain's DNS names. DNS can be forged, so credentials follow it within the domain only; what lies
 * outside is told to the user instead.
 */
static fm_status add_named_server(discovery *d, fm_error *err)
{
    const fm_caldav *p = fm_caldav_of(&d->op);
    fm_dns_service service;
    char name[FM_DNS_NAME_MAX], url[FM_DNS_NAME_MAX + 32];
    snprintf(name, sizeof name, "_caldavs._tcp.%s", p->endpoint);
    if (!is_domain(p->endpoint) || fm_dns_find_service(&service, name))
        return FM_OK;
    snprintf(url, sizeof url, "https://%s:%u/", service.host, (unsigned)service.port);
    if (!fm_url_text_trusts(p->home, url)) {
        fm_error_set(&d->failure, FM_EINVAL, FM_CALDAV_DOMAIN,
                     "%s names %s as its calendar server, in another domain: if that is right, make %s the endpoint",
                     p->endpoint, service.host, url);
        return FM_OK;
    }
    d->named_start = d->start_count;
    return add_start(d, url, service.path[0] ? service.path : "/.well-known/caldav", err);
}

static fm_status add_starts(discovery *d, fm_error *err)
{
    const fm_caldav *p = fm_caldav_of(&d->op);
    fm_status status = FM_OK;
    if (!d->fn && p->remote.calendar[0] == '/')
        status = add_start(d, p->home, p->remote.calendar, err);
    if (!status)
        status = add_named_server(d, err);
    if (!status)
        status = add_start(d, p->home, "", err);
    return status ? status : add_start(d, p->home, "/.well-known/caldav", err);
}

static fm_status make(discovery **out, fm_caldav *p, fm_error *err)
{
    static const fm_op_class klass = {.step = fm_remote_op_step, .destroy = destroy};
    discovery *d = fm_remote_op_new(sizeof *d, &klass, &p->remote.base, err);
    if (!d)
        return FM_ENOMEM;
    d->named_start = STARTS_MAX;
    *out = d;
    return FM_OK;
}

static void begin(discovery *d)
{
    fm_status status = add_starts(d, &d->op.error);
    if (status)
        end(d, status);
    else
        ask_next_start(d);
}

fm_status fm_caldav_discover(fm_caldav *p, fm_op **op, fm_error *err)
{
    discovery *d = NULL;
    fm_status status = make(&d, p, err);
    if (status)
        return status;
    *op = &d->op.op;
    begin(d);
    return FM_OK;
}

fm_status fm_caldav_open(fm_provider *provider, fm_op **op, fm_error *err)
{
    fm_caldav *p = (fm_caldav *)provider;
    fm_caldav_place place = {0};
    if (!p->remote.discovery || fm_caldav_place_read(p, p->remote.discovery, &place))
        return fm_caldav_discover(p, op, err);
    fm_status status = fm_caldav_bind(p, &place, err);
    if (status)
        return status;
    p->from_bookmark = true;
    return fm_op_call_new(op, NULL, NULL, NULL, err);
}

fm_status fm_caldav_list(fm_provider *provider, fm_calendar_fn fn, void *data, fm_op **op, fm_error *err)
{
    discovery *d = NULL;
    fm_status status = make(&d, (fm_caldav *)provider, err);
    if (status)
        return status;
    d->fn = fn;
    d->data = data;
    *op = &d->op.op;
    begin(d);
    return FM_OK;
}
