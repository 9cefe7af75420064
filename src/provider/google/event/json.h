/**
 * @file json.h
 * Events as Google's JSON and back.
 *
 * | event | JSON |
 * |---|---|
 * | uid | extendedProperties.private.uid, and the id derived from it (object.h) |
 * | title | summary |
 * | description, footer | description, joined by provider/event/description.h |
 * | dueDate, endDate, timeZone | start and end (exclusive): date, or dateTime and timeZone |
 * | kanbanId, eventType, team, status, priority, epicId, caseNumber, source | extendedProperties.private: kanbanId,
 *   type, team, status, priority, epicId, caseNumber, source; and version |
 * | tags | extendedProperties.private.tags, a JSON array |
 * | location, visibility | location, visibility |
 * | url | source.url; what is no http(s) URL in extendedProperties.private.url |
 * | color | colorId, the nearest; the colour that was asked for stands in extendedProperties.private.color |
 * | busy | transparency |
 * | x:NAME | extendedProperties.private.NAME |
 * | reminders | reminders.overrides that pop up; their spelling stands in extendedProperties.private.reminders,
 *   "-P1D,-PT1H" |
 * | lastModified | updated; only read |
 * | deleted | status "cancelled" |
 * | recurring, hasAttendees | recurrence or recurringEventId; attendees; only read |
 *
 * A value of more than 1,024 bytes is split over `name`, `name.1`, …: Google cuts longer ones without a word. A
 * floating time is in the calendar's zone, and marked with extendedProperties.private.floating.
 *
 * A description that a person wrote in Google's editor is HTML and comes back as text; the HTML stays until the text
 * changes. Text of ours that looks like HTML is known by its hash, in extendedProperties.private.textHash.
 */
#ifndef FM_PROVIDER_GOOGLE_EVENT_JSON_H
#define FM_PROVIDER_GOOGLE_EVENT_JSON_H

#include "core/json/scan.h"
#include "core/zone/zone.h"
#include "fmcal/event.h"
#include "util/buf.h"
#include <stdbool.h>

/** The largest event that is written or read, in bytes. */
#define FM_GOOGLE_EVENT_MAX ((size_t)4 << 20)
/** Bytes of one value of an extended property, and of all names and values; how many there may be. */
#define FM_GOOGLE_VALUE_MAX      1024
#define FM_GOOGLE_PROPERTIES_MAX 300
#define FM_GOOGLE_PROPERTY_BYTES (32 * 1024)
/** Reminders an event may have, and the most minutes before its start. */
#define FM_GOOGLE_REMINDERS_MAX 5
#define FM_GOOGLE_MINUTES_MAX   40320

/**
 * A member that no event of Google's has: the text moves the start of a series. It is not sent; it says that the
 * recurrence is to be, and that single occurrences, which are events of their own, have to be looked at first.
 */
#define FM_GOOGLE_MOVES_SERIES "fmcalMovesSeries"
/**
 * Another one: an object whose names are those members and extras that the text sets; all else that fmcal may leave to
 * a person stays out of an update.
 */
#define FM_GOOGLE_SETS "fmcalSets"

/**
 * Writes the JSON of an event.
 *
 * With `old`, only what the event says differently is replaced; everything else stays byte for byte, and where nothing
 * differs the text is `old` itself. A private property that goes becomes null, which is how events.patch is told.
 *  - A date that is the same moment stays as it is spelled, unless the event names another zone.
 *  - transparency is set when an event becomes all-day or timed, and otherwise the person's, unless `busy` is said.
 *  - Reminders are for new events alone, unless the event owns them: mails and other alarms stay.
 *  - Where the start of a series moves, its recurrence does (provider/event/series.h).
 *
 * @param event  `uid` and `due_date` are required (`uid` not with `old`); `end_date` NULL: one day, or 60 minutes
 * @param old    as the calendar has it, NULL for a new one
 * @param zone   IANA name for floating times, NULL: UTC
 * @param out    appended to; on failure it is as it was
 * @return FM_OK; FM_EINVAL (no UID or another than the old one's, no date, end before start, unknown zone, a
 *         reminder that Google does not take); FM_EPARSE for `old`; FM_ELIMIT (Google's limits); FM_ENOMEM
 */
fm_status fm_google_encode(const fm_event *event, const char *old, size_t old_len, fm_zones *zones, const char *zone,
                           fm_buf *out, fm_error *err);

/**
 * Reads the event of an object. A tombstone may have no more than its id.
 * @param event  all zero bytes or cleared; cleared on failure
 * @return FM_OK; FM_EPARSE (no JSON, no start, a date that does not exist); FM_ELIMIT; FM_ENOMEM
 */
fm_status fm_google_decode(const char *text, size_t len, fm_zones *zones, fm_event *event, fm_error *err);

/** Whether two objects say the same in everything that fmcal owns. */
bool fm_google_same_event(const fm_json_span *a, const fm_json_span *b, fm_zones *zones);

#endif
