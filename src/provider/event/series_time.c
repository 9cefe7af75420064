/* One time that names an occurrence of a series, when its start moves. */
#include "core/ical/value.h"
#include "provider/event/series.h"
#include "provider/event/series_clock.h"

static const char domain[] = "series";

/* The form that the moved time gets: the new start's where it had the old one's, or where times become days. */
static const fm_event_time *form_of(const fm_series_move *m, const fm_event_time *t)
{
    bool become_days = m->to.form == FM_TIME_DAY && m->from.form != FM_TIME_DAY;
    return fm_event_time_alike(t, &m->from) || become_days ? &m->to : t;
}

fm_event_time fm_series_move_time(const fm_series_move *m, const fm_event_time *t)
{
    const fm_event_time *form = form_of(m, t);
    fm_event_time moved = m->to;
    moved.s = fm_clock_move(m, fm_clock_of(&m->from, t));
    if (moved.form == FM_TIME_DAY && form == t && t->form != FM_TIME_DAY)
        moved.s = t->s + (m->to.s - m->from.s); /* a time among days: nothing it could be converted to */
    moved = fm_event_time_convert(&moved, form);
    if (moved.form == FM_TIME_DAY)
        moved.s = fm_clock_day(moved.s) * FM_DAY_S;
    return moved;
}

fm_status fm_series_read_time(fm_event_time *out, const fm_series_move *m, const fm_ical_parts *line, fm_span value,
                              fm_error *err)
{
    fm_date date;
    fm_span tzid;
    fm_status status = fm_ical_date_parse(&date, value, err);
    if (status)
        return status;
    *out = (fm_event_time){.s = fm_date_epoch(&date)};
    out->form = date.kind == FM_DATE_DAY ? FM_TIME_DAY : date.kind == FM_DATE_UTC ? FM_TIME_UTC : FM_TIME_FLOATING;
    if (out->form != FM_TIME_FLOATING || !fm_ical_param(line, "TZID", &tzid))
        return FM_OK;
    out->form = FM_TIME_ZONED;
    status = m->zone_of(&out->zone, m->zone_data, tzid, err);
    if (!status && !out->zone)
        status = fm_error_set(err, FM_EINVAL, domain,
                              "the series cannot be moved, because its %.*s is in the time zone \"%.*s\", which is not "
                              "known: move it in the calendar",
                              (int)line->name.len, line->name.at, (int)(tzid.len < 80 ? tzid.len : 80), tzid.at);
    return status;
}
