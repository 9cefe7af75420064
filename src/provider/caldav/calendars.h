/**
 * @file calendars.h
 * The calendars of an account as they were found, and the choice of one among them. No I/O.
 */
#ifndef FM_PROVIDER_CALDAV_CALENDARS_H
#define FM_PROVIDER_CALDAV_CALENDARS_H

#include "provider/caldav/caldav_impl.h"
#include "provider/caldav/multistatus.h"

/** One calendar. Strings are owned. */
typedef struct fm_caldav_calendar {
    char *url;     /**< absolute, with a slash at its end */
    char *path;    /**< canonical */
    char *segment; /**< last part of the path, percent-decoded */
    char *name;    /**< display name; the segment where it has none */
    char *color;   /**< "#rrggbb" or NULL */
    long order;    /**< where the owner put it; LONG_MAX where unknown */
    bool events, writable, sync;
} fm_caldav_calendar;

typedef struct fm_caldav_calendars {
    fm_caldav_calendar *items;
    size_t count;
    char *default_path; /**< canonical path of the one the server calls the default, or NULL */
} fm_caldav_calendars;

void fm_caldav_calendars_free(fm_caldav_calendars *list);

/**
 * Adds the calendar a PROPFIND's response describes; what is no calendar is passed over (but may name the
 * default calendar). The same path is added once. FM_ENOMEM.
 */
fm_status fm_caldav_calendars_add(fm_caldav_calendars *list, const char *base_url, const fm_dav_response *response,
                                  fm_error *err);

/** The one that "primary" means: the server's default, else the first usable by a usual name, order or path. */
const fm_caldav_calendar *fm_caldav_primary(const fm_caldav_calendars *list);

/**
 * The calendar that `wanted` names: "primary", a path or URL, the last part of a path, or a display name.
 * @param who  account, for messages
 * @return FM_OK; FM_ENOTFOUND with the calendars there are; FM_EINVAL for a name that several have and for a
 *         calendar that takes no events; FM_ENOMEM
 */
fm_status fm_caldav_choose(const fm_caldav_calendar **out, const fm_caldav_calendars *list, const char *wanted,
                           const char *who, fm_error *err);

#endif
