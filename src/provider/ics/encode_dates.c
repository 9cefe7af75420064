/* Start, end and zone of an event, written into its object. */
#include "core/ical/value.h"
#include "core/ical/vtimezone.h"
#include "provider/event/ical_time.h"
#include "provider/ics/edit.h"

#include <string.h>

/* What TZID is to say for a zone: the name by which the object has it, else its own, with a VTIMEZONE added. */
static void name_zone(fm_ics_edit *e, const fm_zone *zone, int64_t epoch, fm_buf *tzid)
{
    const fm_ics_object *o = &e->object;
    for (size_t at = FM_ICAL_NONE; !e->status;) {
        at = fm_ical_find_component(o->doc, o->calendar, at, "VTIMEZONE");
        size_t name = at == FM_ICAL_NONE ? FM_ICAL_NONE : fm_ical_find_property(o->doc, at, FM_ICAL_NONE, "TZID");
        if (at == FM_ICAL_NONE)
            break;
        if (name == FM_ICAL_NONE)
            continue;
        fm_span value = fm_ical_at(o->doc, name)->parts.value;
        const fm_zone *found;
        e->status = fm_ics_zone_of(&found, o, value, e->zones, e->err);
        if (found == zone) {
            fm_buf_add(tzid, value.at, value.len);
            return;
        }
    }
    fm_buf text;
    fm_buf_init(&text, FM_ICS_MAX_BYTES);
    fm_buf_adds(tzid, fm_zone_name(zone));
    size_t at = fm_ical_find_component(o->doc, o->calendar, FM_ICAL_NONE, NULL), before = fm_ical_count(o->doc);
    if (!e->status)
        e->status = fm_vtimezone_write(&text, zone, fm_zone_name(zone), epoch, e->err);
    if (!e->status)
        e->status = fm_ical_insert_text(o->doc, at, text.data, text.len, e->err);
    fm_buf_free(&text);
    if (!e->status)
        e->object.master += fm_ical_count(o->doc) - before; /* it stands behind what was put in */
}

static void set_time(fm_ics_edit *e, const char *name, const fm_event_time *t, fm_span tzid)
{
    fm_buf params, value;
    if (e->status)
        return;
    fm_buf_init(&params, FM_ICS_MAX_BYTES);
    fm_buf_init(&value, FM_ICS_MAX_BYTES);
    e->status = fm_ical_time_params(&params, t, tzid, fm_ics_edit_params(e, name), e->err);
    if (!e->status)
        e->status = fm_ical_time_value(&value, t, e->err);
    fm_ics_edit_line(e, name, (fm_span){params.data, params.len}, (fm_span){value.data, value.len});
    fm_buf_free(&params);
    fm_buf_free(&value);
}

static void encode_transparency(fm_ics_edit *e, bool was_day, bool is_day)
{
    const fm_ical_line *line = fm_ics_property(&e->object, "TRANSP");
    if (is_day && !was_day)
        fm_ics_edit_value(e, "TRANSP", fm_span_of("TRANSPARENT"));
    else if (was_day && !is_day && line && fm_span_is(fm_span_trim(line->parts.value), "TRANSPARENT"))
        fm_ics_edit_remove(e, "TRANSP", 0);
}

/* Whether the old DURATION leads from the new start to the new end. */
static bool keeps_duration(const fm_ics_edit *e, const fm_event_dates *want)
{
    const fm_ical_line *line = e->is_new ? NULL : fm_ics_property(&e->object, "DURATION");
    fm_ical_duration d;
    if (!line || fm_ics_property(&e->object, "DTEND") || fm_ical_duration_parse(&d, line->parts.value, NULL))
        return false;
    fm_event_time end = fm_event_time_after(&want->start, d.days, d.seconds);
    return fm_event_time_same(&end, &want->end);
}

/*
 * Whether the clocks of the zone are put back within the event so far that they show no later time at its end. Servers
 * that take the start for the second of the two moments it may mean then see an event without length, and refuse it
 * (Cyrus): of a length there is one reading only.
 */
