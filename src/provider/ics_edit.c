#include "provider/ics_edit.h"

const fm_span ics_no_params = {"", 0};

size_t ics_edit_find(const ics_edit *e, const char *name)
{
    return fm_ical_find_property(e->object.doc, e->object.master, FM_ICAL_NONE, name);
}

/* Where a new line goes: behind the master's own properties, before its alarms. */
static size_t insertion_point(const ics_edit *e)
{
    size_t at = fm_ical_find_component(e->object.doc, e->object.master, FM_ICAL_NONE, NULL);
    return at == FM_ICAL_NONE ? fm_ical_end(e->object.doc, e->object.master) : at;
}

void ics_edit_line(ics_edit *e, const char *name, fm_span params, fm_span value)
{
    if (e->status)
        return;
    size_t at = ics_edit_find(e, name);
    if (at == FM_ICAL_NONE)
        e->status = fm_ical_insert(e->object.doc, insertion_point(e), name, params, value, e->err);
    else
        e->status = fm_ical_set(e->object.doc, at, params, value, e->err);
}

fm_span ics_edit_params(const ics_edit *e, const char *name)
{
    size_t at = ics_edit_find(e, name);
    fm_span params = at == FM_ICAL_NONE ? ics_no_params : fm_ical_at(e->object.doc, at)->parts.params;
    return fm_ical_is_params(params) ? params : ics_no_params;
}

void ics_edit_value(ics_edit *e, const char *name, fm_span value)
{
    ics_edit_line(e, name, ics_edit_params(e, name), value);
}

void ics_edit_remove(ics_edit *e, const char *name, size_t keep)
{
    size_t at = FM_ICAL_NONE;
    while (!e->status && (at = fm_ical_find_property(e->object.doc, e->object.master, at, name)) != FM_ICAL_NONE) {
        if (keep) {
            keep--;
            continue;
        }
        fm_ical_remove(e->object.doc, at, 1);
        at--; /* a BEGIN stands before any property */
    }
}

void ics_edit_from_scratch(ics_edit *e, const char *name)
{
    if (!e->status)
        e->status = e->scratch.status;
    if (e->scratch.len)
        ics_edit_value(e, name, (fm_span){e->scratch.data, e->scratch.len});
    else
        ics_edit_remove(e, name, 0);
    fm_buf_reset(&e->scratch);
}
