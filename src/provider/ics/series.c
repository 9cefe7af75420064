/* A series in an object whose start moves: its rule, the dates of single occurrences, and the overrides beside it. */
#include "provider/event/series.h"
#include "provider/event/ical_time.h"
#include "provider/ics/edit.h"

#include <string.h>

typedef struct series {
    fm_ics_edit *e;
    fm_series_move move;
    const fm_event_dates *have, *want;
} series;

static fm_status zone_of(const fm_zone **out, const void *data, fm_span tzid, fm_error *err)
{
    const fm_ics_edit *e = data;
    return fm_ics_zone_of(out, &e->object, tzid, e->zones, err);
}

/* The next property of a component; FM_ICAL_NONE after the last. */
static size_t next_property(const fm_ics_edit *e, size_t begin, size_t at)
{
    size_t end = fm_ical_end(e->object.doc, begin);
    unsigned depth = fm_ical_at(e->object.doc, begin)->depth + 1;
    for (at = at == FM_ICAL_NONE ? begin + 1 : at + 1; at < end; at++) {
        const fm_ical_line *line = fm_ical_at(e->object.doc, at);
        if (line->kind == FM_ICAL_PROPERTY && line->depth == depth)
            return at;
    }
    return FM_ICAL_NONE;
}

/* ------------------------------------------------------------------ whether it can follow */

/* A start in a zone that only the object describes is known as an instant: what its clocks show is not. */
static void check_zone(fm_ics_edit *e)
{
    const fm_ical_line *start = fm_ics_property(&e->object, "DTSTART");
    const fm_zone *zone;
    fm_span tzid;
    if (e->status || !start || !fm_ical_param(&start->parts, "TZID", &tzid))
        return;
    e->status = fm_ics_zone_of(&zone, &e->object, tzid, e->zones, e->err);
    if (!e->status && !zone)
        e->status = fm_error_set(e->err, FM_EINVAL, ICS_DOMAIN,
                                 "the series cannot be moved, because its time zone \"%.*s\" is not known: move it in "
                                 "the calendar",
                                 (int)(tzid.len < 80 ? tzid.len : 80), tzid.at);
}

static void check_rules(series *s)
{
    fm_ics_edit *e = s->e;
    size_t rules = 0;
    for (size_t at = FM_ICAL_NONE; (at = next_property(e, e->object.master, at)) != FM_ICAL_NONE;)
        rules += fm_series_is_rule(fm_ical_at(e->object.doc, at)->parts.name);
    for (size_t at = FM_ICAL_NONE; !e->status && (at = next_property(e, e->object.master, at)) != FM_ICAL_NONE;) {
        const fm_ical_parts *line = &fm_ical_at(e->object.doc, at)->parts;
        if (fm_series_is_rule(line->name))
            e->status = fm_series_follow(&s->move, line->value, rules == 1, e->err);
    }
}

/* ------------------------------------------------------------------ lines */

static void set_line(fm_ics_edit *e, size_t at, const fm_buf *params, const fm_buf *value)
{
    if (!e->status)
        e->status = params->status ? params->status : value->status;
    if (!e->status)
        e->status = fm_ical_set(e->object.doc, at, (fm_span){params->data, params->len},
                                (fm_span){value->data, value->len}, e->err);
}

static void move_line(series *s, size_t at)
{
    fm_ics_edit *e = s->e;
    const fm_ical_parts line = fm_ical_at(e->object.doc, at)->parts;
    fm_buf params, value;
    if (e->status)
        return;
    fm_buf_init(&params, FM_ICS_MAX_BYTES);
    fm_buf_init(&value, FM_ICS_MAX_BYTES);
    e->status = fm_series_move_line(&params, &value, &s->move, &line, e->err);
    set_line(e, at, &params, &value);
    fm_buf_free(&params);
    fm_buf_free(&value);
}

static void move_master(series *s)
{
    fm_ics_edit *e = s->e;
    for (size_t at = FM_ICAL_NONE; !e->status && (at = next_property(e, e->object.master, at)) != FM_ICAL_NONE;)
        if (fm_series_is_property(fm_ical_at(e->object.doc, at)->parts.name))
            move_line(s, at);
}

/* ------------------------------------------------------------------ overrides */

static size_t find(const series *s, size_t begin, const char *name)
{
    return fm_ical_find_property(s->e->object.doc, begin, FM_ICAL_NONE, name);
}

/* The time of an override's line. False where there is none. */
static bool read_time(series *s, fm_event_time *out, size_t at)
{
    fm_ics_edit *e = s->e;
    if (e->status || at == FM_ICAL_NONE)
        return false;
    const fm_ical_parts *line = &fm_ical_at(e->object.doc, at)->parts;
    e->status = fm_series_read_time(out, &s->move, line, line->value, e->err);
    return !e->status;
}

