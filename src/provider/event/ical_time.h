/**
 * @file ical_time.h
 * A time as a line of iCalendar spells it, in an object or in a line that Google keeps.
 */
#ifndef FM_PROVIDER_EVENT_ICAL_TIME_H
#define FM_PROVIDER_EVENT_ICAL_TIME_H

#include "core/ical/line.h"
#include "provider/event/dates.h"

/** Appends the value: "20260215", "20260215T100000" or "20260215T180000Z". FM_EINVAL beyond the years 1 to 9999. */
fm_status fm_ical_time_value(fm_buf *out, const fm_event_time *time, fm_error *err);
/**
 * Appends the parameters of a line that shows this time: VALUE or TZID as it needs, then the others that `old` has.
 * @param tzid  what TZID says for the time's zone
 */
fm_status fm_ical_time_params(fm_buf *out, const fm_event_time *time, fm_span tzid, fm_span old, fm_error *err);

#endif
