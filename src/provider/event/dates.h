/**
 * @file dates.h
 * Start and end of an event as numbers: what every codec reads from its format and writes into fm_event, and back.
 *
 * Unknown is not a value: a time whose zone cannot be told is FM_TIME_UNKNOWN, never a floating one, and makes the
 * whole date unknown. It goes into an event as words (`unknown_date`), so that nothing behind can take it for a date,
 * and an encoder leaves the lines of an unknown date alone unless it is given another.
 */
#ifndef FM_PROVIDER_EVENT_DATES_H
#define FM_PROVIDER_EVENT_DATES_H

#include "core/date.h"
#include "core/zone/zone.h"
#include "fmcal/event.h"

/** Room for why a date is not known. */
#define FM_EVENT_UNKNOWN_MAX 192

/** A start or end. */
typedef struct fm_event_time {
    enum { FM_TIME_DAY, FM_TIME_UTC, FM_TIME_ZONED, FM_TIME_FLOATING, FM_TIME_UNKNOWN } form;
    int64_t s;           /**< FM_TIME_UTC: the instant; otherwise the wall clock as fm_date_epoch() counts it */
    const fm_zone *zone; /**< FM_TIME_ZONED */
} fm_event_time;

typedef struct fm_event_dates {
    fm_event_time start;
    bool has_end;
    fm_event_time end; /**< not before the start, in its form and zone; in UTC where the zone's clocks show it twice */
    char unknown[FM_EVENT_UNKNOWN_MAX]; /**< why the start is FM_TIME_UNKNOWN; "" where it is not */
} fm_event_dates;

/** The instant of a UTC or zoned time; the wall clock of the others. */
int64_t fm_event_time_instant(const fm_event_time *time);
/** Whether two have the same form and zone. */
bool fm_event_time_alike(const fm_event_time *a, const fm_event_time *b);
/** Whether two are the same moment in the same form and zone. */
bool fm_event_time_same(const fm_event_time *a, const fm_event_time *b);

/**
 * The same moment in the form and zone of `like`; a wall clock without a zone is taken as it stands. The second of two
 * moments that the clocks of a zone show alike stays in UTC (RFC 5545 section 3.3.5: local time means the first).
 */
fm_event_time fm_event_time_convert(const fm_event_time *time, const fm_event_time *like);
/** A time some calendar days and exact seconds later. */
fm_event_time fm_event_time_after(const fm_event_time *start, int64_t days, int64_t seconds);

/** Sets the end, given in the start's form; one before the start counts as none. */
void fm_event_dates_set_end(fm_event_dates *dates, fm_event_time end);
/** An all-day event is a day long at least: gives it an end where it has none. */
void fm_event_dates_need_a_day(fm_event_dates *dates);

/** An instant without a zone leaves the calendar the zone that it `has`, where it is the same instant or a series hangs
 * on it. */
void fm_event_dates_keep_zone(fm_event_dates *want, const fm_event_dates *has, bool recurring);

/** Makes the date unknown: `time` is on the clocks of a zone that nobody knows. `zone` need not end with a zero byte.
 */
void fm_event_dates_set_unknown(fm_event_dates *dates, const fm_event_time *time, const char *zone, size_t zone_len);

/** Writes them into the event's members. FM_EPARSE beyond the years 1 to 9999; FM_ENOMEM. */
fm_status fm_event_dates_store(const fm_event_dates *dates, fm_event *event, fm_error *err);
/** Whether an encoder leaves alone what the calendar `has`: it is unknown, and the event has nothing to say instead. */
bool fm_event_dates_stay_unknown(const fm_event_dates *has, const fm_event *event);
/** Reads them from the event's members. FM_EINVAL. */
fm_status fm_event_dates_load(fm_event_dates *out, const fm_event *event, fm_zones *zones, fm_error *err);
/** A time in the fields that an iCalendar value shows. FM_EINVAL beyond the years 1 to 9999. */
fm_status fm_event_time_fields(fm_date *out, const fm_event_time *time);

#endif
