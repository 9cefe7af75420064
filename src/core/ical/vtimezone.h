/**
 * @file vtimezone.h
 * VTIMEZONE components (RFC 5545 section 3.6.5): written for a zone of tzdata, and read where a program
 * used a zone name of its own.
 *
 * A rule is read by libical but never iterated: yearly rules, the only ones zones need, are evaluated for
 * the years around an instant. libical's own expansion takes milliseconds for an honest zone and tens of
 * seconds for a hostile one.
 */
#ifndef FM_CORE_ICAL_VTIMEZONE_H
#define FM_CORE_ICAL_VTIMEZONE_H

#include "core/ical/ical.h"
#include "core/zone/zone.h"

/**
 * Appends a VTIMEZONE, CR LF line ends.
 * @param tzid   what TZID parameters say
 * @param epoch  the instant it must be right for, and everything after; it starts as early as the zone's present
 *               rule goes back, or in the year before
 * @return FM_OK or the buffer's status
 */
fm_status fm_vtimezone_write(fm_buf *out, const fm_zone *zone, const char *tzid, int64_t epoch, fm_error *err);

typedef struct fm_vtimezone fm_vtimezone;

/**
 * Reads the VTIMEZONE that begins at line `begin`.
 * @param out  owned by the caller
 * @return FM_OK; FM_EUNSUPPORTED for rules that are not yearly or more than a zone can have; FM_EPARSE; FM_ENOMEM
 */
fm_status fm_vtimezone_read(fm_vtimezone **out, const fm_ical *doc, size_t begin, fm_error *err);
/** Frees it; NULL is allowed. */
void fm_vtimezone_free(fm_vtimezone *zone);
/** Seconds east of UTC at an instant. */
int32_t fm_vtimezone_offset_s(const fm_vtimezone *zone, int64_t epoch);
/** The instant of a local time, with the rules of fm_zone_to_utc() for skipped and repeated ones. */
int64_t fm_vtimezone_to_utc(const fm_vtimezone *zone, int64_t local_s);

#endif
