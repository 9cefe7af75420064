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

/**
 * The texts of an event: X(member, name in Lua, whether two events that say the same have the same one).
 * UTF-8, owned by the event, NULL when absent.
 *
 * Written over an event that is there, `location`, `url`, `color` and `visibility` leave it as it is where they are
 * absent, and take from it what it has where they are empty. So do `busy` and `extras`.
 */
#define FM_EVENT_TEXTS(X)                                                                                              \
    X(event_id, "eventId", 0)   /* where it lies: CalDAV path, file name, Google's id */                               \
    X(uid, "uid", 1)            /* RFC 5545 UID; its identity */                                                       \
    X(kanban_id, "kanbanId", 1) /* id of the board entry */                                                            \
    X(title, "title", 1)                                                                                               \
    X(description, "description", 1) /* the text above the marker line */                                              \
    X(footer, "footer", 1)           /* the lines below the marker line */                                             \
    X(due_date, "dueDate", 1)        /* the start */                                                                   \
    X(end_date, "endDate", 1)   /* the end, exclusive, same spelling as the start; NULL: one day, or 60 minutes */     \
    X(time_zone, "timeZone", 1) /* IANA name for a local time */                                                       \
    X(unknown_date, "unknownDate", 1) /* why the date in the calendar is not understood; NULL where it is */           \
    X(priority, "priority", 1)        /* "high", "medium", "low", or another word */                                   \
    X(status, "status", 1)            /* of the entry */                                                               \
    X(epic_id, "epicId", 1)                                                                                            \
    X(team, "team", 1)                                                                                                 \
    X(event_type, "eventType", 1) /* "item", "epic", "court-date" */                                                   \
    X(case_number, "caseNumber", 1)                                                                                    \
    X(source, "source", 0)              /* "fleet-monitor" on events fmcal made */                                     \
    X(last_modified, "lastModified", 0) /* RFC 3339 UTC; from LAST-MODIFIED or `updated`, else DTSTAMP */              \
    X(etag, "etag", 0)                  /* the entity tag of the resource */                                           \
    X(raw, "raw", 0)                    /* the iCalendar or JSON text it was decoded from */                           \
    X(location, "location", 1)                                                                                         \
    X(url, "url", 1)                                                                                                   \
    X(color, "color", 1)           /* a CSS name or #rrggbb */                                                         \
    X(visibility, "visibility", 1) /* "public", "private", "confidential" */

#define FM_EVENT_TEXT(member, name, said) char *member;

/** What may be said of an event or not. */
typedef enum fm_answer { FM_UNSAID, FM_NO, FM_YES } fm_answer;

/** The longest name of an extra, in bytes: Google takes 44 with what fmcal puts behind them. */
#define FM_EXTRA_NAME_MAX 40

/** A property of a team's own: X-NAME, or Google's private extended property NAME. Both strings are owned. */
typedef struct fm_extra {
    char *name; /**< of A to Z, 0 to 9 and "-" */
    char *value;
} fm_extra;

typedef struct fm_extras {
    fm_extra *items;
    size_t count;
} fm_extras;

/** An event. Start from all zero bytes. */
typedef struct fm_event {
    FM_EVENT_TEXTS(FM_EVENT_TEXT)
    fm_strings tags; /**< `tags`: a set, sorted and without repeats after decoding */
    /** `reminders`: RFC 5545 durations such as "-P1D": alarms that are shown at a time relative to the start. */
    fm_strings reminders;
    bool owns_reminders; /**< `ownsReminders`: they take the place of those that are there; else for new events alone */
    fm_answer busy;      /**< `busy`: whether the event takes its time */
    fm_extras extras;    /**< `x:NAME` */
    bool deleted;        /**< `deleted` (STATUS:CANCELLED, or a tombstone) */
    bool recurring;      /**< `recurring`: the master of a series */
    bool has_attendees;  /**< `hasAttendees`: people other than the account are invited to it */
    fm_strings
        people; /**< who is invited and who invites, as calendars name them; what `has_attendees` was found from */
} fm_event;

#undef FM_EVENT_TEXT

/** Frees everything the event owns and makes it all zero bytes. NULL is allowed. */
FM_API void fm_event_clear(fm_event *event);

/** Replaces one string member by a copy. `value` NULL removes it. FM_ENOMEM leaves the member as it was. */
FM_API fm_status fm_event_set(char **member, const char *value);

/** Whether the event is all day. */
FM_API bool fm_event_is_day(const fm_event *event);

/** Sets an extra to copies, also where it is there already. FM_ENOMEM. */
FM_API fm_status fm_extras_set(fm_extras *extras, const char *name, const char *value);
/** The value of an extra, NULL where there is none; borrowed. */
FM_API const char *fm_extras_get(const fm_extras *extras, const char *name);
/** Whether a text can be the name of an extra, and is none that fmcal uses itself. */
FM_API bool fm_extra_is_name(const char *name, size_t len);

/** Appends a copy to a list. FM_ENOMEM. */
FM_API fm_status fm_strings_add(fm_strings *list, const char *value);
/** Frees the list and its strings. */
FM_API void fm_strings_clear(fm_strings *list);

#ifdef __cplusplus
}
#endif
#endif
