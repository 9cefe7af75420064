#include "provider/event/dates.h"
#include "core/ical/value.h"
#include "util/buf.h"

#include <stdio.h>

static const char domain[] = "event";

enum { DEFAULT_MINUTES = 60 };

int64_t fm_event_time_instant(const fm_event_time *t)
{
    return t->form == FM_TIME_ZONED ? fm_zone_to_utc(t->zone, t->s) : t->s;
}

bool fm_event_time_alike(const fm_event_time *a, const fm_event_time *b)
{
    return a->form == b->form && (a->form != FM_TIME_ZONED || a->zone == b->zone);
}

bool fm_event_time_same(const fm_event_time *a, const fm_event_time *b)
{
    return fm_event_time_alike(a, b) && a->s == b->s;
}

/* An instant on the clocks of a zone; in UTC where they show it twice and mean the other one. */
static fm_event_time on_the_clock(const fm_zone *zone, int64_t instant)
{
    fm_event_time zoned = {.form = FM_TIME_ZONED, .s = fm_zone_to_local(zone, instant), .zone = zone};
    return fm_event_time_instant(&zoned) == instant ? zoned : (fm_event_time){.form = FM_TIME_UTC, .s = instant};
}

fm_event_time fm_event_time_convert(const fm_event_time *t, const fm_event_time *like)
{
    fm_event_time out = *like;
    bool absolute = t->form == FM_TIME_UTC || t->form == FM_TIME_ZONED;
    if (like->form == FM_TIME_ZONED && absolute && t->zone != like->zone)
        return on_the_clock(like->zone, fm_event_time_instant(t));
    out.s = like->form == FM_TIME_UTC ? fm_event_time_instant(t) : t->s;
    return out;
}

fm_event_time fm_event_time_after(const fm_event_time *start, int64_t days, int64_t seconds)
{
    fm_event_time t = *start;
    t.s += days * FM_DAY_S;
    if (t.form == FM_TIME_DAY)
        t.s += seconds / FM_DAY_S * FM_DAY_S;
    else if (t.form == FM_TIME_ZONED && seconds)
        t = on_the_clock(t.zone, fm_event_time_instant(&t) + seconds);
    else
        t.s += seconds;
    return t;
}

void fm_event_dates_set_end(fm_event_dates *dates, fm_event_time end)
{
    dates->end = end;
    dates->has_end = fm_event_time_instant(&end) >= fm_event_time_instant(&dates->start);
}

void fm_event_dates_need_a_day(fm_event_dates *dates)
{
    if (dates->start.form != FM_TIME_DAY || (dates->has_end && dates->end.s > dates->start.s))
        return;
    dates->end = fm_event_time_after(&dates->start, 1, 0);
    dates->has_end = true;
}

void fm_event_dates_set_unknown(fm_event_dates *dates, const fm_event_time *time, const char *zone, size_t zone_len)
{
    enum { SHOWN_BYTES = 80 };
    fm_date date;
    char text[FM_DATE_TEXT_MAX] = "the event";
    fm_buf name;
    fm_buf_init(&name, SHOWN_BYTES * 3);
    fm_ical_clean(&name, zone, zone_len < SHOWN_BYTES ? zone_len : SHOWN_BYTES);
    if (!fm_date_from_epoch(&date, time->s, FM_DATE_LOCAL, 0))
        fm_date_format(&date, text);
    *dates = (fm_event_dates){.start = {.form = FM_TIME_UNKNOWN, .s = time->s}};
    snprintf(dates->unknown, sizeof dates->unknown, "the time zone \"%.120s\" of %s is not known", name.data, text);
    fm_buf_free(&name);
}

bool fm_event_dates_stay_unknown(const fm_event_dates *has, const fm_event *event)
{
    return has->start.form == FM_TIME_UNKNOWN && !event->due_date;
}

/* ------------------------------------------------------------------ to and from an event */

fm_status fm_event_time_fields(fm_date *out, const fm_event_time *t)
{
    fm_date_kind kind = t->form == FM_TIME_DAY ? FM_DATE_DAY : t->form == FM_TIME_UTC ? FM_DATE_UTC : FM_DATE_LOCAL;
    return fm_date_from_epoch(out, t->s, kind, 0);
}

