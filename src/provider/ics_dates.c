/* Start and end of an event, between iCalendar's lines, the spellings of fm_event, and numbers. */
#include "core/ical_value.h"
#include "core/vtimezone.h"
#include "provider/ics_model.h"

#include <string.h>

static const char domain[] = "ical";

enum { DEFAULT_MINUTES = 60, MAX_TZID_BYTES = 255 };

int64_t ics_instant(const ics_time *t)
{
    return t->form == ICS_ZONED ? fm_zone_to_utc(t->zone, t->s) : t->s;
}

/* An instant on the clocks of a zone; in UTC where they show it twice and mean the other one. */
static ics_time on_the_clock(const fm_zone *zone, int64_t instant)
{
    ics_time zoned = {.form = ICS_ZONED, .s = fm_zone_to_local(zone, instant), .zone = zone};
    return ics_instant(&zoned) == instant ? zoned : (ics_time){.form = ICS_UTC, .s = instant};
}

ics_time ics_convert(const ics_time *t, const ics_time *like)
{
    ics_time out = *like;
    bool absolute = t->form == ICS_UTC || t->form == ICS_ZONED;
    if (like->form == ICS_ZONED && absolute && t->zone != like->zone)
        return on_the_clock(like->zone, ics_instant(t));
    out.s = like->form == ICS_UTC ? ics_instant(t) : t->s;
    return out;
}

ics_time ics_after(const ics_time *start, int64_t days, int64_t seconds)
{
    ics_time t = *start;
    t.s += days * FM_DAY_S;
    if (t.form == ICS_DAY)
        t.s += seconds / FM_DAY_S * FM_DAY_S;
    else if (t.form == ICS_ZONED && seconds)
        t = on_the_clock(t.zone, ics_instant(&t) + seconds);
    else
        t.s += seconds;
    return t;
}

static void set_end(ics_dates *dates, ics_time end)
{
    dates->end = end;
    dates->has_end = ics_instant(&end) >= ics_instant(&dates->start);
}

/* An all-day event is a day long at least. */
static void need_a_day(ics_dates *dates)
{
    if (dates->start.form != ICS_DAY || (dates->has_end && dates->end.s > dates->start.s))
        return;
    dates->end = ics_after(&dates->start, 1, 0);
    dates->has_end = true;
}

/* ------------------------------------------------------------------ from lines */

