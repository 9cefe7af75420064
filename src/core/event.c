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
    *event = (fm_event){0};
}
