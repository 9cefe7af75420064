/**
 * @file event.h
 * One calendar event as fmcal means it, whatever the calendar. The Lua event table has the same
 * members under their camelCase names (`eventId`, `kanbanId`, `dueDate`, …).
 *
 * Dates are text, in one of four spellings:
 *   "2026-02-15"            all day
 *   "2026-02-15T18:00:00Z"  an instant in UTC (an offset such as -08:00 is accepted when encoding)
 *   "2026-02-15T10:00:00" with `time_zone`     local time in that IANA zone
 *   "2026-02-15T10:00:00" without `time_zone`  floating
 * What a calendar says and nobody here can tell, such as a time in a zone that is not known, is none of them: such an
 * event has no `due_date` and says in `unknown_date` why.
 * An end is spelled as its start; beside a local time with `time_zone` it may be an instant in UTC, which it is
 * where that zone's clock shows it twice and would mean the other one.
 */
#ifndef FMCAL_EVENT_H
#define FMCAL_EVENT_H

#include "fmcal/error.h"
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A list of strings; the array and the strings are owned by the event. */
typedef struct fm_strings {
    char **items;
    size_t count;
} fm_strings;

/** All strings are UTF-8, owned by the event, NULL when absent. Start from all zero bytes. */
typedef struct fm_event {
    char *event_id;      /**< `eventId`: where it lies: CalDAV path, file name, Google's id */
    char *uid;           /**< `uid`: RFC 5545 UID; its identity */
    char *kanban_id;     /**< `kanbanId`: id of the board entry */
    char *title;         /**< `title` */
    char *description;   /**< `description`: the text above the marker line */
    char *footer;        /**< `footer`: the lines below the marker line, NULL for none */
    char *due_date;      /**< `dueDate`: the start */
    char *end_date;      /**< `endDate`: the end, exclusive, same spelling as the start; NULL: one day, or 60 minutes */
    char *time_zone;     /**< `timeZone`: IANA name for a local time */
    char *unknown_date;  /**< `unknownDate`: why the date in the calendar is not understood; NULL where it is */
    char *priority;      /**< `priority`: "high", "medium", "low", or NULL */
    char *status;        /**< `status` of the entry */
    char *epic_id;       /**< `epicId` */
    char *team;          /**< `team` */
    char *event_type;    /**< `eventType`: "item", "epic", "court-date" */
    char *case_number;   /**< `caseNumber` */
    char *source;        /**< `source`: "fleet-monitor" on events fmcal made */
    char *last_modified; /**< `lastModified`: RFC 3339 UTC; from LAST-MODIFIED or `updated`, else DTSTAMP */
    char *etag;          /**< `etag`: the entity tag of the resource */
    char *raw;           /**< `raw`: the iCalendar or JSON text it was decoded from */
    fm_strings tags;     /**< `tags`: a set, sorted and without repeats after decoding */
    fm_strings reminders; /**< `reminders`: RFC 5545 durations before the start such as "-P1D"; back from our alarms */
    bool deleted;         /**< `deleted` (STATUS:CANCELLED, or a tombstone) */
    bool recurring;       /**< `recurring`: the master of a series */
    bool has_attendees;   /**< `hasAttendees`: people other than the account are invited to it */
    fm_strings
        people; /**< who is invited and who invites, as calendars name them; what `has_attendees` was found from */
} fm_event;

/** Frees everything the event owns and makes it all zero bytes. NULL is allowed. */
FM_API void fm_event_clear(fm_event *event);

/** Replaces one string member by a copy. `value` NULL removes it. FM_ENOMEM leaves the member as it was. */
FM_API fm_status fm_event_set(char **member, const char *value);

/** Appends a copy to a list. FM_ENOMEM. */
FM_API fm_status fm_strings_add(fm_strings *list, const char *value);
/** Frees the list and its strings. */
FM_API void fm_strings_clear(fm_strings *list);

#ifdef __cplusplus
}
#endif
#endif
