/**
 * @file codec.h
 * Events as iCalendar objects and back: the codec of every provider that stores .ics (vdir, CalDAV).
 *
 * | event | iCalendar |
 * |---|---|
 * | uid | UID |
 * | title | SUMMARY |
 * | description, footer | DESCRIPTION, joined by provider/event/description.h |
 * | dueDate, endDate, timeZone | DTSTART, DTEND (exclusive; DURATION is read), TZID with its VTIMEZONE |
 * | tags | CATEGORIES |
 * | priority | PRIORITY: 1 to 4 high, 5 medium, 6 to 9 low; any other word goes in X-PRIORITY and comes back while
 *   PRIORITY still is what was written with it (1 for critical, urgent, highest, blocker and high; 5 for medium and
 *   normal; 9 for low, lowest, minor and trivial; none for the rest) |
 * | kanbanId, eventType, team, status, epicId, caseNumber, source | X-KANBAN-ID, X-TYPE, X-TEAM, X-STATUS, X-EPIC-ID,
 *   X-CASE-NUMBER, X-SOURCE; percent-encoded outside [A-Za-z0-9 ._/-] |
 * | location, url, visibility | LOCATION, URL, CLASS |
 * | color | COLOR, the nearest name; the colour that was asked for stands in X-FMCAL-COLOR |
 * | busy | TRANSP; said where it is not what the kind of date makes of it |
 * | x:NAME | X-NAME, percent-encoded as above |
 * | reminders | VALARM with ACTION:DISPLAY at a time relative to the start; ours bear X-FMCAL-REMINDER |
 * | lastModified | LAST-MODIFIED, else DTSTAMP; only read |
 * | deleted | STATUS:CANCELLED |
 * | recurring, hasAttendees | RRULE, RDATE or single occurrences; ATTENDEE of others than the ORGANIZER; only read |
 *
 * Of a series the master is the event. An object that holds only single occurrences of one, or no event at
 * all, is FM_EUNSUPPORTED. Text is cleaned on the way out and in (fm_ical_clean()): line ends become line feeds, other
 * control characters are left out. Tags are trimmed, sorted, and each there once.
 */
#ifndef FM_PROVIDER_ICS_CODEC_H
#define FM_PROVIDER_ICS_CODEC_H

#include "core/zone/zone.h"
#include "fmcal/env.h"
#include "fmcal/event.h"
#include "util/buf.h"

/** The largest object that is written or read, in bytes. */
#define FM_ICS_MAX_BYTES (1u << 20)

/**
 * Writes the object of an event.
 *
 * With `old`, only what the event says differently is replaced, in the master event; every other line stays
 * byte for byte, alarms, attendees, recurrence, colours and properties of others among them. Where nothing
 * differs the text is `old` itself; otherwise DTSTAMP and LAST-MODIFIED become the present, and SEQUENCE grows
 * when the date changed. New lines get the line end that `old` has; fm_ical_crlf() (core/ical/ical.h) makes all of
 * them CR LF for the wire.
 *  - A date that is the same instant stays as it is spelled, unless the event names a zone.
 *  - DURATION stays while the length does; otherwise DTEND takes its place.
 *  - TRANSP is set when an event becomes all-day, removed when it becomes timed, and otherwise the person's, unless
 * `busy` is said.
 *  - Reminders are for new objects alone, unless the event owns them: then those that it does not have go, and all
 * other alarms stay.
 *  - Where the start of a series moves, its rule and the times of its occurrences move too (provider/event/series.h).
 *
 * @param event    `uid` and `due_date` are required (`uid` not with `old`). `end_date` NULL: one day, or 60
 *                 minutes; an `old` without an end keeps having none. `time_zone` counts for local times only.
 * @param old      the object as the calendar has it, NULL for a new one
 * @param env      its clock is read
 * @param zones    NULL: zones are read for this call alone
 * @param out      appended to; on failure it is as it was
 * @return FM_OK; FM_EINVAL (no UID or another than the old one's, no date, end before start, unknown zone, a
 *         reminder that is no duration, a series that cannot be moved); FM_EUNSUPPORTED, FM_EPARSE, FM_ELIMIT for
 * `old`; FM_ELIMIT for a result above FM_ICS_MAX_BYTES; FM_ENOMEM
 */
fm_status fm_ics_encode(const fm_event *event, const char *old, size_t old_len, const fm_env *env, fm_zones *zones,
                        fm_buf *out, fm_error *err);

/**
 * Reads the event of an object.
 *
 * A local time whose TZID tzdata does not know is read by the object's own VTIMEZONE and comes out in UTC, or
 * floating where that says nothing. An all-day event always has an end; a timed one without DTEND and
 * DURATION has none. An end before the start counts as none.
 *
 * @param zones  NULL: zones are read for this call alone
 * @param event  all zero bytes or cleared; `event_id` and `etag` are left to the caller; cleared on failure
 * @return FM_OK; FM_EPARSE with the line (no calendar object, no UID, no date, a date that does not exist);
 *         FM_EUNSUPPORTED; FM_ELIMIT; FM_ENOMEM
 */
fm_status fm_ics_decode(const char *text, size_t len, fm_zones *zones, fm_event *event, fm_error *err);

#endif
