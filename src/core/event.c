#include "fmcal/event.h"
#include "util/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

fm_status fm_event_set(char **member, const char *value)
{
    return fm_text_set(member, value);
}

fm_status fm_strings_add(fm_strings *list, const char *value)
{
    if (list->count >= SIZE_MAX / sizeof *list->items - 1)
        return FM_ENOMEM;
    char *copy = strdup(value);
    if (!copy)
        return FM_ENOMEM;
    char **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items) {
        free(copy);
        return FM_ENOMEM;
    }
    items[list->count++] = copy;
    list->items = items;
    return FM_OK;
}

void fm_strings_clear(fm_strings *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (fm_strings){0};
}

/* ------------------------------------------------------------------ extras */

/* What X- properties of fmcal are called behind the X-. */
static const char *const own_names[] = {"KANBAN-ID", "TYPE",        "TEAM",   "STATUS", "PRIORITY",
                                        "EPIC-ID",   "CASE-NUMBER", "SOURCE", "VERSION"};
static const char own_prefix[] = "FMCAL-";

static bool is_own(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof own_names / sizeof own_names[0]; i++)
        if (strlen(own_names[i]) == len && memcmp(own_names[i], name, len) == 0)
            return true;
    return len >= sizeof own_prefix - 1 && memcmp(name, own_prefix, sizeof own_prefix - 1) == 0;
}

bool fm_extra_is_name(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!(name[i] >= 'A' && name[i] <= 'Z') && !(name[i] >= '0' && name[i] <= '9') && name[i] != '-')
            return false;
    return len > 0 && len <= FM_EXTRA_NAME_MAX && !is_own(name, len);
}

static fm_extra *find_extra(const fm_extras *extras, const char *name)
{
    for (size_t i = 0; i < extras->count; i++)
        if (strcmp(extras->items[i].name, name) == 0)
            return &extras->items[i];
    return NULL;
}

const char *fm_extras_get(const fm_extras *extras, const char *name)
{
    const fm_extra *extra = find_extra(extras, name);
    return extra ? extra->value : NULL;
}

static fm_status add_extra(fm_extras *extras, const char *name, const char *value)
{
    fm_extra *items = realloc(extras->items, (extras->count + 1) * sizeof *items);
    if (!items)
        return FM_ENOMEM;
    extras->items = items;
    fm_extra extra = {strdup(name), strdup(value)};
    if (!extra.name || !extra.value) {
        free(extra.name);
        free(extra.value);
        return FM_ENOMEM;
    }
    items[extras->count++] = extra;
    return FM_OK;
}

fm_status fm_extras_set(fm_extras *extras, const char *name, const char *value)
{
    fm_extra *extra = find_extra(extras, name);
    return extra ? fm_text_set(&extra->value, value) : add_extra(extras, name, value);
}

static void clear_extras(fm_extras *extras)
{
    for (size_t i = 0; i < extras->count; i++) {
        free(extras->items[i].name);
        free(extras->items[i].value);
    }
    free(extras->items);
}

/* ------------------------------------------------------------------ the event */

void fm_event_clear(fm_event *event)
{
    if (!event)
        return;
#define FREE_TEXT(member, name, said) free(event->member);
    FM_EVENT_TEXTS(FREE_TEXT)
#undef FREE_TEXT
    fm_strings_clear(&event->tags);
    fm_strings_clear(&event->reminders);
    fm_strings_clear(&event->people);
    clear_extras(&event->extras);
    *event = (fm_event){0};
}

bool fm_event_is_day(const fm_event *event)
{
    return event->due_date && strlen(event->due_date) == strlen("2026-02-15");
}
