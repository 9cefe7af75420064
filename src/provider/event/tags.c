#include "provider/event/tags.h"
#include "core/ical/value.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

fm_status fm_event_tag(fm_buf *out, const char *text, size_t len)
{
    fm_buf clean;
    fm_buf_init(&clean, SIZE_MAX / 4);
    if (!fm_ical_clean(&clean, text, len)) {
        const char *at = clean.data, *end = clean.data + clean.len;
        while (at < end && is_blank(*at))
            at++;
        while (at < end && is_blank(end[-1]))
            end--;
        fm_buf_add(out, at, (size_t)(end - at));
    }
    fm_status status = clean.status ? clean.status : out->status;
    fm_buf_free(&clean);
    return status;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void fm_event_tags_normalise(fm_strings *tags)
{
    if (tags->count < 2)
        return;
    qsort(tags->items, tags->count, sizeof *tags->items, compare);
    size_t kept = 1;
    for (size_t i = 1; i < tags->count; i++) {
        if (strcmp(tags->items[i], tags->items[kept - 1]) == 0)
            free(tags->items[i]);
        else
            tags->items[kept++] = tags->items[i];
    }
    tags->count = kept;
}