static fm_status set_text(char **member, const fm_event_time *t, fm_error *err)
{
    fm_date date;
    char text[FM_DATE_TEXT_MAX];
    if (fm_event_time_fields(&date, t))
        return fm_error_set(err, FM_EPARSE, domain, "the event ends outside the years 1 to 9999");
    return fm_event_set(member, fm_date_format(&date, text));
}

fm_status fm_event_dates_store(const fm_event_dates *dates, fm_event *event, fm_error *err)
{
    if (dates->start.form == FM_TIME_UNKNOWN)
        return fm_event_set(&event->unknown_date, dates->unknown);
    fm_status status = set_text(&event->due_date, &dates->start, err);
    if (!status && dates->has_end)
        status = set_text(&event->end_date, &dates->end, err);
    if (!status && dates->start.form == FM_TIME_ZONED)
        status = fm_event_set(&event->time_zone, fm_zone_name(dates->start.zone));
    return status;
}

static fm_status parse_text(fm_event_time *out, const char *text, const fm_event *event, fm_zones *zones, fm_error *err)
{
    fm_date date;
    if (fm_date_parse(&date, text, err))
        return fm_error_set(err, FM_EINVAL, domain, "\"%.40s\" is not a date an event can have", text);
    *out = (fm_event_time){.s = fm_date_epoch(&date)};
    switch (date.kind) {
    case FM_DATE_DAY:
        out->form = FM_TIME_DAY;
        return FM_OK;
    case FM_DATE_UTC:
    case FM_DATE_OFFSET:
        out->form = FM_TIME_UTC;
        return FM_OK;
    case FM_DATE_LOCAL:
        break;
    }
    out->form = FM_TIME_FLOATING;
    if (!event->time_zone || !*event->time_zone)
        return FM_OK;
    out->form = FM_TIME_ZONED;
    fm_status status = fm_zones_find(zones, &out->zone, event->time_zone, err);
    if (status == FM_ENOTFOUND && err)
        err->status = FM_EINVAL;
    return status == FM_ENOTFOUND ? FM_EINVAL : status;
}

void fm_event_dates_keep_zone(fm_event_dates *want, const fm_event_dates *has, bool recurring)
{
    if (want->start.form != FM_TIME_UTC || has->start.form != FM_TIME_ZONED)
        return;
    if (fm_event_time_instant(&has->start) != want->start.s && !recurring)
        return;
    want->start = fm_event_time_convert(&want->start, &has->start);
    want->end = fm_event_time_convert(&want->end, &want->start);
}

fm_status fm_event_dates_load(fm_event_dates *out, const fm_event *event, fm_zones *zones, fm_error *err)
{
    *out = (fm_event_dates){0};
    if (!event->due_date)
        return fm_error_set(err, FM_EINVAL, domain, "the event has no date%s%s", event->unknown_date ? ": " : "",
                            event->unknown_date ? event->unknown_date : "");
    fm_status status = parse_text(&out->start, event->due_date, event, zones, err);
    if (!status && event->end_date) {
        status = parse_text(&out->end, event->end_date, event, zones, err);
        out->has_end = true;
        bool absolute = out->start.form == FM_TIME_ZONED && out->end.form == FM_TIME_UTC;
        if (!status && out->end.form != out->start.form && !absolute)
            return fm_error_set(err, FM_EINVAL, domain, "the end %.40s is not spelled as the start %.40s is",
                                event->end_date, event->due_date);
        if (!status && fm_event_time_instant(&out->end) < fm_event_time_instant(&out->start))
            return fm_error_set(err, FM_EINVAL, domain, "the end %.40s is before the start %.40s", event->end_date,
                                event->due_date);
    }
    if (!status && !out->has_end && out->start.form != FM_TIME_DAY)
        out->end = fm_event_time_after(&out->start, 0, DEFAULT_MINUTES * INT64_C(60));
    fm_event_dates_need_a_day(out);
    return status;
}
