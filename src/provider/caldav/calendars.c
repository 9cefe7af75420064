#include "provider/caldav/calendars.h"
#include "core/url.h"
#include "util/alloc.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void clear_calendar(fm_caldav_calendar *c)
{
    free(c->url);
    free(c->path);
    free(c->segment);
    free(c->name);
    free(c->color);
    *c = (fm_caldav_calendar){0};
}

void fm_caldav_calendars_free(fm_caldav_calendars *list)
{
    for (size_t i = 0; i < list->count; i++)
        clear_calendar(&list->items[i]);
    free(list->items);
    free(list->default_path);
    *list = (fm_caldav_calendars){0};
}

/* Collections end with a slash, however the server spells them. */
static fm_status with_slash(char **text, fm_error *err)
{
    size_t len = strlen(*text);
    if (len && (*text)[len - 1] == '/')
        return FM_OK;
    char *longer = realloc(*text, len + 2);
    if (!longer)
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    longer[len] = '/';
    longer[len + 1] = '\0';
    *text = longer;
    return FM_OK;
}

static fm_status last_segment(char **out, const char *path, fm_error *err)
{
    size_t end = strlen(path);
    while (end && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start && path[start - 1] != '/')
        start--;
    fm_buf text;
    fm_buf_init(&text, end + 1);
    fm_url_decode(&text, path + start, end - start);
    *out = fm_buf_take(&text, NULL);
    return *out ? FM_OK : fm_error_no_memory(err, FM_CALDAV_DOMAIN);
}

/* Whether events can be made, changed and deleted. A server that says nothing is taken to allow it. */
static bool is_writable(const fm_dav_props *props)
{
    unsigned all = FM_DAV_MAY_EDIT | FM_DAV_MAY_ADD | FM_DAV_MAY_REMOVE;
    if (props->kinds & FM_DAV_SUBSCRIBED)
        return false;
    if (!props->has_privileges)
        return true;
    return props->privileges & FM_DAV_MAY_WRITE || (props->privileges & all) == all;
}

/* "#rrggbb" of "#rrggbbaa". */
static char *color_of(const char *text)
{
    if (!text || text[0] != '#' || strspn(text + 1, "0123456789abcdefABCDEF") < 6)
        return NULL;
    return strndup(text, 7);
}

static fm_status read_calendar(fm_caldav_calendar *c, const char *base_url, const fm_dav_response *response,
                               fm_error *err)
{
    const fm_dav_props *props = &response->props;
    const char *name = props->text[FM_DAV_DISPLAY_NAME], *order = props->text[FM_DAV_ORDER];
    fm_status status = fm_url_resolve(&c->url, base_url, response->href, err);
    if (!status)
        status = with_slash(&c->url, err);
    if (!status)
        status = fm_href_canonical(&c->path, c->url, err);
    if (!status)
        status = last_segment(&c->segment, c->path, err);
    if (status)
        return status;
    c->name = strdup(name && *name ? name : c->segment);
    c->color = color_of(props->text[FM_DAV_COLOR]);
    c->order = order && *order ? strtol(order, NULL, 10) : LONG_MAX;
    c->events = props->events || !props->has_components;
    c->writable = is_writable(props);
    c->sync = props->reports & FM_DAV_SYNC_COLLECTION;
    return c->name ? FM_OK : fm_error_no_memory(err, FM_CALDAV_DOMAIN);
}

static fm_status note_default(fm_caldav_calendars *list, const char *base_url, const char *href, fm_error *err)
{
    char *url;
    if (list->default_path)
        return FM_OK;
    fm_status status = fm_url_resolve(&url, base_url, href, err);
    if (!status)
        status = with_slash(&url, err);
    if (!status)
        status = fm_href_canonical(&list->default_path, url, err);
    free(url);
    return status;
}

static bool has_path(const fm_caldav_calendars *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].path, path) == 0)
            return true;
    return false;
}

fm_status fm_caldav_calendars_add(fm_caldav_calendars *list, const char *base_url, const fm_dav_response *response,
                                  fm_error *err)
{
    fm_caldav_calendar c = {0};
    const char *default_href = response->props.text[FM_DAV_DEFAULT_CALENDAR];
    if (default_href && *default_href) {
        fm_status status = note_default(list, base_url, default_href, err);
        if (status)
            return status;
    }
    if (!(response->props.kinds & FM_DAV_CALENDAR))
        return FM_OK;
    fm_status status = read_calendar(&c, base_url, response, err);
    if (status || has_path(list, c.path)) {
        clear_calendar(&c);
        return status;
    }
    fm_caldav_calendar *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items) {
        clear_calendar(&c);
        return fm_error_no_memory(err, FM_CALDAV_DOMAIN);
    }
    list->items = items;
    items[list->count++] = c;
    return FM_OK;
}

/* ------------------------------------------------------------------ choice */

