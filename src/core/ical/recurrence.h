/**
 * @file recurrence.h
 * The occurrences of a recurrence rule (RFC 5545 section 3.3.10) within a window, on the clocks of the series: libical
 * finds the days, the caller knows the zone.
 *
 * A rule comes from whoever shares a calendar. What would take long is refused or ends early: rules by the minute or
 * the second, and more than a bounded number of occurrences before the window.
 */
#ifndef FM_CORE_ICAL_RECURRENCE_H
#define FM_CORE_ICAL_RECURRENCE_H

#include "core/ical/line.h"
#include "fmcal/error.h"
#include <stdint.h>

/** The clocks that a series is on. */
typedef struct fm_recurrence_clock {
    int32_t (*offset_s)(const void *zone, int64_t epoch); /**< NULL: they show UTC, or belong to no zone */
    const void *zone;
    bool days; /**< the series is of whole days */
} fm_recurrence_clock;

typedef struct fm_recurrence fm_recurrence;

/**
 * Begins with the occurrences of a rule. Times are what the clocks show, counted as fm_date_epoch() does.
 * @param out    owned by the caller
 * @param rule   value of RRULE or EXRULE
 * @param start  the start of the series; in the years 1 to 9999
 * @param from   occurrences before it may be left out; not before the start
 * @param to     occurrences after it are left out
 * @return FM_OK; FM_EPARSE for what is no rule; FM_EUNSUPPORTED for a rule that is not expanded; FM_ENOMEM
 */
fm_status fm_recurrence_begin(fm_recurrence **out, fm_span rule, const fm_recurrence_clock *clock, int64_t start,
                              int64_t from, int64_t to, fm_error *err);
/** The next occurrence, in ascending order. Returns false where there are no more. */
bool fm_recurrence_next(fm_recurrence *recurrence, int64_t *time);
/** Frees it; NULL is allowed. */
void fm_recurrence_free(fm_recurrence *recurrence);

#endif
