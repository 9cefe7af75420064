/**
 * @file file.h
 * One time zone as tzdata describes it: the transitions of a TZif file (RFC 8536) and the rule in its
 * footer for the time after the last of them. Read here and not through libical: its built-in zones
 * (3.0.16) are wrong in 96 zones, some of them in this century, and take milliseconds to expand.
 */
#ifndef FM_CORE_ZONE_FILE_H
#define FM_CORE_ZONE_FILE_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_ZONE_ABBR_MAX 16

/** A clock setting: what is in force between two transitions. */
typedef struct fm_zone_type {
    int32_t offset_s; /**< seconds east of UTC */
    bool daylight;
    char abbr[FM_ZONE_ABBR_MAX]; /**< "CET", "+03" */
} fm_zone_type;

/** The day and time of a yearly change: the `week`-th (5: last) `weekday` of `month`, or a day of the year. */
typedef struct fm_zone_when {
    enum { FM_ZONE_MONTH_WEEK, FM_ZONE_JULIAN, FM_ZONE_ZERO_BASED } form; /**< Mm.w.d, Jn, n */
    int month, week, weekday;
    int day_of_year;
    int32_t time_s; /**< local seconds after midnight, -167 h to 167 h */
} fm_zone_when;

/** The footer: a TZ string of POSIX with the extensions of RFC 8536 section 3.3.1. */
typedef struct fm_zone_rule {
    fm_zone_type standard;
    bool has_daylight;
    fm_zone_type daylight;
    fm_zone_when to_daylight, to_standard;
} fm_zone_rule;

typedef struct fm_zone_transition {
    int64_t at;   /**< instant of the change, seconds since 1970 */
    uint8_t type; /**< index of what is in force from then on */
} fm_zone_transition;

/** A zone read from a file. */
typedef struct fm_zone_file {
    fm_zone_transition *transitions; /**< ascending */
    size_t count;
    fm_zone_type *types; /**< the first is in force before the first transition */
    size_t type_count;
    bool has_rule;
    fm_zone_rule rule;
} fm_zone_file;

/** Reads a TZif file's bytes. FM_EPARSE, FM_ENOMEM. On failure `out` is empty. */
fm_status fm_zone_file_read(fm_zone_file *out, const unsigned char *bytes, size_t len);

/** Frees what it owns; an empty one is allowed. */
void fm_zone_file_clear(fm_zone_file *file);

/** Reads a footer ("CET-1CEST,M3.5.0,M10.5.0/3"). Returns whether all of it was understood. */
bool fm_zone_rule_parse(fm_zone_rule *out, const char *text);

/** The instant at which a yearly change happens in `year`, given the offset in force before it. */
int64_t fm_zone_when_in(const fm_zone_when *when, int year, int32_t offset_before_s);

/** The clock setting at an instant. Borrowed from `file`. */
const fm_zone_type *fm_zone_file_at(const fm_zone_file *file, int64_t epoch);

#endif
