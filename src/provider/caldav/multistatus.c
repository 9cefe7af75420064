#include "provider/caldav/multistatus.h"
#include "core/xml.h"
#include "util/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char domain[] = "caldav";

#define NS_DAV    "DAV: "
#define NS_CALDAV "urn:ietf:params:xml:ns:caldav "
#define NS_SERVER "http://calendarserver.org/ns/ "
#define NS_APPLE  "http://apple.com/ns/ical/ "
#define NS_SABRE  "http://sabredav.org/ns "
#define TEXTS_MAX (2 * FM_DAV_OBJECT_MAX)
#define DEPTH_MAX FM_XML_DEPTH_MAX
#define NO_TEXT   SIZE_MAX
/* The largest object, with room for the escapes of XML: so many bytes in which no response ends are none. */
#define RESPONSE_MAX (4 * FM_DAV_OBJECT_MAX)

/* Elements that mean something; ELEMENT_OTHER is any other. */
typedef enum element {
    ELEMENT_OTHER,
    ELEMENT_MULTISTATUS,
    ELEMENT_RESPONSE,
    ELEMENT_PROPSTAT,
    ELEMENT_PROP,
    ELEMENT_STATUS,
    ELEMENT_HREF,
    ELEMENT_ERROR,
    ELEMENT_SYNC_TOKEN,
    ELEMENT_ETAG,
    ELEMENT_DATA,
    ELEMENT_CTAG,
    ELEMENT_DISPLAY_NAME,
    ELEMENT_COLOR,
    ELEMENT_ORDER,
    ELEMENT_RESOURCE_TYPE,
    ELEMENT_CURRENT_PRINCIPAL,
    ELEMENT_UNAUTHENTICATED,
    ELEMENT_HOME_SET,
    ELEMENT_DEFAULT_CALENDAR,
    ELEMENT_COMPONENT_SET,
    ELEMENT_COMPONENT,
    ELEMENT_PRIVILEGE_SET,
    ELEMENT_PRIVILEGE,
    ELEMENT_REPORT_SET,
    ELEMENT_SUPPORTED_REPORT,
    ELEMENT_REPORT,
    ELEMENT_COLLECTION,
    ELEMENT_CALENDAR,
    ELEMENT_SUBSCRIBED,
    ELEMENT_ALL,
    ELEMENT_WRITE,
    ELEMENT_WRITE_CONTENT,
    ELEMENT_BIND,
    ELEMENT_UNBIND,
    ELEMENT_SYNC_REPORT,
    ELEMENT_MULTIGET_REPORT,
    ELEMENT_QUERY_REPORT,
    ELEMENT_USER_ADDRESSES,
    ELEMENT_EXPLANATION,
} element;

typedef struct element_name {
    const char *name;
    element element;
} element_name;

/* Sorted by name. */
static const element_name elements[] = {
    {NS_DAV "all", ELEMENT_ALL},
    {NS_DAV "bind", ELEMENT_BIND},
    {NS_DAV "collection", ELEMENT_COLLECTION},
    {NS_DAV "current-user-principal", ELEMENT_CURRENT_PRINCIPAL},
    {NS_DAV "current-user-privilege-set", ELEMENT_PRIVILEGE_SET},
    {NS_DAV "displayname", ELEMENT_DISPLAY_NAME},
    {NS_DAV "error", ELEMENT_ERROR},
    {NS_DAV "getetag", ELEMENT_ETAG},
    {NS_DAV "href", ELEMENT_HREF},
    {NS_DAV "multistatus", ELEMENT_MULTISTATUS},
    {NS_DAV "privilege", ELEMENT_PRIVILEGE},
    {NS_DAV "prop", ELEMENT_PROP},
    {NS_DAV "propstat", ELEMENT_PROPSTAT},
    {NS_DAV "report", ELEMENT_REPORT},
    {NS_DAV "resourcetype", ELEMENT_RESOURCE_TYPE},
    {NS_DAV "response", ELEMENT_RESPONSE},
    {NS_DAV "status", ELEMENT_STATUS},
    {NS_DAV "supported-report", ELEMENT_SUPPORTED_REPORT},
    {NS_DAV "supported-report-set", ELEMENT_REPORT_SET},
    {NS_DAV "sync-collection", ELEMENT_SYNC_REPORT},
    {NS_DAV "sync-token", ELEMENT_SYNC_TOKEN},
    {NS_DAV "unauthenticated", ELEMENT_UNAUTHENTICATED},
    {NS_DAV "unbind", ELEMENT_UNBIND},
    {NS_DAV "write", ELEMENT_WRITE},
    {NS_DAV "write-content", ELEMENT_WRITE_CONTENT},
    {NS_APPLE "calendar-color", ELEMENT_COLOR},
    {NS_APPLE "calendar-order", ELEMENT_ORDER},
    {NS_SERVER "getctag", ELEMENT_CTAG},
    {NS_SERVER "subscribed", ELEMENT_SUBSCRIBED},
    {NS_SABRE "message", ELEMENT_EXPLANATION},
    {NS_CALDAV "calendar", ELEMENT_CALENDAR},
    {NS_CALDAV "calendar-data", ELEMENT_DATA},
    {NS_CALDAV "calendar-home-set", ELEMENT_HOME_SET},
    {NS_CALDAV "calendar-multiget", ELEMENT_MULTIGET_REPORT},
    {NS_CALDAV "calendar-query", ELEMENT_QUERY_REPORT},
    {NS_CALDAV "calendar-user-address-set", ELEMENT_USER_ADDRESSES},
    {NS_CALDAV "comp", ELEMENT_COMPONENT},
    {NS_CALDAV "schedule-default-calendar-URL", ELEMENT_DEFAULT_CALENDAR},
    {NS_CALDAV "supported-calendar-component-set", ELEMENT_COMPONENT_SET},
};

