/**
 * @file date.h
 * Dates and times as text and as numbers, in the proleptic Gregorian calendar, without zones (those
 * are in core/zone/zone.h). Everything is range-checked: no month 13, no 30 February, no 25 o'clock.
 */
#ifndef FM_CORE_DATE_H
#define FM_CORE_DATE_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fm_date_kind {
    FM_DATE_DAY,    /**< "2026-02-15" */
    FM_DATE_UTC,    /**< "2026-02-15T18:00:00Z" */
    FM_DATE_OFFSET, /**< "2026-02-15T10:00:00-08:00" */
    FM_DATE_LOCAL   /**< "2026-02-15T10:00:00": no offset; what it means depends on a zone */
} fm_date_kind;

/** A date or date-time in fields. */
typedef struct fm_date {
    fm_date_kind kind;
    int year;  /**< 1 to 9999 */
    int month; /**< 1 to 12 */
    int day;   /**< 1 to 31, as the month allows */
    int hour;  /**< 0 to 23; the time is 0:00:00 where kind is FM_DATE_DAY */
    int minute;
    int second;   /**< 0 to 59: a leap second is read as 59, as RFC 5545 section 3.3.12 asks */
    int offset_s; /**< seconds east of UTC where kind is FM_DATE_OFFSET, else 0 */
} fm_date;

/** Room for every text that fm_date_format() writes, with its terminating zero. */
#define FM_DATE_TEXT_MAX 32

#define FM_DAY_S 86400

/** First and one past the last second, counted from 1970, of the years 1 to 9999. */
#define FM_EPOCH_MIN INT64_C(-62135596800)
#define FM_EPOCH_END INT64_C(253402300800)

/**
 * Reads a date ("2026-02-15"), an RFC 3339 date-time, or the same without an offset. Seconds may be
 * missing, a fraction of a second is dropped, a space may stand for the "T".
 * @param text  the whole of it must match
 * @return FM_OK; FM_EPARSE with a message that shows the text
 */
fm_status fm_date_parse(fm_date *out, const char *text, fm_error *err);

/** Writes it in the spelling of its kind. Returns `text`. */
const char *fm_date_format(const fm_date *date, char text[FM_DATE_TEXT_MAX]);

/** Whether the fields name a day and time that exist, in the years 1 to 9999. */
bool fm_date_valid(const fm_date *date);

/** The instant as seconds since 1970-01-01T00:00:00Z; a day or local time is taken as if it were UTC. */
int64_t fm_date_epoch(const fm_date *date);

/**
 * The fields of an instant.
 * @param kind      FM_DATE_OFFSET uses offset_s; the others show the instant as UTC, FM_DATE_DAY its day
 * @param offset_s  seconds east of UTC; cut to whole minutes, all that RFC 3339 can write
 * @return FM_OK; FM_EINVAL where the year would leave 1 to 9999
 */
fm_status fm_date_from_epoch(fm_date *out, int64_t epoch, fm_date_kind kind, int offset_s);

/** Writes an instant as RFC 3339 UTC text. FM_EINVAL where the year would leave 1 to 9999. */
fm_status fm_date_format_epoch(char text[FM_DATE_TEXT_MAX], int64_t epoch);

/** Days from 1970-01-01 to a day; negative before it. Any month and day are carried over. */
int64_t fm_date_days(int year, int month, int day);

/** The day of the week, 0 (Sunday) to 6 (Saturday), of a count of days from 1970-01-01. */
int fm_date_weekday(int64_t days);

/** How many days a month has. */
int fm_date_month_days(int year, int month);

#endif
