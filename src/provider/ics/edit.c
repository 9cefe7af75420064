#include "provider/ics/edit.h"
#include "provider/event/same.h"
#include "provider/ics/text.h"

#include <string.h>

const fm_span fm_ics_no_params = {"", 0};

size_t fm_ics_edit_find(const fm_ics_edit *e, const char *name)
{
    return fm_ical_find_property(e->object.doc, e->object.master, FM_ICAL_NONE, name);
}

/* Where a new line goes: behind the master's own properties, before its alarms. */
static size_t insertion_point(const fm_ics_edit *e)
{
    size_t at = fm_ical_find_component(e->object.doc, e->object.master, FM_ICAL_NONE, NULL);
    return at == FM_ICAL_NONE ? fm_ical_end(e->object.doc, e->object.master) : at;
}

/* Removes a line, but for `keep` of those that it takes. */
static void remove_line(fm_ics_edit *e, size_t at, size_t keep)
{
    size_t count = fm_ics_text_lines(&e->object, at);
    if (count > keep)
        fm_ical_remove(e->object.doc, at + keep, count - keep);
}

void fm_ics_edit_line(fm_ics_edit *e, const char *name, fm_span params, fm_span value)
{
    if (e->status)
        return;
    size_t at = fm_ics_edit_find(e, name);
    if (at != FM_ICAL_NONE)
        remove_line(e, at, 1);
    if (at == FM_ICAL_NONE)
        e->status = fm_ical_insert(e->object.doc, insertion_point(e), name, params, value, e->err);
    else
        e->status = fm_ical_set(e->object.doc, at, params, value, e->err);
}

fm_span fm_ics_edit_params(const fm_ics_edit *e, const char *name)
{
    size_t at = fm_ics_edit_find(e, name);
    fm_span params = at == FM_ICAL_NONE ? fm_ics_no_params : fm_ical_at(e->object.doc, at)->parts.params;
    return fm_ical_is_params(params) ? params : fm_ics_no_params;
}

/* The same without those that say how the old value is encoded. */
static void add_plain_params(const fm_ics_edit *e, fm_buf *out, const char *name)
{
    fm_span params = fm_ics_edit_params(e, name), param, value;
    for (size_t at = 0, start = 0; fm_ical_next_param(params, &at, &param, &value); start = at)
        if (!fm_ics_is_encoding_param(param))
            fm_buf_add(out, params.at + start, at - start);
}

void fm_ics_edit_value(fm_ics_edit *e, const char *name, fm_span value)
{
    fm_buf params;
    fm_buf_init(&params, FM_ICS_MAX_BYTES);
    add_plain_params(e, &params, name);
    if (!e->status)
        e->status = params.status;
    fm_ics_edit_line(e, name, (fm_span){params.data, params.len}, value);
    fm_buf_free(&params);
}

void fm_ics_edit_remove(fm_ics_edit *e, const char *name, size_t keep)
{
    size_t at = FM_ICAL_NONE;
    while (!e->status && (at = fm_ical_find_property(e->object.doc, e->object.master, at, name)) != FM_ICAL_NONE) {
        if (keep) {
            keep--;
            continue;
        }
        remove_line(e, at, 0);
        at--; /* a BEGIN stands before any property */
    }
}

void fm_ics_edit_from_scratch(fm_ics_edit *e, const char *name)
{
    if (!e->status)
        e->status = e->scratch.status;
    if (e->scratch.len)
        fm_ics_edit_value(e, name, (fm_span){e->scratch.data, e->scratch.len});
    else
        fm_ics_edit_remove(e, name, 0);
    fm_buf_reset(&e->scratch);
}

bool fm_ics_is_there(fm_ics_edit *e, fm_buf *clean, const char *want, const char *have)
{
    fm_buf_init(clean, e->scratch.max_bytes);
    if (want)
        fm_ical_clean(clean, want, strlen(want));
    if (clean->status && !e->status)
        e->status = clean->status;
    return fm_text_same(clean->data, have);
}

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("._/-", c);
}

/*
 * A blank at either end would be lost, so only those within stay as they are. What calendars escape is written in
 * small letters: python-icalendar (khal, Xandikos) takes %2C, %3A, %3B and %5C for escapes of its own.
 */
void fm_ics_add_percent_encoded(fm_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (is_plain(c) || (c == ' ' && i > 0 && i + 1 < len))
            fm_buf_addc(out, c);
        else
            fm_buf_addf(out, strchr(",:;\\", c) ? "%%%02x" : "%%%02X", (unsigned char)c);
    }
}

void fm_ics_encode_metadata(fm_ics_edit *e, const char *name, const char *want, const char *have)
{
    fm_buf clean;
    if (!fm_ics_is_there(e, &clean, want, have)) {
        fm_ics_add_percent_encoded(&e->scratch, clean.data, clean.len);
        fm_ics_edit_from_scratch(e, name);
    }
    fm_buf_free(&clean);
}
