/* What an event says of itself beside its texts: link, colour, visibility, whether it takes its time, and extras. */
#include "core/ical/value.h"
#include "provider/event/color.h"
#include "provider/ics/model.h"
#include "provider/ics/text.h"

#include <string.h>
#include <strings.h>

static fm_status read_word(char **member, const fm_ics_object *o, const char *name, fm_buf *scratch)
{
    const fm_ical_line *line = fm_ics_property(o, name);
    if (!line)
        return FM_OK;
    fm_span value = fm_span_trim(line->parts.value);
    fm_ical_clean(scratch, value.at, value.len);
    return fm_ics_take(member, scratch);
}

/* The colour that was asked for, while COLOR still is what was written for it; else COLOR. */
static fm_status read_color(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    const fm_ical_line *mark = fm_ics_property(o, ICS_COLOR_MARK);
    fm_status status = fm_ics_add_text(scratch, o, "COLOR");
    if (!status)
        status = fm_ics_take(&event->color, scratch);
    if (status || !mark || !event->color)
        return status;
    status = fm_ics_metadata_decode(scratch, mark->parts.value);
    const char *name = status ? NULL : fm_color_css_name(scratch->data);
    if (name && strcasecmp(name, event->color) == 0)
        return fm_ics_take(&event->color, scratch);
    fm_buf_reset(scratch);
    return status;
}

static fm_status read_visibility(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    fm_status status = read_word(&event->visibility, o, "CLASS", scratch);
    for (char *c = event->visibility; c && *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    return status;
}

/* Said where it is not what the kind of date makes of it: a day leaves its time free, a time takes it. */
static void read_busy(fm_event *event, const fm_ics_object *o)
{
    const fm_ical_line *line = fm_ics_property(o, "TRANSP");
    bool is_free = line && fm_span_is(fm_span_trim(line->parts.value), "TRANSPARENT");
    if (event->due_date && is_free != fm_event_is_day(event))
        event->busy = is_free ? FM_NO : FM_YES;
}

/* The name of an extra behind the "X-" of a line, in capital letters; empty where the line is none. */
static void extra_name(char name[FM_EXTRA_NAME_MAX + 1], fm_span line_name)
{
    name[0] = '\0';
    if (line_name.len < 3 || line_name.len - 2 > FM_EXTRA_NAME_MAX || strncasecmp(line_name.at, "X-", 2) != 0)
        return;
    size_t len = line_name.len - 2;
    for (size_t i = 0; i < len; i++) {
        char c = line_name.at[2 + i];
        name[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    name[fm_extra_is_name(name, len) ? len : 0] = '\0';
}

static fm_status read_extras(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    char name[FM_EXTRA_NAME_MAX + 1];
    fm_status status = FM_OK;
    for (size_t at = FM_ICAL_NONE; !status;) {
        at = fm_ical_find_property(o->doc, o->master, at, NULL);
        if (at == FM_ICAL_NONE)
            break;
        const fm_ical_parts *line = &fm_ical_at(o->doc, at)->parts;
        extra_name(name, line->name);
        if (!name[0] || fm_extras_get(&event->extras, name))
            continue;
        status = fm_ics_metadata_decode(scratch, line->value);
        if (!status && scratch->len)
            status = fm_extras_set(&event->extras, name, scratch->data);
        fm_buf_reset(scratch);
    }
    return status;
}

fm_status fm_ics_traits_read(fm_event *event, const fm_ics_object *o, fm_buf *scratch)
{
    fm_status status = read_word(&event->url, o, "URL", scratch);
    if (!status)
        status = read_color(event, o, scratch);
    if (!status)
        status = read_visibility(event, o, scratch);
    read_busy(event, o);
    return status ? status : read_extras(event, o, scratch);
}