/* Properties while their propstat's status is not known yet; texts are places in the arena, which moves. */
typedef struct found {
    size_t text[FM_DAV_TEXTS];
    size_t data_len;
    size_t homes[FM_DAV_HOMES_MAX];
    size_t home_count;
    size_t addresses[FM_DAV_ADDRESSES_MAX];
    size_t address_count;
    fm_dav_props rest; /* the members that are no text */
} found;

struct fm_multistatus {
    fm_xml *xml;
    fm_dav_response_fn fn;
    void *data;
    element path[DEPTH_MAX + 1]; /* the elements that are open, path[0] the document */
    unsigned depth;
    size_t unfinished; /* bytes since the last response ended */

    fm_buf arena; /* texts of the response at hand */
    found propstat;
    int propstat_status;
    found response;
    size_t href;
    int status;
    unsigned conditions;
    size_t condition_name;

    fm_buf summary_texts; /* of what stands outside the responses */
    size_t sync_token, error_name, error_href, explanation;
    fm_dav_summary summary;
};

static fm_status too_large(size_t max_bytes, fm_error *err)
{
    return fm_error_set(err, FM_ELIMIT, domain, "one response of the answer is larger than %zu bytes", max_bytes);
}

/* Why a buffer of ours failed. */
static fm_status buffer_failure(const fm_buf *buffer, fm_error *err)
{
    return buffer->status == FM_ELIMIT ? too_large(buffer->max_bytes, err) : fm_error_no_memory(err, domain);
}

static int compare_name(const void *name, const void *entry)
{
    return strcmp(name, ((const element_name *)entry)->name);
}

static element element_of(const char *name)
{
    const element_name *entry =
        bsearch(name, elements, sizeof elements / sizeof elements[0], sizeof elements[0], compare_name);
    return entry ? entry->element : ELEMENT_OTHER;
}

static void clear_found(found *f)
{
    *f = (found){0};
    for (int i = 0; i < FM_DAV_TEXTS; i++)
        f->text[i] = NO_TEXT;
}

static void begin_response(fm_multistatus *m)
{
    fm_buf_reset(&m->arena);
    clear_found(&m->response);
    clear_found(&m->propstat);
    m->href = m->condition_name = NO_TEXT;
    m->status = 0;
    m->conditions = 0;
}

/* Keeps a text; its place, or NO_TEXT where memory ran out (the buffer then remembers that). */
static size_t keep(fm_buf *buffer, const char *text, size_t len)
{
    size_t at = buffer->len;
    fm_buf_add(buffer, text, len);
    return fm_buf_addc(buffer, '\0') ? NO_TEXT : at;
}

static size_t keep_trimmed(fm_buf *buffer, const char *text, size_t len)
{
    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    return keep(buffer, text, len);
}

static const char *text_at(const fm_buf *buffer, size_t at)
{
    return at == NO_TEXT ? NULL : buffer->data + at;
}

/* The number in "HTTP/1.1 404 Not Found". */
static int status_code(const char *text)
{
    const char *space = strchr(text, ' ');
    return space ? (int)strtol(space, NULL, 10) : 0;
}

static bool is_inside(const fm_multistatus *m, element wanted)
{
    for (unsigned i = m->depth; i > 0; i--)
        if (m->path[i] == wanted)
            return true;
    return false;
}

/* ------------------------------------------------------------------ elements that say something by being there */

