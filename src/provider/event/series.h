/**
 * @file series.h
 * A series that gets another start, and what has to go with it: the rule's UNTIL and weekday, and the times that name
 * occurrences (EXDATE, RDATE, RECURRENCE-ID; RFC 5545 sections 3.8.4.4 and 3.8.5).
 *
 * The first occurrence of the old start becomes the first of the new one, the second the second, and so on: there are
 * as many as before, and those that were cancelled or changed are the same ones. Rules are not expanded for that. Of
 * most of them it is known that all occurrences move by what the start moves by on the clock; of monthly and yearly
 * ones, by months or years to another day. Where neither holds, the move is refused.
 */
#ifndef FM_PROVIDER_EVENT_SERIES_H
#define FM_PROVIDER_EVENT_SERIES_H

#include "core/ical/line.h"
#include "provider/event/dates.h"

/** The zone that a TZID means; NULL where it is not known. */
typedef fm_status (*fm_series_zone_fn)(const fm_zone **out, const void *data, fm_span tzid, fm_error *err);

typedef struct fm_series_move {
    fm_event_time from, to;    /**< the start */
    fm_span tzid;              /**< what TZID says for the zone of `to`; borrowed */
    fm_series_zone_fn zone_of; /**< for times in zones of their own */
    const void *zone_data;
    enum { FM_SERIES_BY_CLOCK, FM_SERIES_BY_MONTH, FM_SERIES_BY_YEAR } step; /**< set by fm_series_follow() */
} fm_series_move;

/** Whether a property is one that moves with the start: RRULE, EXRULE, EXDATE, RDATE. */
bool fm_series_is_property(fm_span name);
/** Whether it is one of the two that hold a rule. */
bool fm_series_is_rule(fm_span name);

/**
 * Finds out how a rule (of RRULE or EXRULE) follows the move. To be called for each rule of a series before anything is
 * moved.
 * @param alone  whether it is the only rule
 * @return FM_OK; FM_EINVAL with a sentence where it cannot follow
 */
fm_status fm_series_follow(fm_series_move *move, fm_span rule, bool alone, fm_error *err);

/** The time that a time which names an occurrence becomes: in its own zone and form, unless those are the old start's.
 */
fm_event_time fm_series_move_time(const fm_series_move *move, const fm_event_time *time);

/** Reads a time of a line with its TZID. FM_EPARSE; FM_EINVAL where its zone is not known. */
fm_status fm_series_read_time(fm_event_time *out, const fm_series_move *move, const fm_ical_parts *line, fm_span value,
                              fm_error *err);

/** Appends what becomes of a line, of a rule or of times: its parameters and its value. FM_EINVAL, FM_EPARSE. */
fm_status fm_series_move_line(fm_buf *params, fm_buf *value, const fm_series_move *move, const fm_ical_parts *line,
                              fm_error *err);

#endif
