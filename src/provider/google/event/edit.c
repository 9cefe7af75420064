#include "provider/google/event/edit.h"
#include "core/json/edit.h"
#include "core/json/value.h"
#include "provider/google/event/object.h"

#include <stdio.h>
#include <string.h>

/* Parts of one split value; all of them together have a limit of their own. */
#define PARTS_MAX      (FM_GOOGLE_PROPERTY_BYTES / FM_GOOGLE_VALUE_MAX)
#define NAME_MAX_BYTES 64

/* ------------------------------------------------------------------ members */

/* Where a member is: in the event itself, or in an object within. */
static size_t path_to(fm_json_step steps[3], const char *group, const char *name)
{
    size_t count = 0;
    bool is_private = group && strcmp(group, "private") == 0;
    if (is_private)
        steps[count++] = (fm_json_step){.name = "extendedProperties", .name_len = strlen("extendedProperties")};
    if (group)
        steps[count++] = (fm_json_step){.name = group, .name_len = strlen(group)};
    steps[count++] = (fm_json_step){.name = name, .name_len = strlen(name)};
    return count;
}

void fm_google_set_json(fm_google_edit *e, const char *group, const char *name, const char *json, size_t len)
{
    fm_json_step steps[3];
    fm_json_span value = {json, len};
    if (!e->status)
        e->status = fm_json_set(&e->doc, steps, path_to(steps, group, name), &value, e->err);
}

void fm_google_set_text(fm_google_edit *e, const char *group, const char *name, const char *text, size_t len)
{
    fm_buf json;
    fm_buf_init(&json, FM_GOOGLE_EVENT_MAX);
    fm_status status = fm_json_add_string(&json, text, len);
    if (status == FM_EINVAL && !e->status)
        e->status = fm_error_set(e->err, status, FM_GOOGLE_DOMAIN, "\"%s\" of the event is no UTF-8", name);
    else if (status && !e->status)
        e->status = fm_error_set(e->err, status, FM_GOOGLE_DOMAIN, "\"%s\" of the event is too large", name);
    fm_google_set_json(e, group, name, json.data, json.len);
    fm_buf_free(&json);
}

bool fm_google_is_there(const fm_google_edit *e, const char *group, const char *name)
{
    fm_json_step steps[3];
    fm_json_span value;
    return fm_json_find(&value, e->doc.data, e->doc.len, steps, path_to(steps, group, name)) &&
           !(value.len == 4 && memcmp(value.at, "null", 4) == 0);
}

void fm_google_set_null(fm_google_edit *e, const char *group, const char *name)
{
    if (!e->status && fm_google_is_there(e, group, name))
        fm_google_set_json(e, group, name, "null", 4);
}

void fm_google_set_or_null(fm_google_edit *e, const char *name, const char *text)
{
    if (*text)
        fm_google_set_text(e, NULL, name, text, strlen(text));
    else
        fm_google_set_null(e, NULL, name);
}

/* ------------------------------------------------------------------ private properties */

/* Bytes of the next part: no more than a value may have, and no character cut in two. */
static size_t part_len(const char *text, size_t len)
{
    if (len <= FM_GOOGLE_VALUE_MAX)
        return len;
    size_t cut = FM_GOOGLE_VALUE_MAX;
    while (cut && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    return cut ? cut : FM_GOOGLE_VALUE_MAX;
}

static const char *part_name(char name[NAME_MAX_BYTES], const char *base, unsigned number)
{
    if (number)
        snprintf(name, NAME_MAX_BYTES, "%s.%u", base, number);
    else
        snprintf(name, NAME_MAX_BYTES, "%s", base);
    return name;
}

void fm_google_set_private(fm_google_edit *e, const char *name, const char *text)
{
    char part[NAME_MAX_BYTES];
    unsigned number = 0;
    for (size_t left = strlen(text), len; left; left -= len, text += len, number++) {
        len = part_len(text, left);
        if (number >= PARTS_MAX && !e->status)
            e->status = fm_error_set(e->err, FM_ELIMIT, FM_GOOGLE_DOMAIN,
                                     "\"%s\" of the event is too long: Google takes %d bytes of metadata", name,
                                     FM_GOOGLE_PROPERTY_BYTES);
        fm_google_set_text(e, "private", part_name(part, name, number), text, len);
    }
    for (; !e->status && fm_google_is_there(e, "private", part_name(part, name, number)); number++)
        fm_google_set_null(e, "private", part);
}

void fm_google_note_set(fm_google_edit *e, const char *name)
{
    if (!e->is_new)
        fm_google_set_json(e, FM_GOOGLE_SETS, name, "true", strlen("true"));
}
