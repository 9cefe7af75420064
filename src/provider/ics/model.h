/**
 * @file model.h
 * What the two halves of the codec share: where an object's master event is, and what its lines mean.
 * Private to this folder.
 */
#ifndef FM_PROVIDER_ICS_MODEL_H
#define FM_PROVIDER_ICS_MODEL_H

#include "core/ical/ical.h"
#include "core/zone/zone.h"
#include "provider/event/dates.h"

/** A property, and the member of an event that says the same. */
typedef struct fm_ics_member {
    const char *name;
    size_t member; /**< offset of the char * in fm_event */
    bool stays;    /**< where the member is absent, what an event has stays */
} fm_ics_member;

/** The properties whose text is the member, as it is. */
extern const fm_ics_member fm_ics_texts[];
extern const size_t fm_ics_text_count;
/** The metadata that travels in X- properties. */
extern const fm_ics_member fm_ics_metadata[];
extern const size_t fm_ics_metadata_count;

/** Where the member is kept. */
char **fm_ics_slot(fm_event *event, const fm_ics_member *member);
/** What it holds; borrowed. */
const char *fm_ics_value(const fm_event *event, const fm_ics_member *member);

/** An object and its master event. */
typedef struct fm_ics_object {
    fm_ical *doc;    /**< owned */
    size_t calendar; /**< index of BEGIN:VCALENDAR */
    size_t master;   /**< index of the master's BEGIN:VEVENT */
    bool overrides;  /**< single occurrences stand beside it */
    bool attendees;  /**< somebody is invited, to the series or an occurrence */
} fm_ics_object;

/** Reads an object that may have no master: `master` is FM_ICAL_NONE then. FM_EPARSE, FM_ELIMIT, FM_ENOMEM. */
fm_status fm_ics_object_parse(fm_ics_object *out, const char *text, size_t len, fm_error *err);
/** Reads an object with a master. FM_EPARSE, FM_EUNSUPPORTED, FM_ELIMIT, FM_ENOMEM. On failure nothing is owned. */
fm_status fm_ics_object_read(fm_ics_object *out, const char *text, size_t len, fm_error *err);

/** The first property of a name in the master, NULL where there is none. Borrowed until the next edit. */
const fm_ical_line *fm_ics_property(const fm_ics_object *object, const char *name);

/** The object's VTIMEZONE of this name, FM_ICAL_NONE where it has none. */
size_t fm_ics_vtimezone_of(const fm_ics_object *object, fm_span tzid);
/** Reads a time of a line, which may have several; of one that says it is a date the time is noise. FM_EPARSE with the
 * line. */
fm_status fm_ics_time_read(fm_event_time *out, const fm_ics_object *object, const fm_ical_line *line, fm_span value,
                           fm_zones *zones, fm_error *err);
/** Reads the master's DTSTART with DTEND or DURATION. FM_EPARSE with the line. */
fm_status fm_ics_dates_read(fm_event_dates *out, const fm_ics_object *object, fm_zones *zones, fm_error *err);
/** The zone that a TZID means in this object: one of tzdata, else NULL. FM_ENOMEM and other failures to read. */
fm_status fm_ics_zone_of(const fm_zone **out, const fm_ics_object *object, fm_span tzid, fm_zones *zones,
                         fm_error *err);

/** The number that goes with a priority word; 0 for none. */
int fm_ics_priority_number(const char *word);

/** Appends what the value of an X- property means: text that is percent-encoded besides, since servers cut it. */
fm_status fm_ics_metadata_decode(fm_buf *out, fm_span value);

/** Marks an alarm that fmcal made: its value is the reminder that it was made for. */
#define ICS_REMINDER_MARK "X-FMCAL-REMINDER"
/** The colour as it was asked for, where COLOR is but the nearest one. */
#define ICS_COLOR_MARK "X-FMCAL-COLOR"

/**
 * The reminder that the alarm at a BEGIN:VALARM is: its trigger where it is shown at a time relative to the start;
 * empty for all others, which are none of ours. Borrowed as a line is.
 */
fm_span fm_ics_reminder_of(const fm_ics_object *object, size_t alarm);

/** Reads url, color, visibility, busy and the extras. */
fm_status fm_ics_traits_read(fm_event *event, const fm_ics_object *object, fm_buf *scratch);

/** Reads the whole event of an object. As fm_ics_decode(), without `raw`. */
fm_status fm_ics_event_read(fm_event *event, const fm_ics_object *object, fm_zones *zones, fm_error *err);

#endif
