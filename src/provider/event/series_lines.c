/* The lines of a series when its start moves: its rules, and the times that name occurrences. */
#include "core/ical/value.h"
#include "provider/event/ical_time.h"
#include "provider/event/series.h"
#include "provider/event/series_clock.h"

#include <string.h>

static const char domain[] = "series";

/* ------------------------------------------------------------------ a line of them */

static bool is_period(fm_span value, fm_span *start, fm_span *rest)
{
    const char *slash = memchr(value.at, '/', value.len);
    *start = slash ? (fm_span){value.at, (size_t)(slash - value.at)} : value;
    *rest = slash ? (fm_span){slash + 1, value.len - start->len - 1} : (fm_span){"", 0};
    return slash != NULL;
}

/* The end of a period: a duration stays as it is spelled, a time stays as far from the start. */
static fm_status move_end(fm_buf *value, const fm_series_move *m, const fm_ical_parts *line, fm_span rest,
                          const fm_event_time *start, const fm_event_time *moved, fm_error *err)
{
    fm_ical_duration length;
    fm_event_time end;
    fm_buf_addc(value, '/');
    if (!fm_ical_duration_parse(&length, rest, NULL))
        return fm_buf_add(value, rest.at, rest.len);
    fm_status status = fm_series_read_time(&end, m, line, rest, err);
    if (status)
        return status;
    int64_t seconds = fm_event_time_instant(&end) - fm_event_time_instant(start);
    end = fm_event_time_after(moved, 0, seconds);
    return fm_ical_time_value(value, &end, err);
}

static fm_status move_one(fm_buf *value, fm_event_time *moved, const fm_series_move *m, const fm_ical_parts *line,
                          fm_span text, fm_error *err)
{
    fm_span start, rest;
    fm_event_time t;
    bool period = is_period(text, &start, &rest);
    fm_status status = fm_series_read_time(&t, m, line, start, err);
    if (status)
        return status;
    *moved = fm_series_move_time(m, &t);
    if (period && (moved->form == FM_TIME_DAY || t.form == FM_TIME_DAY))
        return fm_error_set(err, FM_EINVAL, domain,
                            "the series cannot change between days and times, because its %.*s holds a period: move it "
                            "in the calendar",
                            (int)line->name.len, line->name.at);
    status = fm_ical_time_value(value, moved, err);
    return status || !period ? status : move_end(value, m, line, rest, &t, moved, err);
}

/* The parameters stay as they are spelled where the form of the times does. */
static fm_status add_params(fm_buf *params, const fm_series_move *m, const fm_ical_parts *line,
                            const fm_event_time *before, const fm_event_time *after, fm_error *err)
{
    fm_span tzid = m->tzid;
    if (fm_event_time_alike(before, after))
        return fm_buf_add(params, line->params.at, line->params.len);
    return fm_ical_time_params(params, after, tzid, line->params, err);
}

static fm_status move_times(fm_buf *params, fm_buf *value, const fm_series_move *m, const fm_ical_parts *line,
                            fm_error *err)
{
    fm_event_time first, first_moved, moved;
    fm_span text;
    fm_status status = FM_OK;
    size_t count = 0;
    for (size_t at = 0; !status && fm_ical_next_text(line->value, &at, &text); count++) {
        if (count)
            fm_buf_addc(value, ',');
        status = move_one(value, &moved, m, line, text, err);
        if (!status && !count)
            first_moved = moved;
        if (!status && !fm_event_time_alike(&moved, &first_moved))
            status =
                fm_error_set(err, FM_EINVAL, domain,
                             "the series cannot be moved, because the times of its %.*s would not be spelled alike: "
                             "move it in the calendar",
                             (int)line->name.len, line->name.at);
    }
    if (status || !count)
        return status;
    fm_span start, rest, list = line->value;
    size_t at = 0;
    fm_ical_next_text(list, &at, &text);
    is_period(text, &start, &rest);
    status = fm_series_read_time(&first, m, line, start, err);
    if (!status)
        status = add_params(params, m, line, &first, &first_moved, err);
    return status ? status : value->status;
}

fm_status fm_series_move_line(fm_buf *params, fm_buf *value, const fm_series_move *m, const fm_ical_parts *line,
                              fm_error *err)
{
    if (!fm_series_is_rule(line->name))
        return move_times(params, value, m, line, err);
    fm_buf_add(params, line->params.at, line->params.len);
    fm_status status = fm_series_move_rule(value, m, line->value, err);
    return status ? status : params->status;
}