/* Gives a line another time; where it has the form and zone of the one before, the parameters stay. */
static void set_time(series *s, size_t at, const fm_event_time *before, const fm_event_time *t)
{
    fm_ics_edit *e = s->e;
    fm_buf params, value;
    if (e->status)
        return;
    fm_span old = fm_ical_at(e->object.doc, at)->parts.params;
    fm_buf_init(&params, FM_ICS_MAX_BYTES);
    fm_buf_init(&value, FM_ICS_MAX_BYTES);
    if (fm_event_time_alike(before, t))
        fm_buf_add(&params, old.at, old.len);
    else
        e->status = fm_ical_time_params(&params, t, s->move.tzid, old, e->err);
    if (!e->status)
        e->status = fm_ical_time_value(&value, t, e->err);
    set_line(e, at, &params, &value);
    fm_buf_free(&params);
    fm_buf_free(&value);
}

/* What the override's DTEND or DURATION becomes where days become times or back: the length of the series. */
static void replace_end(series *s, size_t begin, const fm_event_time *before, const fm_event_time *start)
{
    fm_ics_edit *e = s->e;
    size_t end = find(s, begin, "DTEND"), length = find(s, begin, "DURATION");
    int64_t seconds = fm_event_time_instant(&s->want->end) - fm_event_time_instant(&s->want->start);
    fm_event_time moved = fm_event_time_after(start, 0, seconds);
    if (length != FM_ICAL_NONE && !e->status) {
        e->status = fm_ical_insert(e->object.doc, length, "DTEND", fm_ics_no_params, fm_span_of("x"), e->err);
        if (!e->status)
            fm_ical_remove(e->object.doc, length + 1, 1);
        end = length;
    }
    if (end != FM_ICAL_NONE)
        set_time(s, end, before, &moved);
}

/* An end stays as far from the start; one in a zone of its own stays in it. */
static void move_end(series *s, size_t at, const fm_event_time *start, const fm_event_time *moved)
{
    fm_event_time end;
    if (!read_time(s, &end, at))
        return;
    fm_event_time like = fm_event_time_alike(&end, start) ? *moved : end;
    int64_t seconds = fm_event_time_instant(&end) - fm_event_time_instant(start);
    fm_event_time moved_end = fm_event_time_after(moved, 0, seconds);
    moved_end = fm_event_time_convert(&moved_end, &like);
    set_time(s, at, &end, &moved_end);
}

/* The occurrence was changed otherwise than in time: it goes where the series goes, and stays as long as it is. */
static void move_along(series *s, size_t begin, const fm_event_time *start)
{
    fm_event_time moved = fm_series_move_time(&s->move, start);
    if ((moved.form == FM_TIME_DAY) != (start->form == FM_TIME_DAY))
        replace_end(s, begin, start, &moved);
    else
        move_end(s, find(s, begin, "DTEND"), start, &moved);
    set_time(s, find(s, begin, "DTSTART"), start, &moved);
}

/* An override names the occurrence that it stands for; when it is itself stays as somebody set it. */
static void move_override(series *s, size_t begin)
{
    fm_ics_edit *e = s->e;
    fm_event_time named, start;
    size_t at = find(s, begin, "RECURRENCE-ID");
    bool known = read_time(s, &named, at);
    if (known && read_time(s, &start, find(s, begin, "DTSTART")) &&
        (named.form == FM_TIME_DAY) == (start.form == FM_TIME_DAY) &&
        fm_event_time_instant(&named) == fm_event_time_instant(&start))
        move_along(s, begin, &start);
    if (!e->status)
        move_line(s, at);
}

static void move_overrides(series *s)
{
    const fm_ics_edit *e = s->e;
    for (size_t at = FM_ICAL_NONE; !e->status;) {
        at = fm_ical_find_component(e->object.doc, e->object.calendar, at, "VEVENT");
        if (at == FM_ICAL_NONE)
            break;
        if (find(s, at, "RECURRENCE-ID") != FM_ICAL_NONE)
            move_override(s, at);
    }
}

void fm_ics_move_series(fm_ics_edit *e, const fm_event_dates *have, const fm_event_dates *want, fm_span tzid)
{
    series s = {.e = e, .have = have, .want = want};
    s.move = (fm_series_move){.from = have->start, .to = want->start, .tzid = tzid, .zone_of = zone_of, .zone_data = e};
    check_zone(e);
    check_rules(&s);
    move_master(&s);
    move_overrides(&s);
}