static unsigned kind_bit(element e)
{
    switch (e) {
    case ELEMENT_COLLECTION:
        return FM_DAV_COLLECTION;
    case ELEMENT_CALENDAR:
        return FM_DAV_CALENDAR;
    case ELEMENT_SUBSCRIBED:
        return FM_DAV_SUBSCRIBED;
    default:
        return FM_DAV_OTHER_KIND;
    }
}

static unsigned privilege_bit(element e)
{
    switch (e) {
    case ELEMENT_ALL:
    case ELEMENT_WRITE:
        return FM_DAV_MAY_WRITE;
    case ELEMENT_WRITE_CONTENT:
        return FM_DAV_MAY_EDIT;
    case ELEMENT_BIND:
        return FM_DAV_MAY_ADD;
    case ELEMENT_UNBIND:
        return FM_DAV_MAY_REMOVE;
    default:
        return 0;
    }
}

static unsigned report_bit(element e)
{
    switch (e) {
    case ELEMENT_SYNC_REPORT:
        return FM_DAV_SYNC_COLLECTION;
    case ELEMENT_MULTIGET_REPORT:
        return FM_DAV_MULTIGET;
    case ELEMENT_QUERY_REPORT:
        return FM_DAV_QUERY;
    default:
        return 0;
    }
}

static bool is_event(const char **attributes)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], "name") == 0)
            return strcmp(attributes[1], "VEVENT") == 0;
    return false;
}

static unsigned condition_bit(const char *local)
{
    if (strcmp(local, "valid-sync-token") == 0)
        return FM_DAV_VALID_SYNC_TOKEN;
    if (strcmp(local, "no-uid-conflict") == 0 || strcmp(local, "unique-scheduling-object-resource") == 0)
        return FM_DAV_UID_CONFLICT;
    if (strcmp(local, "need-privileges") == 0)
        return FM_DAV_NEED_PRIVILEGES;
    return FM_DAV_OTHER_CONDITION;
}

/*
 * An element directly in DAV:error names the condition that was not met (RFC 4918 section 16). Servers built on sabre
 * put the name of an exception beside it, or in its place: that is no condition.
 */
static void note_condition(fm_multistatus *m, const char *name)
{
    if (strncmp(name, NS_SABRE, strlen(NS_SABRE)) == 0)
        return;
    const char *space = strrchr(name, ' ');
    const char *local = space ? space + 1 : name;
    if (is_inside(m, ELEMENT_RESPONSE)) {
        m->conditions |= condition_bit(local);
        if (m->condition_name == NO_TEXT)
            m->condition_name = keep(&m->arena, local, strlen(local));
    }
    m->summary.conditions |= condition_bit(local);
    if (m->error_name == NO_TEXT)
        m->error_name = keep(&m->summary_texts, local, strlen(local));
}

static void note_presence(fm_multistatus *m, element e, element parent, const char *name, const char **attributes)
{
    fm_dav_props *props = &m->propstat.rest;
    switch (parent) {
    case ELEMENT_RESOURCE_TYPE:
        props->kinds |= kind_bit(e);
        break;
    case ELEMENT_PRIVILEGE:
        props->privileges |= privilege_bit(e);
        break;
    case ELEMENT_REPORT:
    case ELEMENT_SUPPORTED_REPORT: /* Xandikos leaves the element between out */
        props->reports |= report_bit(e);
        break;
    case ELEMENT_COMPONENT_SET:
        props->events = props->events || (e == ELEMENT_COMPONENT && is_event(attributes));
        break;
    case ELEMENT_CURRENT_PRINCIPAL:
        props->unauthenticated = props->unauthenticated || e == ELEMENT_UNAUTHENTICATED;
        break;
    case ELEMENT_ERROR:
        note_condition(m, name);
        break;
    case ELEMENT_PROP:
        props->has_privileges = props->has_privileges || e == ELEMENT_PRIVILEGE_SET;
        props->has_reports = props->has_reports || e == ELEMENT_REPORT_SET;
        props->has_components = props->has_components || e == ELEMENT_COMPONENT_SET;
        break;
    default:
        break;
    }
}

static fm_status on_start(void *data, const char *name, const char **attributes, fm_error *err)
{
    fm_multistatus *m = data;
    element e = element_of(name), parent = m->path[m->depth];
    if (m->depth == 0 && e != ELEMENT_MULTISTATUS && e != ELEMENT_ERROR)
        return fm_error_set(err, FM_EPARSE, domain, "the answer is no WebDAV multistatus");
    if (m->depth == 0)
        m->summary.multistatus = e == ELEMENT_MULTISTATUS;
    m->path[++m->depth] = e;
    if (e == ELEMENT_RESPONSE && parent == ELEMENT_MULTISTATUS)
        begin_response(m);
    if (e == ELEMENT_PROPSTAT) {
        clear_found(&m->propstat);
        m->propstat_status = 0;
    }
    note_presence(m, e, parent, name, attributes);
    return FM_OK;
}