/* The object's VTIMEZONE of this name, FM_ICAL_NONE where it has none. */
static size_t find_vtimezone(const ics_object *o, fm_span tzid)
{
    size_t at = FM_ICAL_NONE;
    while ((at = fm_ical_find_component(o->doc, o->calendar, at, "VTIMEZONE")) != FM_ICAL_NONE) {
        size_t name = fm_ical_find_property(o->doc, at, FM_ICAL_NONE, "TZID");
        fm_span value = name == FM_ICAL_NONE ? (fm_span){"", 0} : fm_ical_at(o->doc, name)->parts.value;
        if (value.len == tzid.len && memcmp(value.at, tzid.at, tzid.len) == 0)
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

fm_status ics_zone_of(const fm_zone **out, const ics_object *o, fm_span tzid, fm_zones *zones, fm_error *err)
{
    fm_status status = resolve(out, tzid, zones, err);
    if (status || *out)
        return status;
    size_t vtimezone = find_vtimezone(o, tzid);
    if (vtimezone == FM_ICAL_NONE)
        return FM_OK;
    size_t location = fm_ical_find_property(o->doc, vtimezone, FM_ICAL_NONE, "X-LIC-LOCATION");
    return location == FM_ICAL_NONE ? FM_OK : resolve(out, fm_ical_at(o->doc, location)->parts.value, zones, err);
}

/* A local time in a zone that only the object describes becomes an instant; without a description it floats. */
static fm_status read_foreign(ics_time *t, const ics_object *o, fm_span tzid, fm_error *err)
{
    size_t begin = find_vtimezone(o, tzid);
    fm_vtimezone *zone;
    if (begin == FM_ICAL_NONE)
        return FM_OK;
    fm_status status = fm_vtimezone_read(&zone, o->doc, begin, err);
    if (status)
        return status == FM_ENOMEM ? status : FM_OK;
    *t = (ics_time){.form = ICS_UTC, .s = fm_vtimezone_to_utc(zone, t->s)};
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

static fm_status read_time(ics_time *out, const ics_object *o, const fm_ical_line *line, fm_zones *zones, fm_error *err)
{
    fm_date date;
    fm_span tzid;
    fm_status status = fm_ical_date_parse(&date, line->parts.value, err);
    if (status)
        return at_line(status, line, err);
    *out = (ics_time){.s = fm_date_epoch(&date)};
    out->form = date.kind == FM_DATE_DAY ? ICS_DAY : date.kind == FM_DATE_UTC ? ICS_UTC : ICS_FLOATING;
    if (out->form != ICS_FLOATING || !fm_ical_param(&line->parts, "TZID", &tzid))
        return FM_OK;
    if ((status = ics_zone_of(&out->zone, o, tzid, zones, err)))
        return status;
    if (!out->zone)
        return read_foreign(out, o, tzid, err);
    out->form = ICS_ZONED;
    return FM_OK;
}

fm_status ics_dates_read(ics_dates *out, const ics_object *o, fm_zones *zones, fm_error *err)
{
    *out = (ics_dates){0};
    const fm_ical_line *start = ics_property(o, "DTSTART"), *end = ics_property(o, "DTEND");
    const fm_ical_line *length = ics_property(o, "DURATION");
    if (!start)
        return fm_error_set(err, FM_EPARSE, domain, "line %u: the event has no DTSTART",
                            fm_ical_at(o->doc, o->master)->number);
    fm_status status = read_time(&out->start, o, start, zones, err);
    if (!status && end) {
        ics_time t = {0};
        status = read_time(&t, o, end, zones, err);
        bool comparable = (t.form == ICS_DAY) == (out->start.form == ICS_DAY);
        if (!status && comparable)
            set_end(out, ics_convert(&t, &out->start));
    } else if (!status && length) {
        fm_ical_duration d;
        status = at_line(fm_ical_duration_parse(&d, length->parts.value, err), length, err);
        if (!status)
            set_end(out, ics_after(&out->start, d.days, d.seconds));
    }
    need_a_day(out);
    return status;
}

/* ------------------------------------------------------------------ to and from an event */

fm_status ics_time_fields(fm_date *out, const ics_time *t)
{
    fm_date_kind kind = t->form == ICS_DAY ? FM_DATE_DAY : t->form == ICS_UTC ? FM_DATE_UTC : FM_DATE_LOCAL;
    return fm_date_from_epoch(out, t->s, kind, 0);
}

static fm_status set_text(char **member, const ics_time *t, fm_error *err)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    if (ics_time_fields(&date, t))
        return fm_error_set(err, FM_EPARSE, domain, "the event ends outside the years 1 to 9999");
    return fm_event_set(member, fm_date_format(&date, text));
}

fm_status ics_dates_to_event(const ics_dates *dates, fm_event *event, fm_error *err)
{
    fm_status status = set_text(&event->due_date, &dates->start, err);
    if (!status && dates->has_end)
        status = set_text(&event->end_date, &dates->end, err);
    if (!status && dates->start.form == ICS_ZONED)
        status = fm_event_set(&event->time_zone, fm_zone_name(dates->start.zone));
    return status;
}

static fm_status parse_text(ics_time *out, const char *text, const fm_event *event, fm_zones *zones, fm_error *err)
{
    fm_date date;
    if (fm_date_parse(&date, text, err))
        return fm_error_set(err, FM_EINVAL, domain, "\"%.40s\" is not a date an event can have", text);
    *out = (ics_time){.s = fm_date_epoch(&date)};
    switch (date.kind) {
    case FM_DATE_DAY:
        out->form = ICS_DAY;
        return FM_OK;
    case FM_DATE_UTC:
    case FM_DATE_OFFSET:
        out->form = ICS_UTC;
        return FM_OK;
    case FM_DATE_LOCAL:
        break;
    }
    out->form = ICS_FLOATING;
    if (!event->time_zone || !*event->time_zone)
        return FM_OK;
    out->form = ICS_ZONED;
    fm_status status = fm_zones_find(zones, &out->zone, event->time_zone, err);
    if (status == FM_ENOTFOUND && err)
        err->status = FM_EINVAL;
    return status == FM_ENOTFOUND ? FM_EINVAL : status;
}

fm_status ics_dates_from_event(ics_dates *out, const fm_event *event, fm_zones *zones, fm_error *err)
{
    *out = (ics_dates){0};
    if (!event->due_date)
        return fm_error_set(err, FM_EINVAL, domain, "the event has no date");
    fm_status status = parse_text(&out->start, event->due_date, event, zones, err);
    if (!status && event->end_date) {
        status = parse_text(&out->end, event->end_date, event, zones, err);
        out->has_end = true;
        bool absolute = out->start.form == ICS_ZONED && out->end.form == ICS_UTC;
        if (!status && out->end.form != out->start.form && !absolute)
            return fm_error_set(err, FM_EINVAL, domain, "the end %.40s is not spelled as the start %.40s is",
                                event->end_date, event->due_date);
        if (!status && ics_instant(&out->end) < ics_instant(&out->start))
            return fm_error_set(err, FM_EINVAL, domain, "the end %.40s is before the start %.40s", event->end_date,
                                event->due_date);
    }
    if (!status && !out->has_end && out->start.form != ICS_DAY)
        out->end = ics_after(&out->start, 0, DEFAULT_MINUTES * INT64_C(60));
    need_a_day(out);
    return status;
}
