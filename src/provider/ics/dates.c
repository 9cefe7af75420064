/* Start and end of an event, out of iCalendar's lines. */
#include "core/ical/value.h"
#include "core/ical/vtimezone.h"
#include "provider/ics/model.h"

#include <string.h>

static const char domain[] = "ical";

enum { MAX_TZID_BYTES = 255 };

/* Whether a TZID property has the name that a parameter says; the property's text is escaped. */
static bool names_zone(fm_span property, fm_span tzid)
{
    size_t n = 0;
    property = fm_span_trim(property);
    for (size_t i = 0; i < property.len; i++) {
        bool escape = property.at[i] == '\\' && i + 1 < property.len && (n >= tzid.len || tzid.at[n] != '\\');
        if (n == tzid.len || property.at[escape ? ++i : i] != tzid.at[n++])
            return false;
    }
    return n == tzid.len;
}

size_t fm_ics_vtimezone_of(const fm_ics_object *o, fm_span tzid)
{
    size_t at = FM_ICAL_NONE;
    while ((at = fm_ical_find_component(o->doc, o->calendar, at, "VTIMEZONE")) != FM_ICAL_NONE) {
        size_t name = fm_ical_find_property(o->doc, at, FM_ICAL_NONE, "TZID");
        if (name != FM_ICAL_NONE && names_zone(fm_ical_at(o->doc, name)->parts.value, tzid))
            break;
    }
    return at;
}

/* tzdata's zone for a name that is not zero-terminated; NULL where there is none. */
static fm_status resolve(const fm_zone **out, fm_span name, fm_zones *zones, fm_error *err)
{
    char text[MAX_TZID_BYTES + 1];
    *out = NULL;
    if (name.len > MAX_TZID_BYTES)
        return FM_OK;
    memcpy(text, name.at, name.len);
    text[name.len] = '\0';
    fm_status status = fm_zones_resolve(zones, out, text, NULL);
    if (status == FM_ENOTFOUND || status == FM_EPARSE)
        return FM_OK;
    return status ? fm_error_set(err, status, domain, "cannot read the time zone %s", text) : FM_OK;
}

fm_status fm_ics_zone_of(const fm_zone **out, const fm_ics_object *o, fm_span tzid, fm_zones *zones, fm_error *err)
{
    fm_status status = resolve(out, tzid, zones, err);
    if (status || *out)
        return status;
    size_t vtimezone = fm_ics_vtimezone_of(o, tzid);
    if (vtimezone == FM_ICAL_NONE)
        return FM_OK;
    size_t location = fm_ical_find_property(o->doc, vtimezone, FM_ICAL_NONE, "X-LIC-LOCATION");
    return location == FM_ICAL_NONE ? FM_OK : resolve(out, fm_ical_at(o->doc, location)->parts.value, zones, err);
}

/* A local time in a zone that only the object describes becomes an instant; without a description it is unknown. */
static fm_status read_foreign(fm_event_time *t, const fm_ics_object *o, fm_span tzid, fm_error *err)
{
    size_t begin = fm_ics_vtimezone_of(o, tzid);
    fm_vtimezone *zone;
    t->form = FM_TIME_UNKNOWN;
    if (begin == FM_ICAL_NONE)
        return FM_OK;
    fm_status status = fm_vtimezone_read(&zone, o->doc, begin, err);
    if (status)
        return status == FM_ENOMEM ? status : FM_OK;
    *t = (fm_event_time){.form = FM_TIME_UTC, .s = fm_vtimezone_to_utc(zone, t->s)};
    fm_vtimezone_free(zone);
    return FM_OK;
}

static fm_status at_line(fm_status status, const fm_ical_line *line, fm_error *err)
{
    if (status && err) {
        fm_error_prefix(err, "line %u: %.*s", line->number, (int)line->parts.name.len, line->parts.name.at);
        err->line = line->number;
    }
    return status;
}

/* Of a line that says it is a date the time is noise. */
static bool is_day(const fm_date *date, const fm_ical_line *line)
{
    fm_span value;
    return date->kind == FM_DATE_DAY || (fm_ical_param(&line->parts, "VALUE", &value) && fm_span_is(value, "DATE"));
}

static void set_unknown(fm_event_dates *out, const fm_event_time *t, const fm_ical_line *line)
{
    fm_span tzid = {"", 0};
    fm_ical_param(&line->parts, "TZID", &tzid);
    fm_event_dates_set_unknown(out, t, tzid.at, tzid.len);
}

fm_status fm_ics_time_read(fm_event_time *out, const fm_ics_object *o, const fm_ical_line *line, fm_span value,
                           fm_zones *zones, fm_error *err)
{
    fm_date date;
    fm_span tzid;
    fm_status status = fm_ical_date_parse(&date, value, err);
    if (status)
        return at_line(status, line, err);
    *out = (fm_event_time){.s = fm_date_epoch(&date)};
    out->form = is_day(&date, line) ? FM_TIME_DAY : date.kind == FM_DATE_UTC ? FM_TIME_UTC : FM_TIME_FLOATING;
    if (out->form == FM_TIME_DAY)
        out->s = fm_date_days(date.year, date.month, date.day) * FM_DAY_S;
    if (out->form != FM_TIME_FLOATING || !fm_ical_param(&line->parts, "TZID", &tzid))
        return FM_OK;
    tzid = fm_span_trim(tzid);
    if ((status = fm_ics_zone_of(&out->zone, o, tzid, zones, err)))
        return status;
    if (!out->zone)
        return read_foreign(out, o, tzid, err);
    out->form = FM_TIME_ZONED;
    return FM_OK;
}

static fm_status read_time(fm_event_time *out, const fm_ics_object *o, const fm_ical_line *line, fm_zones *zones,
                           fm_error *err)
{
    return fm_ics_time_read(out, o, line, line->parts.value, zones, err);
}

fm_status fm_ics_dates_read(fm_event_dates *out, const fm_ics_object *o, fm_zones *zones, fm_error *err)
{
    *out = (fm_event_dates){0};
    const fm_ical_line *start = fm_ics_property(o, "DTSTART"), *end = fm_ics_property(o, "DTEND");
    const fm_ical_line *length = fm_ics_property(o, "DURATION");
    if (!start)
        return fm_error_set(err, FM_EPARSE, domain, "line %u: the event has no DTSTART",
                            fm_ical_at(o->doc, o->master)->number);
    fm_status status = read_time(&out->start, o, start, zones, err);
    if (!status && out->start.form == FM_TIME_UNKNOWN) {
        set_unknown(out, &out->start, start);
    } else if (!status && end) {
        fm_event_time t = {0};
        status = read_time(&t, o, end, zones, err);
        bool comparable = (t.form == FM_TIME_DAY) == (out->start.form == FM_TIME_DAY);
        if (!status && t.form == FM_TIME_UNKNOWN)
            set_unknown(out, &t, end);
        else if (!status && comparable)
            fm_event_dates_set_end(out, fm_event_time_convert(&t, &out->start));
    } else if (!status && length) {
        fm_ical_duration d;
        status = at_line(fm_ical_duration_parse(&d, length->parts.value, err), length, err);
        if (!status)
            fm_event_dates_set_end(out, fm_event_time_after(&out->start, d.days, d.seconds));
    }
    fm_event_dates_need_a_day(out);
    return status;
}