/* ------------------------------------------------------------------ elements with a text */

static void take_href(fm_multistatus *m, const char *text, size_t len)
{
    found *f = &m->propstat;
    switch (m->path[m->depth]) {
    case ELEMENT_RESPONSE:
        m->href = keep_trimmed(&m->arena, text, len);
        return;
    case ELEMENT_CURRENT_PRINCIPAL:
        f->text[FM_DAV_PRINCIPAL] = keep_trimmed(&m->arena, text, len);
        return;
    case ELEMENT_DEFAULT_CALENDAR:
        f->text[FM_DAV_DEFAULT_CALENDAR] = keep_trimmed(&m->arena, text, len);
        return;
    case ELEMENT_HOME_SET:
        if (f->home_count < FM_DAV_HOMES_MAX)
            f->homes[f->home_count++] = keep_trimmed(&m->arena, text, len);
        return;
    case ELEMENT_USER_ADDRESSES:
        if (f->address_count < FM_DAV_ADDRESSES_MAX)
            f->addresses[f->address_count++] = keep_trimmed(&m->arena, text, len);
        return;
    default:
        break;
    }
    if (is_inside(m, ELEMENT_ERROR) && m->error_href == NO_TEXT)
        m->error_href = keep_trimmed(&m->summary_texts, text, len);
}

static void take_status(fm_multistatus *m, const char *text)
{
    element parent = m->path[m->depth];
    if (parent == ELEMENT_PROPSTAT)
        m->propstat_status = status_code(text);
    else if (parent == ELEMENT_RESPONSE)
        m->status = status_code(text);
}

static void take_property(fm_multistatus *m, fm_dav_text which, const char *text, size_t len)
{
    if (m->path[m->depth] == ELEMENT_PROP)
        m->propstat.text[which] = keep_trimmed(&m->arena, text, len);
}

/* calendar-data keeps its white space: it is an object of its own. */
static void take_data(fm_multistatus *m, const char *text, size_t len)
{
    if (m->path[m->depth] != ELEMENT_PROP)
        return;
    m->propstat.text[FM_DAV_DATA] = keep(&m->arena, text, len);
    m->propstat.data_len = len;
}

static void take_token(fm_multistatus *m, const char *text, size_t len)
{
    if (m->path[m->depth] == ELEMENT_PROP)
        take_property(m, FM_DAV_SYNC_TOKEN, text, len);
    else
        m->sync_token = keep_trimmed(&m->summary_texts, text, len);
}

/* What a server built on sabre says to people. */
static void take_explanation(fm_multistatus *m, const char *text, size_t len)
{
    if (m->path[m->depth] == ELEMENT_ERROR && m->explanation == NO_TEXT)
        m->explanation = keep_trimmed(&m->summary_texts, text, len);
}

/* Adds a 2xx propstat's properties to the response's. */
static void merge_propstat(fm_multistatus *m)
{
    const found *from = &m->propstat;
    found *to = &m->response;
    if (m->propstat_status < 200 || m->propstat_status > 299)
        return;
    for (int i = 0; i < FM_DAV_TEXTS; i++)
        if (from->text[i] != NO_TEXT)
            to->text[i] = from->text[i];
    if (from->text[FM_DAV_DATA] != NO_TEXT)
        to->data_len = from->data_len;
    for (size_t i = 0; i < from->home_count && to->home_count < FM_DAV_HOMES_MAX; i++)
        to->homes[to->home_count++] = from->homes[i];
    for (size_t i = 0; i < from->address_count && to->address_count < FM_DAV_ADDRESSES_MAX; i++)
        to->addresses[to->address_count++] = from->addresses[i];
    to->rest.kinds |= from->rest.kinds;
    to->rest.privileges |= from->rest.privileges;
    to->rest.reports |= from->rest.reports;
    to->rest.events |= from->rest.events;
    to->rest.unauthenticated |= from->rest.unauthenticated;
    to->rest.has_privileges |= from->rest.has_privileges;
    to->rest.has_components |= from->rest.has_components;
    to->rest.has_reports |= from->rest.has_reports;
}