/* Names that servers give the calendar everyone has. */
static bool has_usual_name(const fm_caldav_calendar *c)
{
    static const char *const usual[] = {"home", "personal", "calendar", "default"};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (strcasecmp(c->segment, usual[i]) == 0)
            return true;
    return false;
}

/* Whether `a` is a better primary than `b`: the same answer whatever the order they are listed in. */
static bool is_before(const fm_caldav_calendar *a, const fm_caldav_calendar *b)
{
    if (has_usual_name(a) != has_usual_name(b))
        return has_usual_name(a);
    if (a->order != b->order)
        return a->order < b->order;
    return strcmp(a->path, b->path) < 0;
}

const fm_caldav_calendar *fm_caldav_primary(const fm_caldav_calendars *list)
{
    const fm_caldav_calendar *best = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const fm_caldav_calendar *c = &list->items[i];
        if (!c->events || !c->writable)
            continue;
        if (list->default_path && strcmp(list->default_path, c->path) == 0)
            return c;
        if (!best || is_before(c, best))
            best = c;
    }
    return best;
}

/* "Work" (work), "Home" (home), …: what calendar_id may say. */
static void add_choices(fm_buf *out, const fm_caldav_calendars *list)
{
    size_t named = 0;
    for (size_t i = 0; i < list->count; i++) {
        const fm_caldav_calendar *c = &list->items[i];
        if (!c->events)
            continue;
        fm_buf_addf(out, "%s\"%s\" (%s%s)", named++ ? ", " : "", c->name, c->segment, c->writable ? "" : ", read-only");
    }
    if (!named)
        fm_buf_adds(out, "none");
}

static fm_status not_found(const fm_caldav_calendars *list, const char *wanted, const char *who, fm_error *err)
{
    fm_buf choices;
    fm_buf_init(&choices, 65536);
    add_choices(&choices, list);
    fm_error_set(err, FM_ENOTFOUND, FM_CALDAV_DOMAIN, "%s has no calendar \"%s\"; calendars for events: %s", who,
                 wanted, choices.data);
    fm_buf_free(&choices);
    return FM_ENOTFOUND;
}

typedef bool (*matcher)(const fm_caldav_calendar *c, const char *wanted);

static bool same_path(const fm_caldav_calendar *c, const char *wanted)
{
    return strcmp(c->path, wanted) == 0;
}

static bool same_segment(const fm_caldav_calendar *c, const char *wanted)
{
    return strcmp(c->segment, wanted) == 0;
}

static bool same_name(const fm_caldav_calendar *c, const char *wanted)
{
    return strcmp(c->name, wanted) == 0;
}

static bool similar_name(const fm_caldav_calendar *c, const char *wanted)
{
    return strcasecmp(c->name, wanted) == 0;
}

/* The calendars that match: how many, and the first. */
static size_t count_matches(const fm_caldav_calendars *list, matcher matches, const char *wanted,
                            const fm_caldav_calendar **first)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (matches(&list->items[i], wanted) && count++ == 0)
            *first = &list->items[i];
    return count;
}

/* The canonical path that `wanted` spells; NULL where it is no path. */
static fm_status wanted_path(char **out, const char *wanted, fm_error *err)
{
    *out = NULL;
    if (wanted[0] != '/' && strncmp(wanted, "http", 4) != 0)
        return FM_OK;
    if (fm_href_canonical(out, wanted, NULL))
        return FM_OK;
    return with_slash(out, err);
}

static fm_status find(const fm_caldav_calendar **out, const fm_caldav_calendars *list, const char *wanted,
                      const char *path, const char *who, fm_error *err)
{
    static const matcher by_text[] = {same_segment, same_name, similar_name};
    if (path && count_matches(list, same_path, path, out))
        return FM_OK;
    for (size_t i = 0; i < sizeof by_text / sizeof by_text[0]; i++) {
        size_t count = count_matches(list, by_text[i], wanted, out);
        if (count == 1)
            return FM_OK;
        if (count > 1)
            return fm_error_set(err, FM_EINVAL, FM_CALDAV_DOMAIN,
                                "%zu calendars of %s are called \"%s\": name one by its path, such as \"%s\"", count,
                                who, wanted, (*out)->path);
    }
    return not_found(list, wanted, who, err);
}

fm_status fm_caldav_choose(const fm_caldav_calendar **out, const fm_caldav_calendars *list, const char *wanted,
                           const char *who, fm_error *err)
{
    char *path = NULL;
    *out = NULL;
    if (strcmp(wanted, "primary") == 0) {
        *out = fm_caldav_primary(list);
        return *out ? FM_OK : not_found(list, wanted, who, err);
    }
    fm_status status = wanted_path(&path, wanted, err);
    if (!status)
        status = find(out, list, wanted, path, who, err);
    if (!status && !(*out)->events)
        status = fm_error_set(err, FM_EINVAL, FM_CALDAV_DOMAIN,
                              "the calendar \"%s\" takes no events (it is for tasks): choose another", (*out)->name);
    free(path);
    return status;
}
