/**
 * @file value.h
 * Values of iCalendar that are no text: DATE, DATE-TIME, DURATION, UTC-OFFSET (RFC 5545 sections 3.3.4 to
 * 3.3.6 and 3.3.14). Everything is range-checked.
 */
#ifndef FM_CORE_ICAL_VALUE_H
#define FM_CORE_ICAL_VALUE_H

#include "core/date.h"
#include "core/ical/line.h"

/**
 * Reads "20260215" (FM_DATE_DAY), "20260215T100000" (FM_DATE_LOCAL) or "20260215T180000Z" (FM_DATE_UTC).
 * Blanks around it are passed over, and a "T" that stands at its end again.
 * @return FM_OK; FM_EPARSE with a message that shows the value
 */
fm_status fm_ical_date_parse(fm_date *out, fm_span value, fm_error *err);
/** Writes it in the same spellings; FM_DATE_OFFSET is written as the instant in UTC. Returns `text`. */
const char *fm_ical_date_format(const fm_date *date, char text[FM_DATE_TEXT_MAX]);

/** A duration: days are days of the calendar, seconds are exact (RFC 5545 section 3.3.6). Both have its sign. */
typedef struct fm_ical_duration {
    int64_t days;
    int64_t seconds;
} fm_ical_duration;

/** Reads "P1DT2H", "-PT15M", "P2W". FM_EPARSE; also beyond 10,000 years. */
fm_status fm_ical_duration_parse(fm_ical_duration *out, fm_span value, fm_error *err);

/** Reads "+0100" or "-003020". Returns whether it is one. */
bool fm_ical_offset_parse(int32_t *offset_s, fm_span value);

#endif