static fm_status end_response(fm_multistatus *m, fm_error *err)
{
    if (m->arena.status)
        return buffer_failure(&m->arena, err);
    m->unfinished = 0;
    if (m->summary.responses++ == 0)
        m->summary.first_status = m->status;
    if (!m->fn)
        return FM_OK;
    if (m->href == NO_TEXT)
        return fm_error_set(err, FM_EPARSE, domain, "a response of the answer has no href");
    fm_dav_response response = {.href = text_at(&m->arena, m->href),
                                .status = m->status,
                                .props = m->response.rest,
                                .conditions = m->conditions,
                                .condition_name = text_at(&m->arena, m->condition_name)};
    for (int i = 0; i < FM_DAV_TEXTS; i++)
        response.props.text[i] = text_at(&m->arena, m->response.text[i]);
    response.props.data_len = m->response.data_len;
    for (size_t i = 0; i < m->response.home_count; i++)
        response.props.homes[i] = text_at(&m->arena, m->response.homes[i]);
    for (size_t i = 0; i < m->response.address_count; i++)
        response.props.addresses[i] = text_at(&m->arena, m->response.addresses[i]);
    return m->fn(m->data, &response, err);
}

static fm_status on_end(void *data, const char *name, const char *text, size_t len, fm_error *err)
{
    fm_multistatus *m = data;
    (void)name;
    switch (m->path[m->depth--]) {
    case ELEMENT_RESPONSE:
        return m->path[m->depth] == ELEMENT_MULTISTATUS ? end_response(m, err) : FM_OK;
    case ELEMENT_PROPSTAT:
        merge_propstat(m);
        break;
    case ELEMENT_HREF:
        take_href(m, text, len);
        break;
    case ELEMENT_STATUS:
        take_status(m, text);
        break;
    case ELEMENT_SYNC_TOKEN:
        take_token(m, text, len);
        break;
    case ELEMENT_ETAG:
        take_property(m, FM_DAV_ETAG, text, len);
        break;
    case ELEMENT_DATA:
        take_data(m, text, len);
        break;
    case ELEMENT_CTAG:
        take_property(m, FM_DAV_CTAG, text, len);
        break;
    case ELEMENT_DISPLAY_NAME:
        take_property(m, FM_DAV_DISPLAY_NAME, text, len);
        break;
    case ELEMENT_COLOR:
        take_property(m, FM_DAV_COLOR, text, len);
        break;
    case ELEMENT_ORDER:
        take_property(m, FM_DAV_ORDER, text, len);
        break;
    case ELEMENT_EXPLANATION:
        take_explanation(m, text, len);
        break;
    default:
        break;
    }
    return FM_OK;
}

/* ------------------------------------------------------------------ the reader */

fm_status fm_multistatus_new(fm_multistatus **out, fm_dav_response_fn fn, void *data, fm_error *err)
{
    static const fm_xml_handler handler = {.start = on_start, .end = on_end};
    *out = NULL;
    fm_multistatus *m = calloc(1, sizeof *m);
    if (!m)
        return fm_error_no_memory(err, domain);
    fm_status status = fm_xml_new(&m->xml, &handler, m, FM_DAV_OBJECT_MAX, err);
    if (status) {
        free(m);
        return status;
    }
    m->fn = fn;
    m->data = data;
    m->sync_token = m->error_name = m->error_href = m->explanation = NO_TEXT;
    fm_buf_init(&m->arena, TEXTS_MAX);
    fm_buf_init(&m->summary_texts, 65536);
    begin_response(m);
    *out = m;
    return FM_OK;
}

void fm_multistatus_free(fm_multistatus *m)
{
    if (!m)
        return;
    fm_xml_free(m->xml);
    fm_buf_free(&m->arena);
    fm_buf_free(&m->summary_texts);
    free(m);
}

fm_status fm_multistatus_feed(fm_multistatus *m, const char *bytes, size_t len, fm_error *err)
{
    m->unfinished += len;
    if (m->unfinished > RESPONSE_MAX)
        return too_large(RESPONSE_MAX, err);
    return fm_xml_feed(m->xml, bytes, len, err);
}

fm_status fm_multistatus_finish(fm_multistatus *m, fm_error *err)
{
    fm_status status = fm_xml_finish(m->xml, err);
    if (status)
        return status;
    if (m->summary_texts.status)
        return buffer_failure(&m->summary_texts, err);
    m->summary.sync_token = text_at(&m->summary_texts, m->sync_token);
    if (m->summary.sync_token && !*m->summary.sync_token)
        m->summary.sync_token = NULL;
    m->summary.condition_name = text_at(&m->summary_texts, m->error_name);
    m->summary.condition_href = text_at(&m->summary_texts, m->error_href);
    m->summary.explanation = text_at(&m->summary_texts, m->explanation);
    return FM_OK;
}

const fm_dav_summary *fm_multistatus_summary(const fm_multistatus *m)
{
    return &m->summary;
}