static bool ends_no_later_on_the_clock(const fm_event_dates *want)
{
    return want->start.form == FM_TIME_ZONED && want->end.form == FM_TIME_UTC &&
           fm_zone_to_local(want->start.zone, want->end.s) <= want->start.s;
}

/* The end as a DURATION. */
static void set_length(fm_ics_edit *e, const fm_event_dates *want)
{
    long long seconds = (long long)(want->end.s - fm_event_time_instant(&want->start));
    fm_buf_addf(&e->scratch, seconds % 60 ? "PT%lldS" : "PT%lldM", seconds % 60 ? seconds : seconds / 60);
    fm_ics_edit_from_scratch(e, "DURATION");
    fm_ics_edit_remove(e, "DTEND", 0);
}

static void set_end(fm_ics_edit *e, const fm_event_dates *want, bool end_stays, fm_span zone)
{
    if (ends_no_later_on_the_clock(want)) {
        set_length(e, want);
        return;
    }
    if (!end_stays || fm_ics_edit_find(e, "DTEND") == FM_ICAL_NONE)
        set_time(e, "DTEND", &want->end, zone);
    fm_ics_edit_remove(e, "DURATION", 0);
}

/* Whether an event without an end keeps having none: a timed one of another program, or one of a single day. */
static bool stays_endless(const fm_ics_edit *e, const fm_event_dates *have, const fm_event_dates *want)
{
    bool was_day = have->start.form == FM_TIME_DAY, is_day = want->start.form == FM_TIME_DAY;
    if (e->is_new || have->start.form == FM_TIME_UNKNOWN)
        return false;
    if (!is_day)
        return !have->has_end && !e->want->end_date;
    return was_day && want->end.s - want->start.s == FM_DAY_S && fm_ics_edit_find(e, "DTEND") == FM_ICAL_NONE &&
           fm_ics_edit_find(e, "DURATION") == FM_ICAL_NONE;
}

/* An end that counted as none because it lay before the start must not become one when the start moves. */
static void remove_end(fm_ics_edit *e)
{
    fm_ics_edit_remove(e, "DTEND", 0);
    fm_ics_edit_remove(e, "DURATION", 0);
}

bool fm_ics_encode_dates(fm_ics_edit *e)
{
    fm_event_dates want, have = {0};
    if (!e->status && !e->is_new)
        e->status = fm_ics_dates_read(&have, &e->object, e->zones, e->err);
    if (e->status || fm_event_dates_stay_unknown(&have, e->want))
        return false;
    e->status = fm_event_dates_load(&want, e->want, e->zones, e->err);
    if (!e->status && have.start.form == FM_TIME_UNKNOWN && e->have.recurring)
        e->status = fm_error_set(e->err, FM_EUNSUPPORTED, ICS_DOMAIN, "the series cannot be moved: %s", have.unknown);
    if (e->status)
        return false;
    bool was_day = !e->is_new && have.start.form == FM_TIME_DAY, is_day = want.start.form == FM_TIME_DAY;
    fm_event_dates_keep_zone(&want, &have, e->have.recurring);
    bool endless = stays_endless(e, &have, &want);
    bool start_stays = !e->is_new && fm_event_time_same(&have.start, &want.start);
    bool end_stays = endless || (have.has_end && fm_event_time_same(&have.end, &want.end));
    if (start_stays && end_stays)
        return false;
    fm_buf tzid;
    fm_buf_init(&tzid, FM_ICS_MAX_BYTES);
    if (want.start.form == FM_TIME_ZONED)
        name_zone(e, want.start.zone, fm_event_time_instant(&want.start), &tzid);
    fm_span zone = {tzid.data, tzid.len};
    if (!start_stays && e->have.recurring)
        fm_ics_move_series(e, &have, &want, zone);
    bool length_stays = endless || keeps_duration(e, &want);
    if (!start_stays)
        set_time(e, "DTSTART", &want.start, zone);
    if (endless)
        remove_end(e);
    if (!length_stays)
        set_end(e, &want, end_stays, zone);
    encode_transparency(e, was_day, is_day);
    fm_buf_free(&tzid);
    return true;
}
